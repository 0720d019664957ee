"""A second component on the ledger: a line of its own, taken back with the chat's, and worked out again."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from agency.models import User
from agency.services.spam import flag_spam
from billing.domain.components import COMPONENTS, component
from billing.domain.pricing import ChargeFacts, Rate
from billing.models import Charge
from billing.services import ledger
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.balie.steps.books import assert_books_agree, ledger_differences
from tests.billing.services.settled import NOW, add_record, give_price

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def surcharge(acme: Company) -> Iterator[None]:
    """Add a fifth on top of every chat of more than 5 minutes. Its name keeps the alphabet from being what orders the
    books.
    """

    @component("aaa", "Long chat")
    def of_long_chats(chat: ChargeFacts, rate: Rate) -> Decimal | None:
        return rate.amount / 5 if chat.closed_at - chat.arrived_at > timedelta(minutes=5) else None

    give_price(acme, "4.52")
    yield
    del COMPONENTS["aaa"]


def components(record_id: object) -> list[tuple[str, Decimal]]:
    rows = Charge.objects.filter(record=record_id).order_by("created_at", "-amount")
    return [(row.component, row.amount) for row in rows]


def differences() -> list[str]:
    return [str(one) for one in ledger_differences(NOW + timedelta(days=60))]


def test_it_is_a_line_beside_the_chat_s_and_leaves_with_it(acme: Company, maud: User) -> None:
    long, short = add_record(acme), add_record(acme, closed_at=NOW + timedelta(minutes=2))
    free = add_record(acme, in_hours=False)
    assert charge_settled() == 4
    assert charge_settled() == 0
    assert components(long.pk) == [("chat", Decimal("4.52")), ("aaa", Decimal("0.90"))]
    assert components(short.pk) == [("chat", Decimal("4.52"))]
    assert components(free.pk) == [("chat", Decimal("0.00"))]
    total = ledger.month_total(acme, NOW.date())
    assert (total.amount, total.chats, total.billed, total.corrections) == (Decimal("9.94"), 3, 2, 0)
    flag_spam(chat_id=long.pk, spam=True, by=maud, note="", now=NOW + HOUR)
    charge_settled()
    flag_spam(chat_id=long.pk, spam=False, by=maud, note="", now=NOW + 2 * HOUR)
    charge_settled()
    assert [amount for name, amount in components(long.pk) if name == "correction"] == [
        Decimal("-5.42"),
        Decimal("5.42"),
    ]
    assert_books_agree()


def test_a_repeat_of_a_chat_with_a_surcharge_is_found_and_free(acme: Company) -> None:
    first = add_record(acme, address="jan@voorbeeld.example")
    again = add_record(acme, NOW + HOUR, address="jan@voorbeeld.example")
    charge_settled()
    assert len(components(first.pk)) == 2
    assert components(again.pk) == [("chat", Decimal("0.00"))]
    assert_books_agree()


def test_books_that_lack_it_or_have_one_too_many_differ(acme: Company) -> None:
    add_record(acme)
    charge_settled()
    assert differences() == []
    held = COMPONENTS.pop("aaa")
    assert any("aaa is 0.90, worked out again there is none" in one for one in differences())
    COMPONENTS["aaa"], COMPONENTS["zzz"] = held, held
    assert any("zzz isn't on the ledger" in one for one in differences())
    del COMPONENTS["zzz"]


def test_page_and_file_name_it(acme: Company, maud: User) -> None:
    manager = Client(HTTP_HOST="localhost")
    manager.force_login(maud)
    add_record(acme)
    charge_settled()
    path = f"/manage/companies/{acme.pk}/charges/"
    assert "Long chat" in manager.get(path).content.decode()
    file = manager.get(path.rstrip("/") + ".csv")
    assert "Long chat" in file.content.decode("utf-8-sig")
