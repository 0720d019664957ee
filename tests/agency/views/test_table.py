"""The one table of pages: rows, order and page by address, and what is said of an address that can't be read."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client, RequestFactory

from agency.models import Certification, Operator, Shift, User
from agency.views.chooser import FEW, Chooser, distinct
from agency.views.table import MOST, Column, Table
from tenants.models import Company
from tests.agency.views.shifts.test_shifts import MONDAY, at_ten_twenty, plan  # noqa: F401 -- a fixture
from tests.pages import squeezed

ROWS = [SimpleNamespace(name=f"Rij {n:03}", n=(7 * n) % 120 if n % 40 else None) for n in range(120)]


def ask(query: str, *, rows: list[Any] = ROWS, **facts: Any) -> tuple[Table[Any], list[str]]:
    request = RequestFactory().get(f"/list/?{query}")
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    table: Table[Any] = Table(
        request,
        Column("Naam", "name"),
        Column("Aantal", "n", is_figure=True, falls=True),
        sort="name",
        kept={"show": "soon", "empty": ""},
        **facts,
    )
    table.fill(rows, words=lambda row: row.name, by={"n": lambda row: row.n})
    return table, [str(one) for one in get_messages(request)]


@pytest.mark.parametrize(
    ("query", "first", "shown"),
    [
        ("", "Rij 000", "1 t/m 50 van 120"),
        ("page=3", "Rij 100", "101 t/m 120 van 120"),
        ("sort=-name", "Rij 119", "1 t/m 50 van 120"),
        ("sort=-n", "Rij 017", "1 t/m 50 van 120"),
        ("sort=n&page=3", "Rij 049", "101 t/m 120 van 120"),
        ("q=ij+11", "Rij 110", "1 t/m 10 van 10"),
        ("q=niets", "", "0 t/m 0 van 0"),
        ("page=all", "Rij 000", "alle 120 regels"),
    ],
)
def test_an_address_asks_for_rows_order_and_page(query: str, first: str, shown: str) -> None:
    table, said = ask(query)
    assert (table.rows[0].name if table.rows else "") == first
    assert (table.pages.shown, said) == (shown, [])


@pytest.mark.parametrize(
    ("query", "shown", "said"),
    [
        ("page=0", "1 t/m 50 van 120", "“0” is geen pagina"),
        ("page=x", "1 t/m 50 van 120", "“x” is geen pagina"),
        ("page=²", "1 t/m 50 van 120", "is geen pagina"),
        ("page=99999999999", "1 t/m 50 van 120", "is geen pagina"),
        ("page=9", "101 t/m 120 van 120", "Pagina 9 bestaat niet"),
        ("sort=zz", "1 t/m 50 van 120", "niet op “zz” gesorteerd"),
        ("sort=--n", "1 t/m 50 van 120", "niet op “--n” gesorteerd"),
    ],
)
def test_what_cant_be_read_is_said_and_the_usual_stands_in(query: str, shown: str, said: str) -> None:
    table, [words] = ask(query)
    assert said in words
    assert table.pages.shown == shown


def test_all_has_a_limit_and_is_offered_up_to_it() -> None:
    many = [SimpleNamespace(name=str(n), n=n) for n in range(MOST + 1)]
    table, [words] = ask("page=all", rows=many)
    assert len(table.rows) == table.size
    assert f"hooguit {MOST} regels" in words
    assert not table.pages.every
    assert ask("", rows=many[:-1])[0].pages.every == "?show=soon&page=all"
    assert not ask("", rows=many[:5])[0].pages.every


def test_every_way_keeps_filters_search_and_order_and_rows_without_a_value_come_last() -> None:
    table, _said = ask("q=rij&sort=n&page=2&other=x", name="held")
    assert (table.query, table.order) == ("", "name")
    table, _said = ask("held_q=rij&held_sort=n&held_page=2", name="held")
    assert table.pages.before == "?show=soon&held_q=rij&held_sort=n#held"
    assert table.pages.after == "?show=soon&held_q=rij&held_sort=n&held_page=3#held"
    name, number = table.head
    assert (name.order, name.url) == ("", "?show=soon&held_q=rij&held_sort=name#held")
    assert (number.order, number.url) == ("ascending", "?show=soon&held_q=rij&held_sort=-n#held")
    assert table.hidden == [("show", "soon"), ("held_sort", "n")]
    for order in ("n", "-n"):
        assert [row.n for row in ask(f"sort={order}&page=3")[0].rows[-3:]] == [None] * 3


def test_a_long_choice_is_typed_and_a_short_one_is_a_select() -> None:
    people = [(str(n), f"Operator {n}") for n in range(FEW + 1)]
    few, many = (
        Chooser(choices=[("", "Iedereen"), *people[:-1]]),
        Chooser(choices=[("", "Iedereen"), *people, ("twin", "Operator 3")]),
    )
    assert few.render("who", "3").startswith("<select")
    drawn = squeezed(many.render("who", "3", {"id": "id_who"}))
    assert 'list="id_who_list"' in drawn
    assert 'value="Operator 3" ' in drawn
    assert 'placeholder="Iedereen"' in drawn
    for typed, chosen in {
        "3": "3",
        " operator 3 ": "3",
        "Operator 3 (2)": "twin",
        "Oper": "Oper",
        "": "",
    }.items():
        assert many.value_from_datadict({"who": typed}, None, "who") == chosen
    assert distinct([(1, "Jan", "a@b"), (2, "Jan", "c@d"), (3, "Piet", "e@f")]) == [
        ("1", "Jan (a@b)"),
        ("2", "Jan (c@d)"),
        ("3", "Piet"),
    ]


@pytest.fixture
def crowd(acme: Company) -> list[User]:
    users = User.objects.bulk_create(User(email=f"o{n}@balie.test", name=f"Operator {n:03d}") for n in range(120))
    people = Operator.objects.bulk_create(Operator(user=user, public_name=f"O{n:03d}") for n, user in enumerate(users))
    Certification.objects.bulk_create(
        Certification(operator=one, company=acme, major=1, certified_at="2026-11-01T10:00Z") for one in people
    )
    return users


@pytest.mark.django_db
def test_long_lists_of_an_agency_of_many_are_pages(manager: Client, acme: Company, crowd: list[User]) -> None:
    for user in crowd:
        plan(user, (MONDAY, "07:00-15:00"))
    operators = f"/manage/companies/{acme.pk}/operators/"
    for path, rows in {
        operators: 50,
        f"{operators}?q=O01": 10,
        f"{operators}?page=all": 120,
        "/manage/shifts/": 25 + 8,
        "/manage/shifts/?on_page=2&on_sort=-name&q=operator+00": 10 + 8,
    }.items():
        page = squeezed(manager.get(path).content.decode())
        assert page.count('<tr><th scope="row"') - page.count("<tfoot><tr>") in (rows, rows + 2), path
        assert "aria-sort=" in page
    assert Shift.objects.count() == 120
    # The week after holds them all at other times: each is left out, and told a page at a time.
    for user in crowd:
        plan(user, (MONDAY.replace(day=30), "08:00-16:00"))
    page = squeezed(manager.post("/manage/shifts/copy/", {"week": "2026-W48"}).content.decode())
    assert page.count('<tr><th scope="row"') == 50
    assert "?week=2026-W48&amp;page=2" in page
    last = manager.get("/manage/shifts/copy/?week=2026-W48&page=3").content.decode()
    assert "101 t/m 120 van 120" in last
    # A person is chosen by typing a name. One who isn't there is named.
    page = manager.get("/manage/shifts/new/").content.decode()
    assert 'list="id_person_list"' in page
    form = {"person": "operator 007", "day": "2026-11-24", "times": "07:00-15:00"}
    assert manager.post("/manage/shifts/new/", form).status_code == 302
    assert Shift.objects.filter(operator=crowd[7].pk).count() == 3
    refused = manager.post("/manage/shifts/new/", {**form, "person": "Nel"})
    assert refused.status_code == 422
    assert "heet “Nel”" in refused.content.decode()
