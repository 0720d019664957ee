"""Measures of a simulated day, with 95 % intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, stdev

from agency.domain.pool.capacity import VISITOR_SILENT, WAITING_FOR_ME
from agency.domain.promise.figures import Level
from agency.domain.promise.shares import nearest_rank, ratio
from agency.domain.promise.sla import SHORT_ABANDON_SECONDS
from agency.domain.simulation.day import SimulatedChat
from agency.domain.simulation.engine import SimulatedOutcome
from agency.domain.simulation.plan import Plan

# One long run is cut into so many parts of equally many chats in a row (batch means; A. M. Law, "Simulation Modeling
# and Analysis", 9.5.3). Few and long: a queue outlasts several handling times, so short parts know of one another, and
# the interval of the mean wait over 20 parts held the true mean in 62 to 86 % of runs where it should in 95.
PARTS = 5
# A part that saw fewer separate queues than this says little about waiting: with 8 or more in each, the interval held
# the true mean wait in 89 to 96 % of runs (docs/pool.md).
FEWEST_QUEUES = 8

Sample = dict[str, float | None]

# Quantiles of Student's t for a two-sided 95 % interval, by degrees of freedom from 1.
_T_95 = (
    12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281,
    2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860,
    2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, and half of its 95 % interval where there is one."""

    value: float | None
    half: float | None = None

    @property
    def low(self) -> float | None:
        """The lower end of the interval."""
        return None if self.value is None or self.half is None else self.value - self.half

    @property
    def high(self) -> float | None:
        """The upper end of the interval."""
        return None if self.value is None or self.half is None else self.value + self.half

    def holds(self, expected: float) -> bool:
        """Whether the interval holds this value."""
        low, high = self.low, self.high
        return low is not None and high is not None and low <= expected <= high


def count(chats: Sequence[SimulatedChat], plan: Plan) -> Level:
    """Count chats as the service report does (docs/reports.md)."""
    answered = {20: 0, 30: 0}
    lost = {20: 0, 30: 0}
    kept = lost_kept = abandoned = short = unserved = served = 0
    for chat in chats:
        promise = plan.promises[chat.company % len(plan.promises)]
        wait = waited(chat)
        if chat.answered_at is not None:
            served += 1
            kept += wait <= promise
            for target in answered:
                answered[target] += wait <= target
            continue
        if chat.left_at is None:
            unserved += 1
        elif wait <= SHORT_ABANDON_SECONDS:
            short += 1
        else:
            abandoned += 1
        lost_kept += wait > promise
        for target in lost:
            lost[target] += wait > target
    return Level(
        offered=len(chats),
        answered=served,
        within_promise=kept,
        within_20=answered[20],
        within_30=answered[30],
        abandoned=abandoned,
        short_abandons=short,
        closed_unanswered=unserved,
        lost_after_promise=lost_kept,
        lost_after_20=lost[20],
        lost_after_30=lost[30],
    )


def waited(chat: SimulatedChat) -> float:
    """Return the seconds until the answer, or until the visitor left. Endless for a visitor still waiting when all
    went home.
    """
    until = chat.answered_at if chat.answered_at is not None else chat.left_at
    return math.inf if until is None else until - chat.arrived


def measure(chats: Sequence[SimulatedChat], plan: Plan) -> Sample:
    """The figures of some chats: shares from 0 to 1, times in seconds."""
    level = count(chats, plan)
    answers = [waited(chat) for chat in chats if chat.answered_at is not None]
    waits = [wait for wait in map(waited, chats) if wait < math.inf]
    passed = [
        chat.arrived + waited(chat) - chat.passed_at
        for chat in chats
        if chat.passed_at is not None and waited(chat) < math.inf
    ]
    lost = level.abandoned + level.short_abandons
    return {
        "service_level_20": level.service_level_20,
        "service_level_30": level.service_level_30,
        "strict_20": ratio(level.within_20, level.offered),
        "strict_30": ratio(level.within_30, level.offered),
        "service_level_promise": level.service_level,
        "waited_share": ratio(sum(wait > 0 for wait in map(waited, chats)), level.offered),
        "left_share": ratio(lost, level.offered),
        "abandoned_share": ratio(level.abandoned, level.answered + level.abandoned),
        "mean_wait_s": fmean(waits) if waits else None,
        "wait_p50_s": nearest_rank(answers, 0.5),
        "wait_p90_s": nearest_rank(answers, 0.9),
        "wait_p95_s": nearest_rank(answers, 0.95),
        "wait_max_s": max(waits, default=None),
        "passed_over_max_s": max(passed, default=0.0),
        "offered": level.offered,
        "answered": level.answered,
        "abandoned": level.abandoned,
        "short_abandons": level.short_abandons,
        "unserved": level.closed_unanswered,
        "bounces": sum(chat.bounces for chat in chats),
    }


def measure_time(outcome: SimulatedOutcome, plan: Plan) -> Sample:
    """Three occupancies (share of staffed time with a chat, weighted slots used of slots, share at the cap) and
    overtime.
    """
    spent = outcome.spent
    weight = plan.silent * VISITOR_SILENT + (1 - plan.silent) * WAITING_FOR_ME
    return {
        "occupancy_chat": spent.busy / spent.staffed if spent.staffed else None,
        "occupancy_slots": spent.used * weight / spent.slots if spent.slots else None,
        "occupancy_cap": spent.full / spent.staffed if spent.staffed else None,
        "overtime_s": spent.late / plan.operators,
    }


# These add up over a day: a part of one says nothing about the whole.
_TOTALS = frozenset(
    {"wait_max_s", "passed_over_max_s", "offered", "answered", "abandoned", "short_abandons"} | {"unserved", "bounces"}
)


def samples(outcomes: Sequence[SimulatedOutcome], plan: Plan) -> list[Sample]:
    """Return the parts an interval is made of: each day, or the parts of a single long one. None of them where they
    saw too few queues.
    """
    if len(outcomes) > 1:
        return [measure(one.chats, plan) | measure_time(one, plan) for one in outcomes]
    chats = outcomes[0].chats
    bounds = [len(chats) * at // PARTS for at in range(PARTS + 1)]
    parts = [chats[begin:end] for begin, end in pairwise(bounds)]
    if any(_queues(part, plan) < FEWEST_QUEUES for part in parts):
        return []
    return [{key: value for key, value in measure(part, plan).items() if key not in _TOTALS} for part in parts]


def _queues(chats: Sequence[SimulatedChat], plan: Plan) -> int:
    """Count the runs of chats, by arrival, that waited longer than it takes to accept an offer."""
    queued = [False, *(waited(chat) > plan.accept_s for chat in chats)]
    return sum(after and not before for before, after in pairwise(queued))


def summarise(outcomes: Sequence[SimulatedOutcome], plan: Plan) -> dict[str, Estimate]:
    """Return each figure: of several days their mean, of one day itself, with its interval where one can be had."""
    parts = samples(outcomes, plan)
    if len(outcomes) > 1:
        return {key: mean_of([part[key] for part in parts]) for key in parts[0]}
    whole = measure(outcomes[0].chats, plan) | measure_time(outcomes[0], plan)
    return {key: Estimate(value, mean_of([part.get(key) for part in parts]).half) for key, value in whole.items()}


def difference(ours: Sequence[Sample], theirs: Sequence[Sample], key: str) -> Estimate:
    """How far one policy lies above another on the same days, part by part, so that what both met drops out.

    No value where one of them has no parts: too few queues to compare.
    """
    if len(ours) != len(theirs):
        return Estimate(None)
    pairs = [(one[key], other[key]) for one, other in zip(ours, theirs, strict=True)]
    return mean_of([a - b for a, b in pairs if a is not None and b is not None])


def mean_of(values: Sequence[float | None]) -> Estimate:
    """Return the mean of independent values with its 95 % interval (Student's t), which fewer than two don't have."""
    known = [value for value in values if value is not None]
    if not known:
        return Estimate(None)
    mean = fmean(known)
    if len(known) == 1 or not math.isfinite(mean):
        return Estimate(mean)
    return Estimate(mean, t_95(len(known) - 1) * stdev(known) / math.sqrt(len(known)))


def t_95(freedom: int) -> float:
    """Return Student's t for a two-sided 95 % interval, beyond 30 by Fisher's expansion, good to four digits."""
    if freedom <= len(_T_95):
        return _T_95[freedom - 1]
    z = 1.959963984540054
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
