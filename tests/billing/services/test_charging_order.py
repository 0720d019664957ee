"""Flags and their withdrawals are booked in the order in which they were said, whoever holds the ledger meanwhile."""

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agency.models import ChatRecord, RecordEvent, User
from agency.services.spam import flag_spam
from billing.models import Charge
from billing.services import charging, corrections
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.balie.steps.books import HOUR, assert_books_agree, lines
from tests.billing.services.settled import NOW, add_record, give_price

PRICE = Decimal("4.50")
FLAGGED_AND_CLEARED = [
    ("chat", "billable", PRICE),
    ("correction", "spam", -PRICE),
    ("correction", "not_spam", PRICE),
]


def flag(record: ChatRecord, spam: bool, hours: int) -> bool:
    maud = User.objects.get(email="maud@balie.test")
    return flag_spam(chat_id=record.pk, spam=spam, by=maud, note="", now=NOW + hours * HOUR)


class OtherWorker:
    """Another worker's connection, which holds the company's ledger until the sweep has asked for it once."""

    def __init__(self, company: Company) -> None:
        self._name = str(company.pk)
        self._session = connection.copy()
        self._call("pg_advisory_lock")

    def _call(self, function: str) -> None:
        with self._session.cursor() as cursor:
            cursor.execute(f"SELECT {function}(7115, hashtext(%s))", [self._name])

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if "pg_try_advisory_xact_lock" in sql and self._session is not None:
            self._call("pg_advisory_unlock")
            self._session.close()
            self._session = None
        return found


@pytest.mark.usefixtures("committed")
def test_a_flag_that_could_not_be_booked_isnt_overtaken_by_its_withdrawal() -> None:
    acme = Company.objects.get(slug="acme")
    give_price(acme)
    record = add_record(acme)
    charge_settled()
    flag(record, True, 1)
    flag(record, False, 2)
    with connection.execute_wrapper(OtherWorker(acme)):
        charge_settled()
    charge_settled()
    assert lines(record) == FLAGGED_AND_CLEARED
    assert_books_agree()


def test_a_flag_that_fails_holds_up_its_withdrawal(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    give_price(acme)
    record = add_record(acme)
    charge_settled()
    flag(record, True, 1)
    flag(record, False, 2)
    real, calls = corrections.charge_month, []

    def fail_once(at: Any) -> Any:
        calls.append(at)
        if len(calls) == 1:
            raise ValueError("a month that can't be read")
        return real(at)

    monkeypatch.setattr(corrections, "charge_month", fail_once)
    assert charge_settled() == 0
    assert charge_settled() == 2
    assert lines(record) == FLAGGED_AND_CLEARED


@pytest.mark.usefixtures("committed")
def test_who_comes_back_after_a_flag_is_judged_by_it_though_the_ledger_was_held() -> None:
    acme = Company.objects.get(slug="acme")
    give_price(acme)
    visitor = uuid.uuid4()
    first = add_record(acme, visitor_id=visitor)
    charge_settled()
    flag(first, True, 1)
    again = add_record(acme, NOW + 2 * HOUR, visitor_id=visitor)
    with connection.execute_wrapper(OtherWorker(acme)):
        charge_settled()
    charge_settled()
    assert lines(again) == [("chat", "billable", PRICE)]


def test_what_is_said_later_counts_though_its_clock_is_slow(acme: Company) -> None:
    record = add_record(acme)
    assert flag(record, True, 2)
    assert flag(record, False, 1)
    assert flag(record, True, 0)
    said = RecordEvent.objects.filter(record=record).order_by("at").values_list("value", flat=True)
    assert list(said) == [1, 0, 1]


@dataclass(frozen=True)
class Step:
    """Somebody says something of a chat, or a sweep comes and finds the ledger free or held."""

    chat: int = 0
    spam: bool | None = None
    is_free: bool = True


FLAG = st.builds(Step, chat=st.integers(0, 3), spam=st.booleans())
SWEEP = st.builds(Step, is_free=st.booleans())


VISITORS = [uuid.uuid4() for _ in range(3)]


# One chat each of three people, and a second of the first one within the day.
@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(FLAG | SWEEP, max_size=14))
@example(
    [
        Step(),
        Step(chat=1, spam=True),
        Step(chat=1, spam=False),
        Step(is_free=False),
        Step(),
    ]
)
def test_no_order_of_flags_sweeps_and_locks_changes_a_cent(acme: Company, steps: list[Step]) -> None:
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        give_price(acme)
        people = [*VISITORS, VISITORS[0]]
        chats = [add_record(acme, NOW + number * HOUR, visitor_id=visitor) for number, visitor in enumerate(people)]
        spam = [False] * len(chats)
        for moment, step in enumerate(steps, 5):
            if step.spam is None:
                patch.setattr(charging, "try_ledger", lambda _company, free=step.is_free: free)
                charge_settled()
            elif flag(chats[step.chat], step.spam, moment):
                spam[step.chat] = step.spam
        patch.undo()
        charge_settled()
        assert charge_settled() == 0
        net = [sum(amount for *_line, amount in lines(chat)) for chat in chats]
        # Alone of their person: the newest word decides. Two of one person: at most one costs anything, and no spam
        # does.
        assert net[1:3] == [0 if spam[n] else PRICE for n in (1, 2)]
        assert net[0] + net[3] <= PRICE
        assert not any(net[n] for n in range(4) if spam[n])
        for chat in chats:
            said = Charge.objects.filter(record=chat, event__isnull=False).order_by("created_at")
            at = [line.event.at for line in said.select_related("event") if line.event]
            assert at == sorted(at)
        assert_books_agree()
        transaction.set_rollback(True)
