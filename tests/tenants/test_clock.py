"""The one clock: what the database says, whatever this process's own clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from tenants import clock, memory
from tenants.context import run_in

WRONG = [timedelta(minutes=11), timedelta(minutes=-10)]
# How far the clock may be from what the database says: the time a question takes on a busy machine.
CLOSE = timedelta(seconds=2)


def told_by_database() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [at] = cursor.fetchone()
    return at


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_wrong_clock_of_our_own_moves_nothing_and_is_told(monkeypatch: pytest.MonkeyPatch, wrong: timedelta) -> None:
    monkeypatch.setattr(clock, "own", lambda: datetime.now(UTC) + wrong)
    assert abs(clock.now() - told_by_database()) < CLOSE
    assert abs(clock.ahead() - wrong.total_seconds()) < CLOSE.total_seconds()


@pytest.mark.django_db
def test_it_counts_on_without_asking_and_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    steady = [100.0]
    monkeypatch.setattr(clock, "steady", lambda: steady[0])
    began = clock.now()
    steady[0] += clock.FRESH / 2
    assert clock.now() == began + timedelta(seconds=clock.FRESH / 2)
    # The host of the database set its clock: what is asked again is believed.
    monkeypatch.setattr(clock, "_ask", lambda: clock._Answer(began + timedelta(hours=1), clock.steady(), 0.0))
    steady[0] += clock.FRESH
    assert clock.now() == began + timedelta(hours=1)


@pytest.mark.django_db
def test_in_a_failed_transaction_the_last_answer_counts() -> None:
    known = clock.ask()
    with transaction.atomic():
        with connection.cursor() as cursor, pytest.raises(DatabaseError):
            cursor.execute("SELECT 1 / 0")
        assert known <= clock.ask() < known + timedelta(minutes=1)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_asking_is_no_query_of_a_company_nor_of_a_count(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        clock.now()


def test_without_a_database_it_counts_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(clock, "_ask", away)
    assert abs(clock.now() - datetime.now(UTC)) < CLOSE
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "_ask", lambda: clock._Answer(at, clock.steady() - 60, 0.0))
    clock.ask()
    monkeypatch.setattr(clock, "_ask", away)
    assert at + timedelta(seconds=60) <= clock.now() < at + timedelta(seconds=60) + CLOSE


async def test_on_a_loop_it_is_known_or_refused(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.clear()
    with pytest.raises(OperationalError):
        clock.now()
    await clock.ready()
    assert abs(clock.now() - await run_in(None, told_by_database)) < CLOSE
    # However old the answer is: the tasks of the process ask, the loop counts on.
    real = clock.steady
    monkeypatch.setattr(clock, "steady", lambda: real() + 60)
    assert abs(clock.now() - datetime.now(UTC) - timedelta(seconds=60)) < CLOSE
