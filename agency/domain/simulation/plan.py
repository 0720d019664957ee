"""The plan of a simulation: the options of a run, checked."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, get_args

from agency.domain.pool.routing import DRAIN_SECONDS, OFFER_SECONDS
from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.domain.shifts.erlang import CONCURRENCY_FACTORS, SECONDS_AN_HOUR

PolicyName = Literal["balie", "silo", "round_robin", "longest_idle"]
POLICIES: tuple[PolicyName, ...] = get_args(PolicyName)
Shares = Literal["even", "zipf"]
SHARES: tuple[Shares, ...] = get_args(Shares)

MOST_PROMISED = 86_400
# Beyond these a day no longer fits into memory, or a slip of the keyboard asked for it.
MOST_CHATS = 2_000_000
MOST_OPERATORS = 10_000
MOST_COMPANIES = 100_000


@dataclass(frozen=True, slots=True)
class ArrivalRate:
    """So many chats an hour, from `start` to `end` seconds after the day begins."""

    start: float
    end: float
    per_hour: float


@dataclass(frozen=True, slots=True)
class SimulatedShift:
    """So many operators, from `start` to `end` seconds after the day begins."""

    operators: int
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Plan:
    """One simulated day.

    Args:
        rates: the arrivals, in order; the day ends with the last of them.
        shifts: who is there when; all who begin before the day ends are its operators.
        aht_s: mean handling time of a chat that has its operator alone; exponential.
        patience_s: mean of the exponential patience, or None: everybody waits.
        concurrency: slots of a trained operator.
        factors: speed of an operator with 1, 2, ... chats, one chat alone being 1.
        breadth: share of the companies that each operator is certified for.
        shares: how the chats divide over the companies; "zipf" gives the n-th 1/n of the first's.
        promises: seconds; the companies have them in turn.
        accept_s: seconds from offer to accept.
        bounce: share of the offers that nobody takes.
        silent: share of a chat's time in which its visitor is to write next.
        beginners: share of the operators with a beginner's slots and load limit.
        pools: into how many teams "silo" divides; None: one for each company or operator, whichever are fewer.
        drain_s: seconds before the end of a shift in which Balie asks others first.
        warmup_s: seconds at the start that aren't counted.
    """

    rates: tuple[ArrivalRate, ...]
    shifts: tuple[SimulatedShift, ...]
    aht_s: float
    patience_s: float | None = None
    companies: int = 1
    concurrency: int = 1
    factors: tuple[float, ...] = CONCURRENCY_FACTORS
    breadth: float = 1.0
    shares: Shares = "even"
    promises: tuple[int, ...] = (DEFAULT_PROMISE_SECONDS,)
    accept_s: float = 0.0
    bounce: float = 0.0
    silent: float = 0.5
    beginners: float = 0.0
    pools: int | None = None
    drain_s: float = DRAIN_SECONDS
    warmup_s: float = 0.0
    seed: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        self._check_chats()
        self._check_people()
        self._check_answers()

    @property
    def crew(self) -> tuple[SimulatedShift, ...]:
        """The shifts that begin before the day ends: who comes later has no part in it."""
        return tuple(shift for shift in self.shifts if shift.start < self.seconds)

    @property
    def operators(self) -> int:
        """Everybody who works that day."""
        return sum(shift.operators for shift in self.crew)

    @property
    def seconds(self) -> float:
        """When the last visitor can come."""
        return self.rates[-1].end

    def _check_people(self) -> None:
        _whole("companies", self.companies, MOST_COMPANIES)
        for shift in self.shifts:
            _whole("operators", shift.operators, MOST_OPERATORS)
            if not 0 <= shift.start < shift.end:
                raise ValueError("shifts: each ends after it begins, and none before the day")
        _whole("operators", self.operators, MOST_OPERATORS)
        if not 1 <= self.concurrency <= len(self.factors):
            raise ValueError(
                f"concurrency: 1 to {len(self.factors)}, for which a factor is known, not {self.concurrency}"
            )
        if any(after <= before for before, after in pairwise((0.0, *self.factors))):
            raise ValueError(f"factors: each above the one before, not {', '.join(map(str, self.factors))}")
        _share("breadth", self.breadth)
        if self.breadth == 0:
            raise ValueError("breadth: above 0 and at most 1, not 0")
        _share("beginners", self.beginners)
        if self.pools is not None and not 1 <= self.pools <= min(self.companies, self.operators):
            raise ValueError(
                f"pools: 1 to {min(self.companies, self.operators)}, the fewer of companies and operators, "
                f"not {self.pools}"
            )

    def _check_chats(self) -> None:
        if not self.rates or any(rate.start >= rate.end or rate.per_hour < 0 for rate in self.rates):
            raise ValueError("arrivals: each interval ends after it begins, with 0 chats or more")
        expected = sum((rate.end - rate.start) * rate.per_hour for rate in self.rates) / SECONDS_AN_HOUR
        if not 0 < expected <= MOST_CHATS:
            raise ValueError(f"arrivals: above 0 and at most {MOST_CHATS} chats, not {expected:g}")
        _above("aht", self.aht_s)
        if self.patience_s is not None:
            _above("patience", self.patience_s)
        if not 0 <= self.warmup_s < self.seconds:
            raise ValueError(f"warmup: 0 to below {self.seconds / SECONDS_AN_HOUR:g} hours")

    def _check_answers(self) -> None:
        if not self.promises or not all(0 < one <= MOST_PROMISED for one in self.promises):
            raise ValueError(f"promises: seconds, 1 to {MOST_PROMISED} each")
        if not 0 <= self.accept_s < OFFER_SECONDS:
            raise ValueError(f"accept: 0 to below {OFFER_SECONDS} seconds, when an offer lapses, not {self.accept_s:g}")
        if not 0 <= self.bounce < 1:
            raise ValueError(f"bounce: a share from 0 to below 1, not {self.bounce:g}")
        _share("silent", self.silent)
        if not 0 <= self.drain_s <= MOST_PROMISED:
            raise ValueError(f"drain: 0 to {MOST_PROMISED // 60} minutes")


def steady(per_hour: float, hours: float) -> tuple[ArrivalRate, ...]:
    """The same rate all day."""
    _above("poisson", per_hour)
    _above("hours", hours)
    return (ArrivalRate(0.0, hours * SECONDS_AN_HOUR, per_hour),)


def all_day(operators: int, rates: tuple[ArrivalRate, ...]) -> tuple[SimulatedShift, ...]:
    """So many operators for as long as visitors can come."""
    return (SimulatedShift(operators, 0.0, rates[-1].end),)


def _whole(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise ValueError(f"{name}: 1 to {most}, not {value}")


def _above(name: str, value: float) -> None:
    # The upper end keeps out "inf" and "nan", which float() reads.
    if not 0 < value <= 1e9:
        raise ValueError(f"{name}: above 0, not {value:g}")


def _share(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise ValueError(f"{name}: a share from 0 to 1, not {value:g}")
