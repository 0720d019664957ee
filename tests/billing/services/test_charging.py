"""Chats become charges: once each, with their reasons, at the price of their day."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from agency.models import ChatRecord, PoolEntry, User
from agency.services.spam import flag_spam
from billing.domain.pricing import Reason
from billing.domain.turns import Wait
from billing.services import ledger, reconcile
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.balie.steps.books import HOUR, assert_books_agree, charge, lines
from tests.billing.services.settled import NOW, add_record, give_price, utc


def test_a_settled_chat_is_charged_once(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme)
    assert charge_settled() == 1
    assert charge_settled() == 0
    line = charge(record)
    assert (line.reason, line.amount, line.month) == (
        Reason.BILLABLE,
        Decimal("4.50"),
        date(2026, 11, 1),
    )
    assert line.evidence["visitor_texts"] == 2
    assert line.evidence["price"] == "4.50"
    assert_books_agree()


def test_each_chat_gets_a_line_with_its_reason(acme: Company) -> None:
    give_price(acme)
    expected = {
        add_record(acme, outcome="spam"): Reason.SPAM,
        add_record(acme, outcome="test"): Reason.TEST,
        add_record(acme, outcome="wrong_site"): Reason.WRONG_SITE,
        add_record(acme, visitor_texts=0): Reason.NO_VISITOR_TEXT,
        add_record(acme, operator_texts=0, first_human_at=None): Reason.NO_HUMAN_TEXT,
        add_record(acme, in_hours=False): Reason.OUTSIDE_HOURS,
        add_record(acme, outcome="unset"): Reason.BILLABLE,
    }
    assert charge_settled() == len(expected)
    for record, reason in expected.items():
        amount = Decimal("4.50") if reason is Reason.BILLABLE else Decimal("0.00")
        assert lines(record) == [("chat", reason, amount)]
    assert_books_agree()


def test_the_reports_missed_is_never_billed_whatever_the_count_of_texts_says(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme, first_human_at=None, operator_texts=1)
    charge_settled()
    assert charge(record).reason == Reason.NO_HUMAN_TEXT


def test_a_repeat_by_visitor_or_address_hangs_on_the_first(acme: Company, zen: Company) -> None:
    give_price(acme)
    give_price(zen)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor, address="Marieke@Example.nl")
    again = add_record(acme, NOW + HOUR, visitor_id=visitor)
    elsewhere = add_record(acme, NOW + 2 * HOUR, address=" marieke@example.nl")
    other_company = add_record(zen, NOW + HOUR, visitor_id=visitor, address="marieke@example.nl")
    charge_settled()
    for repeat in (again, elsewhere):
        assert charge(repeat).reason == Reason.REPEAT
        assert charge(repeat).repeat_of_id == first.chat_id
    assert charge(other_company).reason == Reason.BILLABLE


def test_a_chat_settled_late_is_still_the_first(acme: Company) -> None:
    give_price(acme)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor, settled_at=None)
    again = add_record(acme, NOW + HOUR, visitor_id=visitor)
    assert charge_settled() == 0
    assert [one.wait for one in ledger.list_uncharged(acme)] == [Wait.EARLIER_UNCHARGED]
    assert_books_agree()
    ChatRecord.objects.filter(pk=first.pk).update(settled_at=NOW + 5 * HOUR)
    assert charge_settled() == 2
    assert (charge(first).reason, charge(again).reason) == (Reason.BILLABLE, Reason.REPEAT)


def test_a_chat_waits_for_the_same_visitors_chat_that_goes_on(acme: Company) -> None:
    give_price(acme)
    visitor = uuid.uuid4()
    entry = PoolEntry.objects.create(
        chat_id=uuid.uuid4(),
        company=acme,
        site_id=uuid.uuid4(),
        visitor_id=visitor,
        turn_at=NOW,
        arrived_at=NOW - HOUR,
        visitor_seen_at=NOW,
    )
    add_record(acme, visitor_id=visitor)
    add_record(acme)
    assert charge_settled() == 1
    assert [one.wait for one in ledger.list_uncharged(acme)] == [Wait.EARLIER_UNFINISHED]
    entry.delete()
    assert charge_settled() == 1


def test_without_a_price_a_chat_waits_and_is_named(acme: Company) -> None:
    early = add_record(acme, utc("2026-10-31T22:40:00"))
    late = add_record(acme, utc("2026-10-31T22:55:00"))
    assert charge_settled() == 0
    assert {one.wait for one in ledger.list_uncharged(acme)} == {Wait.NO_PRICE}
    assert ledger.count_unpriced(acme) == 2
    # From November on: the second one closed at 00:05 there.
    give_price(acme, since=date(2026, 11, 1))
    assert charge_settled() == 1
    assert charge(late).month == date(2026, 11, 1)
    (waiting,) = ledger.list_uncharged(acme)
    assert (waiting.chat_id, waiting.wait) == (early.chat_id, Wait.NO_PRICE)
    assert [one.chat_id for one in reconcile.list_waiting()] == [early.chat_id]
    assert_books_agree()


@pytest.mark.parametrize(
    ("closed_at", "amount", "month"),
    [
        # Amsterdam: 31 October 23:59:59, and 1 November 00:00:00.
        ("2026-10-31T22:59:59", "4.00", date(2026, 10, 1)),
        ("2026-10-31T23:00:00", "4.50", date(2026, 11, 1)),
        # Around both changes of the clock.
        ("2026-03-29T00:59:59", "4.00", date(2026, 3, 1)),
        ("2026-03-29T01:00:00", "4.00", date(2026, 3, 1)),
        ("2026-10-25T00:59:59", "4.00", date(2026, 10, 1)),
        ("2026-10-25T01:59:59", "4.00", date(2026, 10, 1)),
        ("2026-03-31T22:00:00", "4.00", date(2026, 4, 1)),
    ],
)
def test_month_and_price_are_those_of_the_amsterdam_day_of_the_close(
    acme: Company, closed_at: str, amount: str, month: date
) -> None:
    give_price(acme, "4.00")
    give_price(acme, "4.50", date(2026, 11, 1))
    at = utc(closed_at)
    record = add_record(acme, at - timedelta(minutes=5), closed_at=at)
    charge_settled()
    assert (charge(record).amount, charge(record).month) == (Decimal(amount), month)
    assert_books_agree()


def test_the_worked_example_of_the_docs(acme: Company, maud: User) -> None:
    """docs/billing.md section 5, in UTC."""
    give_price(acme, "4.00", date(2026, 10, 1))
    give_price(acme, "4.50", date(2026, 11, 1))
    visitor = uuid.uuid4()
    chats = [
        add_record(acme, utc(arrived), closed_at=utc(ended), visitor_id=who, **facts)
        for arrived, ended, who, facts in (
            ("2026-10-31T22:40:00", "2026-10-31T22:59:59", visitor, {}),
            ("2026-11-01T08:00:00", "2026-11-01T08:05:00", visitor, {}),
            ("2026-11-01T22:59:59", "2026-11-01T23:10:00", visitor, {}),
            ("2026-11-02T07:00:00", "2026-11-02T07:20:00", visitor, {}),
            (
                "2026-11-02T09:00:00",
                "2026-11-02T09:01:00",
                None,
                {"first_human_at": None, "operator_texts": 0},
            ),
            ("2026-11-02T10:00:00", "2026-11-02T10:09:00", None, {}),
        )
    ]
    charge_settled()
    flag_spam(chat_id=chats[5].pk, spam=True, by=maud, note="", now=utc("2026-11-03T08:00:00"))
    charge_settled()
    told = [(line.number, str(line.reason), str(line.amount)) for line in _both_months(acme)]
    assert told == [
        (1, "billable", "4.00"),
        (2, "repeat", "0.00"),
        (3, "repeat", "0.00"),
        (4, "billable", "4.50"),
        (5, "no_human_text", "0.00"),
        (6, "billable", "4.50"),
        (6, "spam", "-4.50"),
    ]
    totals = [ledger.month_total(acme, date(2026, month, 1)).amount for month in (10, 11)]
    assert totals == [Decimal("4.00"), Decimal("4.50")]
    assert_books_agree()


def _both_months(company: Company) -> list[ledger.LedgerLine]:
    return [
        *ledger.list_month(company, date(2026, 10, 1)),
        *ledger.list_month(company, date(2026, 11, 30)),
    ]
