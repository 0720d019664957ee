"""Settled chats come onto the ledger once, whoever sweeps, whenever, and whatever dies."""

import threading
import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, close_old_connections, connection, transaction

from agency.models import ChatRecord, PoolEntry, RecordEvent, User
from agency.services.records import flag_spam
from billing.domain.pricing import Reason
from billing.domain.turns import Wait
from billing.models import Charge
from billing.services import charging, ledger, reconcile
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.services.settled import NOW, add_record, give_price, utc

HOUR = timedelta(hours=1)
COMPONENT = Charge.Component


def lines(record: ChatRecord) -> list[tuple[str, str, Decimal]]:
    """Component, reason and amount of a chat's lines, in order."""
    rows = Charge.objects.filter(record=record).order_by("event__at", "created_at")
    own = [(row.component, row.reason, row.amount) for row in rows]
    return sorted(own, key=lambda line: line[0] != COMPONENT.CHAT)


def charge(record: ChatRecord) -> Charge:
    return Charge.objects.get(record=record, component=COMPONENT.CHAT)


def assert_books_agree() -> None:
    late = NOW + timedelta(days=60)
    assert [str(one) for one in reconcile.list_differences(late)] == []


def test_a_settled_chat_is_charged_once(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme)
    assert charge_settled(now=NOW) == 1
    assert charge_settled(now=NOW) == 0
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
    assert charge_settled(now=NOW) == len(expected)
    for record, reason in expected.items():
        amount = Decimal("4.50") if reason is Reason.BILLABLE else Decimal("0.00")
        assert lines(record) == [("chat", reason, amount)]
    assert_books_agree()


def test_the_reports_missed_is_never_billed_whatever_the_count_of_texts_says(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme, first_human_at=None, operator_texts=1)
    charge_settled(now=NOW)
    assert charge(record).reason == Reason.NO_HUMAN_TEXT


def test_a_repeat_by_visitor_or_address_hangs_on_the_first(acme: Company, zen: Company) -> None:
    give_price(acme)
    give_price(zen)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor, address="Marieke@Example.nl")
    again = add_record(acme, NOW + HOUR, visitor_id=visitor)
    elsewhere = add_record(acme, NOW + 2 * HOUR, address=" marieke@example.nl")
    other_company = add_record(zen, NOW + HOUR, visitor_id=visitor, address="marieke@example.nl")
    charge_settled(now=NOW)
    for repeat in (again, elsewhere):
        assert charge(repeat).reason == Reason.REPEAT
        assert charge(repeat).repeat_of_id == first.chat_id
    assert charge(other_company).reason == Reason.BILLABLE


def test_a_chat_settled_late_is_still_the_first(acme: Company) -> None:
    give_price(acme)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor, settled_at=None)
    again = add_record(acme, NOW + HOUR, visitor_id=visitor)
    assert charge_settled(now=NOW) == 0
    assert [one.wait for one in ledger.list_uncharged(acme)] == [Wait.EARLIER_UNCHARGED]
    assert_books_agree()
    ChatRecord.objects.filter(pk=first.pk).update(settled_at=NOW + 5 * HOUR)
    assert charge_settled(now=NOW) == 2
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
    assert charge_settled(now=NOW) == 1
    assert [one.wait for one in ledger.list_uncharged(acme)] == [Wait.EARLIER_UNFINISHED]
    entry.delete()
    assert charge_settled(now=NOW) == 1


def test_without_a_price_a_chat_waits_and_is_named(acme: Company) -> None:
    early = add_record(acme, utc("2026-10-31T22:40:00"))
    late = add_record(acme, utc("2026-10-31T22:55:00"))
    assert charge_settled(now=NOW) == 0
    assert {one.wait for one in ledger.list_uncharged(acme)} == {Wait.NO_PRICE}
    assert ledger.count_unpriced(acme) == 2
    # From November on: the second one closed at 00:05 there.
    give_price(acme, since=date(2026, 11, 1))
    assert charge_settled(now=NOW) == 1
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
    charge_settled(now=NOW)
    assert (charge(record).amount, charge(record).month) == (Decimal(amount), month)
    assert_books_agree()


def test_pages_of_a_long_list_are_all_charged(
    acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_price(acme)
    monkeypatch.setattr(charging, "PAGE", 3)
    visitor = uuid.uuid4()
    blocked = add_record(acme, NOW - HOUR, visitor_id=visitor, settled_at=None)
    for number in range(5):
        add_record(acme, NOW + number * HOUR, visitor_id=visitor)
    for number in range(8):
        add_record(acme, NOW + number * HOUR)
    # The first page holds nothing but chats that wait: the others have their turn all the same.
    assert charge_settled(now=NOW) == 8
    ChatRecord.objects.filter(pk=blocked.pk).update(settled_at=NOW)
    assert charge_settled(now=NOW) == 6
    assert_books_agree()


def test_one_companys_fault_holds_up_no_other(
    acme: Company, zen: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = charging.list_rates

    def fail(company: Company) -> Any:
        if company == acme:
            raise ValueError("a price that can't be read")
        return real(company)

    give_price(acme)
    give_price(zen)
    add_record(acme)
    record = add_record(zen)
    monkeypatch.setattr(charging, "list_rates", fail)
    assert charge_settled(now=NOW) == 1
    assert lines(record)


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
    charge_settled(now=NOW)
    flag_spam(chat_id=chats[5].pk, spam=True, by=maud, note="", now=utc("2026-11-03T08:00:00"))
    charge_settled(now=NOW)
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


def _both_months(company: Company) -> list[ledger.Line]:
    return [
        *ledger.list_month(company, date(2026, 10, 1)),
        *ledger.list_month(company, date(2026, 11, 30)),
    ]


# Corrections


def test_spam_said_afterwards_is_a_line_of_its_own(acme: Company, maud: User) -> None:
    give_price(acme)
    record = add_record(acme)
    charge_settled(now=NOW)
    flag_spam(chat_id=record.pk, spam=True, by=maud, note="", now=NOW + HOUR)
    assert charge_settled(now=NOW) == 1
    assert charge_settled(now=NOW) == 0
    flag_spam(chat_id=record.pk, spam=False, by=maud, note="", now=NOW + 2 * HOUR)
    assert charge_settled(now=NOW) == 1
    assert lines(record) == [
        ("chat", "billable", Decimal("4.50")),
        ("correction", "spam", Decimal("-4.50")),
        ("correction", "not_spam", Decimal("4.50")),
    ]
    assert ledger.month_total(acme, NOW.date()).amount == Decimal("4.50")
    assert_books_agree()


def test_a_correction_is_in_the_month_in_which_it_was_said(acme: Company, maud: User) -> None:
    give_price(acme)
    record = add_record(acme, utc("2026-10-31T12:00:00"))
    charge_settled(now=NOW)
    flag_spam(chat_id=record.pk, spam=True, by=maud, note="", now=utc("2026-10-31T23:00:00"))
    charge_settled(now=NOW)
    assert ledger.month_total(acme, date(2026, 10, 1)).amount == Decimal("4.50")
    november = ledger.month_total(acme, date(2026, 11, 1))
    assert (november.amount, november.chats, november.corrections) == (Decimal("-4.50"), 0, 1)


def test_what_was_said_before_the_charge_is_in_its_verdict(acme: Company, maud: User) -> None:
    give_price(acme)
    flagged, cleared = add_record(acme), add_record(acme, outcome="spam")
    flag_spam(chat_id=flagged.pk, spam=True, by=maud, note="", now=NOW + HOUR)
    flag_spam(chat_id=cleared.pk, spam=False, by=maud, note="", now=NOW + HOUR)
    assert charge_settled(now=NOW) == 2
    assert charge_settled(now=NOW) == 0
    assert lines(flagged) == [("chat", "spam", Decimal("0.00"))]
    assert lines(cleared) == [("chat", "billable", Decimal("4.50"))]
    assert_books_agree()


def test_a_repeat_of_what_turns_out_to_be_spam_stays_free(acme: Company, maud: User) -> None:
    give_price(acme)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor)
    repeat = add_record(acme, NOW + HOUR, visitor_id=visitor)
    charge_settled(now=NOW)
    flag_spam(chat_id=first.pk, spam=True, by=maud, note="", now=NOW + 2 * HOUR)
    later = add_record(acme, NOW + 3 * HOUR, visitor_id=visitor)
    charge_settled(now=NOW)
    assert lines(repeat) == [("chat", "repeat", Decimal("0.00"))]
    # Who comes back after the flag finds no billed chat to repeat.
    assert lines(later) == [("chat", "billable", Decimal("4.50"))]


def test_a_chat_that_was_no_spam_is_free_if_the_persons_next_chat_was_billed(
    acme: Company, maud: User
) -> None:
    give_price(acme)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor, outcome="spam")
    second = add_record(acme, NOW + HOUR, visitor_id=visitor)
    charge_settled(now=NOW)
    assert charge(second).reason == Reason.BILLABLE
    flag_spam(chat_id=first.pk, spam=False, by=maud, note="", now=NOW + 2 * HOUR)
    charge_settled(now=NOW)
    assert lines(first) == [
        ("chat", "spam", Decimal("0.00")),
        ("correction", "not_spam", Decimal("0.00")),
    ]
    assert Charge.objects.get(record=first, component="correction").repeat_of_id == second.pk
    assert_books_agree()


def test_a_free_chat_flagged_as_spam_gets_nothing_back(acme: Company, maud: User) -> None:
    give_price(acme)
    record = add_record(acme, in_hours=False)
    charge_settled(now=NOW)
    for at, spam in ((HOUR, True), (2 * HOUR, False)):
        flag_spam(chat_id=record.pk, spam=spam, by=maud, note="", now=NOW + at)
        charge_settled(now=NOW)
    assert [amount for *_rest, amount in lines(record)] == [Decimal("0.00")] * 3
    assert_books_agree()


# The database's own word


def test_no_line_of_the_ledger_can_be_changed_or_deleted(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme)
    charge_settled(now=NOW)
    line = charge(record)
    for change in (
        lambda: Charge.objects.filter(pk=line.pk).update(amount=Decimal(0)),
        line.delete,
    ):
        with pytest.raises(DatabaseError, match="is final"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError, match="one_charge_per_record"), transaction.atomic():
        Charge.objects.create(
            company=acme, record=record, component="chat", amount=1, month=line.month, reason="spam"
        )
    with pytest.raises(IntegrityError, match="charge_component"), transaction.atomic():
        Charge.objects.create(
            company=acme, record=record, component="correction", amount=-1, month=line.month
        )
    assert charge(record).amount == Decimal("4.50")


def test_the_books_say_what_is_wrong(acme: Company, maud: User) -> None:
    give_price(acme)
    never, marked = add_record(acme), add_record(acme, charged=True)
    (late, lost) = reconcile.list_differences(NOW + HOUR)
    assert (late.chat_id, late.what) == (never.chat_id, "settled, but not charged")
    assert (lost.chat_id, lost.what) == (marked.chat_id, "marked as charged, but not on the ledger")
    # Just settled: the next sweep's work.
    assert len(reconcile.list_differences(never.closed_at + timedelta(seconds=31))) == 1
    charge_settled(now=NOW)
    flag_spam(chat_id=never.pk, spam=True, by=maud, note="", now=NOW)
    whats = {one.what for one in reconcile.list_differences(NOW + HOUR)}
    assert "flagged or unflagged, but not corrected" in whats


# Several workers


def _sweep_in_thread(errors: list[BaseException], start: threading.Barrier) -> threading.Thread:
    def run() -> None:
        try:
            start.wait(10)
            charge_settled(now=NOW)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.usefixtures("committed")
def test_workers_at_the_same_time_charge_each_chat_once() -> None:
    acme, zen = Company.objects.get(slug="acme"), Company.objects.get(slug="zen")
    for company in (acme, zen):
        give_price(company)
        visitors = [uuid.uuid4() for _ in range(20)]
        for number in range(60):
            add_record(company, NOW + number * HOUR, visitor_id=visitors[number % 20])
    errors: list[BaseException] = []
    start = threading.Barrier(4)
    threads = [_sweep_in_thread(errors, start) for _ in range(4)]
    for thread in threads:
        thread.join(30)
    # Who finds a company taken leaves it to the one who has it.
    charge_settled(now=NOW)
    assert errors == []
    assert Charge.objects.count() == 120
    assert ChatRecord.objects.filter(charged=False).count() == 0
    assert_books_agree()


@pytest.mark.usefixtures("committed")
def test_a_worker_killed_in_the_middle_leaves_whole_pages_and_the_next_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    acme = Company.objects.get(slug="acme")
    give_price(acme)
    for number in range(10):
        add_record(acme, NOW + number * HOUR)
    monkeypatch.setattr(charging, "PAGE", 4)
    real, calls = charging.ChatRecord.objects.filter, []

    class Killed(BaseException):
        """What SIGKILL looks like to the transaction: it ends, and nothing runs after it."""

    def die_on_second(*args: Any, **kwargs: Any) -> Any:
        # After the lines of the second page were inserted, before its records are marked.
        if "pk__in" in kwargs:
            calls.append(1)
            if len(calls) == 2:
                raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(charging.ChatRecord.objects, "filter", die_on_second)
    with pytest.raises(Killed):
        charge_settled(now=NOW)
    monkeypatch.setattr(charging.ChatRecord.objects, "filter", real)
    assert Charge.objects.count() == ChatRecord.objects.filter(charged=True).count() == 4
    assert charge_settled(now=NOW) == 6
    assert Charge.objects.count() == 10
    assert_books_agree()


@pytest.mark.usefixtures("committed")
def test_a_ledger_that_another_worker_holds_is_left_to_it() -> None:
    acme = Company.objects.get(slug="acme")
    give_price(acme)
    add_record(acme)
    errors: list[BaseException] = []
    with transaction.atomic():
        assert charging.try_ledger(acme)
        thread = _sweep_in_thread(errors, threading.Barrier(1))
        thread.join(20)
        assert not thread.is_alive()
        assert Charge.objects.count() == 0
    assert charge_settled(now=NOW) == 1
    assert errors == []


def test_recordevents_of_other_kinds_are_no_corrections(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme)
    charge_settled(now=NOW)
    RecordEvent.objects.create(
        record=record, company=acme, kind=RecordEvent.Kind.RATING, value=0, at=NOW
    )
    assert charge_settled(now=NOW) == 0
