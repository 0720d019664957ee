"""Whom a dispatcher takes for gone, by which clock, and that a step that fails holds up nothing but itself."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agency.models import Heartbeat, PoolEntry, Seat
from agency.services.facts import presence
from agency.services.pool import site_watch
from chat.management.commands import dispatcher
from chat.services import assignment
from chat.services.ending import reasons_to_close
from chat.services.texts import force
from tenants import clock
from tenants.context import run_in
from tests.chat.services.stage import open_chat, say, sit, write_first

STEPS = {
    presence: ("end_presence",),
    site_watch: ("follow_sites",),
    force: ("follow_moments",),
    assignment: ("expire_offers", "requeue_lost_seats", "assign_waiting"),
    reasons_to_close: (
        "close_left",
        "end_wrap_ups",
        "close_idle",
        "remind_silent",
        "close_end_of_hours",
    ),
}


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the steps of a sweep that ran. They do nothing else."""
    names: list[str] = []

    def step(name: str) -> Callable[..., None]:
        def run(**_facts: Any) -> None:
            names.append(name)

        run.__name__ = name
        return run

    for module, own in STEPS.items():
        for name in own:
            monkeypatch.setattr(module, name, step(name))
    return names


START = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)


class Times:
    """A dispatcher's sweeps, and the two clocks it goes by: one that nobody sets, and the database's."""

    def __init__(self) -> None:
        self.patience = dispatcher._Patience()
        self.steady, self.database = 100.0, START

    def look(self) -> dispatcher.Calm:
        calm = self.patience.look(self.steady, self.database)
        self.patience.swept(self.steady)
        return calm

    def wait(self, seconds: float, database: float | None = None) -> None:
        self.steady += seconds
        self.database += timedelta(seconds=seconds if database is None else database)

    def sweep_for(self, seconds: int) -> dispatcher.Calm:
        for _ in range(seconds):
            self.look()
            self.wait(1)
        return self.look()


def names(calm: dispatcher.Calm) -> set[str]:
    """Return the steps that such a calm lets through."""
    return {
        step.__name__
        for step, after_gap, after_jump in dispatcher._list_steps()
        if calm.swept >= after_gap and calm.even >= after_jump
    }


ALL = {name for own in STEPS.values() for name in own} | {"follow_shifts", "hand_on_ended"}
TIMED = {
    "expire_offers": 10,
    "requeue_lost_seats": 15,
    "close_left": 120,
    "end_wrap_ups": 120,
    "close_idle": 600,
    "remind_silent": 240,
    "close_end_of_hours": 60,
}


FOR_CONSOLES = {"expire_offers", "requeue_lost_seats"}
FOR_VISITORS = {"close_left", "close_idle", "remind_silent"}


@pytest.mark.parametrize(
    ("after", "missing"),
    [
        (0, FOR_CONSOLES | FOR_VISITORS),
        (14, FOR_CONSOLES | FOR_VISITORS),
        (15, FOR_VISITORS),
        (29, FOR_VISITORS),
        (30, set()),
    ],
)
def test_a_dispatcher_that_begins_waits_a_lease_for_consoles_and_longer_for_visitors(
    after: int, missing: set[str]
) -> None:
    assert ALL - names(Times().sweep_for(after)) == missing


@pytest.mark.parametrize("database", [6, 3_600], ids=["held up", "and the clock was set"])
def test_after_a_gap_it_waits_one_lease(database: float) -> None:
    times = Times()
    assert names(times.sweep_for(40)) == ALL
    times.wait(6, database)
    assert not (FOR_CONSOLES | FOR_VISITORS) & names(times.look())
    assert "requeue_lost_seats" in names(times.sweep_for(15))


@pytest.mark.parametrize("jump", [660, -600])
def test_after_a_jump_of_the_databases_clock_nothing_ends_within_its_own_limit(jump: float) -> None:
    times = Times()
    times.sweep_for(40)
    times.wait(1, jump)
    assert ALL - names(times.look()) == set(TIMED)
    for step, limit in TIMED.items():
        times = Times()
        times.sweep_for(40)
        times.wait(1, jump)
        assert step not in names(times.sweep_for(limit - 1))
        times.wait(1)
        assert step in names(times.look())


def test_the_jump_is_known_as_long_as_something_waits_for_it() -> None:
    times = Times()
    times.sweep_for(40)
    times.wait(1, 661)
    assert times.look().jump == 660
    assert times.sweep_for(599).jump == 660
    assert times.sweep_for(1).jump == 0


async def test_the_jump_is_in_the_sign_of_life(committed: None, ran: list[str]) -> None:
    assert await dispatcher.sweep(dispatcher.Calm(float("inf"), 0, 660))
    row = await Heartbeat.objects.aget(part="dispatcher")
    assert row.clock_jumped == 660


def test_a_clock_that_is_slewed_is_no_jump() -> None:
    times = Times()
    times.sweep_for(40)
    for _ in range(60):
        times.wait(1, 1.5)
        assert names(times.look()) == ALL


async def test_nobody_is_taken_for_gone_before_that(committed: None, ran: list[str]) -> None:
    assert await dispatcher.sweep(dispatcher.Calm(swept=0, even=float("inf")))
    assert (FOR_CONSOLES | FOR_VISITORS).isdisjoint(ran)
    ran.clear()
    assert await dispatcher.sweep()
    assert set(ran) == {name for own in STEPS.values() for name in own}


async def test_a_step_that_fails_holds_up_no_other(
    committed: None, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_idle(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(reasons_to_close, "close_idle", close_idle)
    assert not await dispatcher.sweep()
    assert "assign_waiting" in ran
    assert not await Heartbeat.objects.filter(part="dispatcher").aexists()


@pytest.mark.parametrize("wrong", [timedelta(minutes=11), timedelta(minutes=-10)], ids=str)
async def test_a_dispatcher_whose_own_clock_is_wrong_ends_nothing_and_says_so(
    committed: None, monkeypatch: pytest.MonkeyPatch, wrong: timedelta
) -> None:
    before = await run_in(None, stage_everything)
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + wrong)
    monkeypatch.setattr(clock, "own", lambda: right() + wrong)
    await run_in(None, clock.ask)
    assert await dispatcher.sweep()
    assert await run_in(None, list_states) == before
    row = await Heartbeat.objects.aget(part="dispatcher")
    assert abs(row.clock_ahead - wrong.total_seconds()) < 2


def stage_everything() -> list[tuple[Any, ...]]:
    """Return a desk with one chat of each state, all of them fresh: nothing of it ends within seconds."""
    now = clock.now()
    alice = sit("alice@balie.test", now=now)
    talking = open_chat(alice, now=now)
    say(talking, "operator", "Hoi", now=now, by=alice)
    wrapped = open_chat(alice, now=now)
    reasons_to_close.close_by_operator(chat_id=wrapped.pk, fence=wrapped.fence, by=alice, now=now)
    write_first(now=now)
    assignment.assign_waiting(now=now)
    return list_states()


def list_states() -> list[tuple[Any, ...]]:
    rows = PoolEntry.objects.order_by("pk").values_list("pk", "state", "offered_to", "last_seq")
    leases = Seat.objects.order_by("pk").values_list("pk", "lease_until", "used")
    return [*rows, *leases]
