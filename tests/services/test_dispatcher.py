"""Whom a dispatcher takes for gone, and that a step that fails holds up nothing but itself."""

from collections.abc import Callable
from typing import Any

import pytest

from agency.models import Heartbeat
from chat.management.commands import dispatcher
from chat.services import assignment, lifecycle

STEPS = {
    assignment: ("expire_offers", "requeue_lost_seats", "assign_waiting"),
    lifecycle: (
        "close_left",
        "end_wrap_ups",
        "close_idle",
        "remind_silent",
        "close_end_of_hours",
    ),
}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Monotonic and wall time, as the test sets them."""
    times = [100.0, 1_000.0]
    monkeypatch.setattr(dispatcher, "_clocks", lambda: (times[0], times[1]))
    return times


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps of a sweep that ran; they do nothing else."""
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


def pass_by(clock: list[float], monotonic: float, wall: float | None = None) -> None:
    clock[0] += monotonic
    clock[1] += monotonic if wall is None else wall


def patient(clock: list[float]) -> dispatcher._Patience:
    """One that has swept for longer than a lease."""
    patience = dispatcher._Patience()
    for _ in range(17):
        patience.may_expire()
        patience.swept((clock[0], clock[1]))
        pass_by(clock, 1)
    assert patience.may_expire()
    return patience


def test_a_dispatcher_that_begins_waits_one_lease(clock: list[float]) -> None:
    patience = dispatcher._Patience()
    for _ in range(15):
        assert not patience.may_expire()
        patience.swept((clock[0], clock[1]))
        pass_by(clock, 1)
    assert patience.may_expire()


def test_visitors_get_longer_to_come_back(clock: list[float]) -> None:
    patience = dispatcher._Patience()
    for _ in range(30):
        patience.may_expire()
        assert not patience.may_leave()
        patience.swept((clock[0], clock[1]))
        pass_by(clock, 1)
    assert patience.may_expire()
    assert patience.may_leave()


@pytest.mark.parametrize(
    ("monotonic", "wall"), [(6, 6), (0.5, 3_600)], ids=["held up", "suspended or clock set"]
)
def test_after_a_gap_it_waits_one_lease(clock: list[float], monotonic: float, wall: float) -> None:
    patience = patient(clock)
    pass_by(clock, monotonic, wall)
    assert not patience.may_expire()
    for _ in range(15):
        patience.swept((clock[0], clock[1]))
        pass_by(clock, 1)
    assert patience.may_expire()


async def test_nobody_is_taken_for_gone_before_that(committed: None, ran: list[str]) -> None:
    assert await dispatcher.sweep(may_expire=False, may_leave=False)
    assert {"requeue_lost_seats", "close_left"}.isdisjoint(ran)
    ran.clear()
    assert await dispatcher.sweep()
    assert set(ran) == {name for own in STEPS.values() for name in own}


async def test_a_step_that_fails_holds_up_no_other(
    committed: None, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def close_idle(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(lifecycle, "close_idle", close_idle)
    assert not await dispatcher.sweep()
    assert "assign_waiting" in ran
    assert not await Heartbeat.objects.filter(part="dispatcher").aexists()
