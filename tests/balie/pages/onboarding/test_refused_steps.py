"""Mistakes at the steps of coming aboard: each is said at its field, and nothing is saved."""

import re

import pytest
from django.test import Client

from agency.models import LogEntry, OnboardingStep
from tenants.models import Company

pytestmark = pytest.mark.django_db

LONG = "x" * 10_000

WRONG = [
    ("company", "name", "", "Vul dit in."),
    ("company", "name", "a\x00b", "zonder verborgen tekens"),
    ("company", "monogram", "ZE", "Een ander bedrijf heeft deze letters."),
    ("company", "monogram", "ze", "Een ander bedrijf heeft deze letters."),
    ("company", "monogram", "<b", "Een of twee letters of cijfers."),
    ("company", "monogram", "ABC", "Een of twee letters of cijfers."),
    ("company", "zone", "Mars/Base", "Kies er een uit de lijst."),
    ("company", "country", "XX", "Kies er een uit de lijst."),
    ("company", "reply_email", LONG + "@a.nl", "Hoogstens 254 tekens"),
    ("company", "address", "Kade 1\r\nBcc: x", "zonder verborgen tekens"),
    ("company", "invoice-legal_name", "Acme\u202eB.V.", "zonder verborgen tekens"),
    ("company", "invoice-registration", "1234567", "acht cijfers"),
    ("company", "invoice-vat_id", "NL123456789B14", "btw-nummer"),
    ("company", "invoice-iban", "NL91ABNA0417164301", "geen IBAN"),
    ("company", "invoice-email", "geen adres", "naam@voorbeeld.nl"),
    ("site", "site-name", "", "Vul dit in."),
    ("site", "site-origins", "", "Vul dit in."),
    ("site", "site-origins", "https://a.nl/winkel", "zonder pad"),
    ("site", "site-origins", "javascript:alert(1)", "begint met https://"),
    ("site", "site-origins", "ftp://a.nl", "begint met https://"),
    ("site", "site-origins", "https://*.a.nl", "is geen adres van een site"),
    ("site", "site-origins", "https://a..nl", "is geen adres van een site"),
    ("site", "site-origins", "https://a.nl:99999", "is geen adres van een site"),
    ("site", "site-origins", "https://u:p@a.nl", "zonder pad"),
    ("site", "site-origins", "https://a.nl\x00", "zonder verborgen tekens"),
    ("site", "site-origins", "\n".join(f"https://a{n}.nl" for n in range(21)), "Hoogstens 20"),
    ("site", "site-origins", LONG, "is geen adres van een site"),
    ("site", "site-unstaffed", "dance", "Kies er een uit de lijst."),
    ("site", "site-phone", "bel ons", "cijfers en spaties"),
    ("site", "site-privacy_url", "javascript:alert(1)", "https://www.voorbeeld.nl/privacy"),
    ("hours", "week-monday", "17:00-09:00", "eindigt voor het begint"),
    ("hours", "week-monday", "9-12, 11-14", "overlapt"),
    ("hours", "week-monday", "9-25", "van 00:00 tot 24:00"),
    ("hours", "week-monday", "altijd", "Schrijf tijden zoals"),
    ("hours", "week-monday", "1-2,3-4,5-6,7-8,9-10,11-12,13-14", "Hoogstens 6"),
    ("leads", "question_email", "", "Vul dit in."),
    ("leads", "question_email", "geen adres", "naam@voorbeeld.nl"),
    ("leads", "question_email", "a@b.nl\r\nBcc: c@d.nl", "naam@voorbeeld.nl"),
    ("leads", "transcript_email", "a@b", "naam@voorbeeld.nl"),
    ("leads", "lead_minutes", "4", "van 5 tot en met 10.080"),
]


def _rounds() -> list[list[tuple[str, str, str, str]]]:
    """Every wrong value once, at as many fields of a step at a time as have one left: a page says all at once."""
    by_field: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for wrong in WRONG:
        by_field.setdefault(wrong[:2], []).append(wrong)
    rounds: dict[tuple[str, int], list[tuple[str, str, str, str]]] = {}
    for (step, _field), own in by_field.items():
        for at, wrong in enumerate(own):
            rounds.setdefault((step, at), []).append(wrong)
    return list(rounds.values())


@pytest.mark.parametrize("wrongs", _rounds())
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    manager: Client, acme: Company, wrongs: list[tuple[str, str, str, str]]
) -> None:
    url = f"/manage/companies/{acme.pk}/start/{wrongs[0][0]}/"
    # Numbers are judged by the rules of the country.
    sent = {"invoice-country": "NL", **{field: value for _step, field, value, _says in wrongs}}
    answer = manager.post(url, sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    for _step, field, value, says in wrongs:
        error = re.search(rf'id="id_{field}_error">.*?<span>(.*?)</span>', page, re.S)
        assert error is not None, f"no error at {field} for {value!r}"
        assert says in error[1]
        # The summary leads to the field.
        assert f'href="#id_{field}"' in page
    assert not OnboardingStep.objects.exists()
    assert not LogEntry.objects.filter(company=acme).exists()


def test_a_week_without_hours_is_refused(manager: Client, acme: Company) -> None:
    page = manager.post(f"/manage/companies/{acme.pk}/start/hours/", {"week-monday": ""}).content.decode()
    assert "Minstens op één dag open" in page


def test_a_phone_number_is_asked_for_when_it_is_shown(manager: Client, acme: Company) -> None:
    page = manager.post(f"/manage/companies/{acme.pk}/start/site/", {"site-unstaffed": "phone"}).content.decode()
    assert 'id="id_site-phone_error"' in page
