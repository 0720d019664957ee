"""Mistakes in the form for a new company: each is said at its field, and nothing is made."""

import re

import pytest
from django.test import Client

from agency.models import (
    User,
)
from tenants.models import Company
from tests.agency.views.companies.company_form import (  # noqa: F401 -- fixtures
    NEW,
    fixture_browser,
    fixture_nothing_made,
    schemas,
    typed,
)

pytestmark = pytest.mark.django_db


LONG = "x" * 10_000

WRONG = [
    ("name", "", "Vul dit in."),
    ("name", "a\x00b", "zonder verborgen tekens"),
    ("name", LONG, "Hoogstens 100 tekens; dit zijn er 10000."),
    ("slug", "Ab", "3 tot 40"),
    ("slug", "acme", "bezet"),
    *(("slug", one, "van het bureau zelf") for one in ("www", "api", "mail", "localhost", "balie")),
    ("slug", "1fiets", "3 tot 40"),
    ("slug", "fiets--huis", "3 tot 40"),
    ("slug", "fiets_huis", "3 tot 40"),
    ("slug", "fiets.huis", "3 tot 40"),
    ("slug", "../../etc", "3 tot 40"),
    ("slug", 'x"; DROP SCHEMA public', "3 tot 40"),
    ("slug", LONG, "Hoogstens 40"),
    ("language", "xx", "Kies er een uit de lijst."),
    ("tone", "jij", "Kies er een uit de lijst."),
    ("promise-seconds", "4", "geheel getal van 5 tot 300"),
    ("promise-seconds", "snel", "geheel getal van 5 tot 300"),
    ("promise-percent", "49", "percentage van 50 tot 100"),
    ("promise-percent", "100,5", "percentage van 50 tot 100"),
    ("promise-percent", "NaN", "percentage van 50 tot 100"),
    ("price-amount", "-1", "bedrag van 0 tot 999,99"),
    ("price-amount", "1000", "bedrag van 0 tot 999,99"),
    ("price-amount", "1,999", "bedrag van 0 tot 999,99"),
    ("price-amount", "", "Vul dit in."),
    ("owner-name", "", "Vul dit in."),
    ("owner-email", "fien", "naam@voorbeeld.nl"),
]


def _rounds() -> list[list[tuple[str, str, str]]]:
    """Every wrong value once, as many fields at a time as have one left: a page says all that is wrong at once."""
    by_field: dict[str, list[tuple[str, str, str]]] = {}
    for wrong in WRONG:
        by_field.setdefault(wrong[0], []).append(wrong)
    most = max(len(own) for own in by_field.values())
    return [[own[at] for own in by_field.values() if at < len(own)] for at in range(most)]


@pytest.mark.parametrize("wrongs", _rounds())
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(
    browser: Client, nothing_made: None, wrongs: list[tuple[str, str, str]]
) -> None:
    answer = browser.post(NEW, typed(**{field: value for field, value, _ in wrongs}))
    page = answer.content.decode()
    assert answer.status_code == 422
    fields = {field for field, _, _ in wrongs}
    for field, value, says in wrongs:
        error = re.search(rf'id="id_{field}_error">.*?<span>(.*?)</span>', page, re.S)
        assert error is not None, f"no error at {field} for {value!r}"
        assert says in error[1]
        # The summary leads to the field; everything else that was typed is still there.
        assert f'href="#id_{field}"' in page
    assert 'value="Fien Verhoeven"' in page or "owner-name" in fields
    assert 'value="fietsenhuis"' in page or "slug" in fields


def test_the_owner_is_nobody_of_ours(browser: Client, nothing_made: None) -> None:
    answer = browser.post(NEW, typed(**{"owner-email": "Maud@balie.test"}))
    assert answer.status_code == 422
    assert "is van iemand van het bureau" in answer.content.decode()


def test_a_switched_off_account_is_no_owner(browser: Client, dave: User) -> None:
    User.objects.filter(pk=dave.pk).update(is_active=False)
    page = browser.post(NEW, typed(**{"owner-email": dave.email})).content.decode()
    assert "uitgeschakeld" in page
    assert not Company.objects.filter(slug="fietsenhuis").exists()
    assert "t_fietsenhuis" not in schemas()
