"""Corrections after a charge: each is a line of its own, and no line is ever changed."""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from agency.models import RecordEvent, User
from agency.services.spam import flag_spam
from billing.domain.pricing import Reason
from billing.models import Charge
from billing.services import ledger
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.balie.steps.books import HOUR, assert_books_agree, charge, ledger_differences, lines
from tests.billing.services.settled import NOW, add_record, give_price, utc


def test_spam_said_afterwards_is_a_line_of_its_own(acme: Company, maud: User) -> None:
    give_price(acme)
    record = add_record(acme)
    charge_settled()
    flag_spam(chat_id=record.pk, spam=True, by=maud, note="", now=NOW + HOUR)
    assert charge_settled() == 1
    assert charge_settled() == 0
    flag_spam(chat_id=record.pk, spam=False, by=maud, note="", now=NOW + 2 * HOUR)
    assert charge_settled() == 1
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
    charge_settled()
    flag_spam(chat_id=record.pk, spam=True, by=maud, note="", now=utc("2026-10-31T23:00:00"))
    charge_settled()
    assert ledger.month_total(acme, date(2026, 10, 1)).amount == Decimal("4.50")
    november = ledger.month_total(acme, date(2026, 11, 1))
    assert (november.amount, november.chats, november.corrections) == (Decimal("-4.50"), 0, 1)


def test_what_was_said_before_the_charge_is_in_its_verdict(acme: Company, maud: User) -> None:
    give_price(acme)
    flagged, cleared = add_record(acme), add_record(acme, outcome="spam")
    flag_spam(chat_id=flagged.pk, spam=True, by=maud, note="", now=NOW + HOUR)
    flag_spam(chat_id=cleared.pk, spam=False, by=maud, note="", now=NOW + HOUR)
    assert charge_settled() == 2
    assert charge_settled() == 0
    assert lines(flagged) == [("chat", "spam", Decimal("0.00"))]
    assert lines(cleared) == [("chat", "billable", Decimal("4.50"))]
    assert_books_agree()


def test_a_repeat_of_what_turns_out_to_be_spam_stays_free(acme: Company, maud: User) -> None:
    give_price(acme)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor)
    repeat = add_record(acme, NOW + HOUR, visitor_id=visitor)
    charge_settled()
    flag_spam(chat_id=first.pk, spam=True, by=maud, note="", now=NOW + 2 * HOUR)
    later = add_record(acme, NOW + 3 * HOUR, visitor_id=visitor)
    charge_settled()
    assert lines(repeat) == [("chat", "repeat", Decimal("0.00"))]
    # A visitor who comes back after the flag finds no billed chat to repeat.
    assert lines(later) == [("chat", "billable", Decimal("4.50"))]


def test_a_chat_that_was_no_spam_is_free_if_the_persons_next_chat_was_billed(acme: Company, maud: User) -> None:
    give_price(acme)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor, outcome="spam")
    second = add_record(acme, NOW + HOUR, visitor_id=visitor)
    charge_settled()
    assert charge(second).reason == Reason.BILLABLE
    flag_spam(chat_id=first.pk, spam=False, by=maud, note="", now=NOW + 2 * HOUR)
    charge_settled()
    assert lines(first) == [
        ("chat", "spam", Decimal("0.00")),
        ("correction", "not_spam", Decimal("0.00")),
    ]
    assert Charge.objects.get(record=first, component="correction").repeat_of_id == second.pk
    assert_books_agree()


def test_a_free_chat_flagged_as_spam_gets_nothing_back(acme: Company, maud: User) -> None:
    give_price(acme)
    record = add_record(acme, in_hours=False)
    charge_settled()
    for at, spam in ((HOUR, True), (2 * HOUR, False)):
        flag_spam(chat_id=record.pk, spam=spam, by=maud, note="", now=NOW + at)
        charge_settled()
    assert [amount for *_rest, amount in lines(record)] == [Decimal("0.00")] * 3
    assert_books_agree()


def _empty_the_ledger() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE billing_charge")


def test_no_line_of_the_ledger_can_be_changed_or_deleted(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme)
    charge_settled()
    line = charge(record)
    for change in (
        lambda: Charge.objects.filter(pk=line.pk).update(amount=Decimal(0)),
        line.delete,
        _empty_the_ledger,
    ):
        with pytest.raises(DatabaseError, match="is final"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError, match="one_charge_per_record"), transaction.atomic():
        Charge.objects.create(company=acme, record=record, component="chat", amount=1, month=line.month, reason="spam")
    with pytest.raises(IntegrityError, match="charge_component"), transaction.atomic():
        Charge.objects.create(company=acme, record=record, component="correction", amount=-1, month=line.month)
    assert charge(record).amount == Decimal("4.50")


def test_the_books_say_what_is_wrong(acme: Company, maud: User) -> None:
    give_price(acme)
    never, marked = add_record(acme), add_record(acme, charged=True)
    (late, lost) = ledger_differences(NOW + HOUR)
    assert (late.about, late.what) == (never.chat_id, "settled, but not charged")
    assert (lost.about, lost.what) == (marked.chat_id, "marked as charged, but not on the ledger")
    # Just settled: the next sweep's work.
    assert len(ledger_differences(never.closed_at + timedelta(seconds=31))) == 1
    charge_settled()
    flag_spam(chat_id=never.pk, spam=True, by=maud, note="", now=NOW)
    whats = {one.what for one in ledger_differences(NOW + HOUR)}
    assert "flagged or unflagged, but not corrected" in whats


def test_recordevents_of_other_kinds_are_no_corrections(acme: Company) -> None:
    give_price(acme)
    record = add_record(acme)
    charge_settled()
    RecordEvent.objects.create(record=record, company=acme, kind=RecordEvent.Kind.RATING, value=0, at=NOW)
    assert charge_settled() == 0
