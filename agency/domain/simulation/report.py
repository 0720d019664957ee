"""Several policies on the same days, side by side: for people and as one object."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from agency.domain.shifts.erlang import Queue, erlang_c, pooled
from agency.domain.simulation.engine import simulate
from agency.domain.simulation.measures import (
    FEWEST_QUEUES,
    PARTS,
    Estimate,
    Sample,
    difference,
    samples,
    summarise,
)
from agency.domain.simulation.plan import Plan, PolicyName

Kind = Literal["share", "seconds", "count"]

# Key, name, kind; in the order of the table.
_ROWS: tuple[tuple[str, str, Kind], ...] = (
    ("service_level_20", "service level 20 s", "share"),
    ("service_level_30", "service level 30 s", "share"),
    ("strict_20", "strict 20 s", "share"),
    ("strict_30", "strict 30 s", "share"),
    ("service_level_promise", "own promise kept", "share"),
    ("waited_share", "had to wait", "share"),
    ("abandoned_share", "abandoned", "share"),
    ("left_share", "left, short ones too", "share"),
    ("mean_wait_s", "mean wait, all", "seconds"),
    ("wait_p50_s", "wait p50, answered", "seconds"),
    ("wait_p90_s", "wait p90, answered", "seconds"),
    ("wait_p95_s", "wait p95, answered", "seconds"),
    ("wait_max_s", "longest wait", "seconds"),
    ("passed_over_max_s", "longest passed over", "seconds"),
    ("occupancy_chat", "occupancy a: with a chat", "share"),
    ("occupancy_slots", "occupancy b: weighted slots", "share"),
    ("occupancy_cap", "occupancy c: every slot taken", "share"),
    ("overtime_s", "overtime each", "seconds"),
    ("offered", "chats offered", "count"),
    ("answered", "answered", "count"),
    ("abandoned", "abandoned after > 5 s", "count"),
    ("short_abandons", "short abandons, <= 5 s", "count"),
    ("unserved", "nobody left to answer", "count"),
    ("bounces", "bounces", "count"),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The results of each policy over the same days.

    `bound`: what the whole pool could reach, by Erlang; `practice`: Erlang C with the handling time divided by the
    concurrency factor, one chat each. Both only for one steady rate and one crew, and None where the queue would grow
    for ever.
    """

    plan: Plan
    replications: int
    figures: Mapping[PolicyName, Mapping[str, Estimate]]
    parts: Mapping[PolicyName, Sequence[Sample]]
    bound: Queue | None
    practice: Queue | None

    def above(self, policy: PolicyName, key: str = "service_level_20") -> Estimate:
        """How far the first policy lies above this one."""
        first = next(iter(self.figures))
        return difference(self.parts[first], self.parts[policy], key)


def run(plan: Plan, policies: Sequence[PolicyName], *, replications: int = 1) -> Comparison:
    """Simulate so many days under each policy.

    Raises:
        ValueError: the plan can't give each company an operator.
    """
    figures: dict[PolicyName, Mapping[str, Estimate]] = {}
    parts: dict[PolicyName, Sequence[Sample]] = {}
    for policy in policies:
        outcomes = [simulate(plan, policy, replication=day) for day in range(replications)]
        figures[policy] = summarise(outcomes, plan)
        parts[policy] = samples(outcomes, plan)
    return Comparison(plan, replications, figures, parts, bound_of(plan), _practice(plan))


def bound_of(plan: Plan) -> Queue | None:
    """The pooled Erlang bound of a plan, or None where it has none."""
    if not _is_steady(plan):
        return None
    try:
        return pooled(
            per_hour=plan.rates[0].per_hour,
            aht_s=plan.aht_s,
            operators=plan.operators,
            factors=plan.factors[: plan.concurrency],
            patience_s=plan.patience_s,
        )
    except ValueError:
        return None


def _practice(plan: Plan) -> Queue | None:
    if not _is_steady(plan) or plan.patience_s is not None:
        return None
    aht_s = plan.aht_s / plan.factors[plan.concurrency - 1]
    try:
        return erlang_c(per_hour=plan.rates[0].per_hour, aht_s=aht_s, agents=plan.operators)
    except ValueError:
        return None


def _is_steady(plan: Plan) -> bool:
    one_crew = all(shift.start == 0 and shift.end >= plan.seconds for shift in plan.shifts)
    return len(plan.rates) == 1 and one_crew and plan.beginners == 0


def as_facts(found: Comparison) -> dict[str, Any]:
    """Return plain values for JSON, each figure with the ends of its interval, null where there is none."""
    first, *others = found.figures
    return {
        "plan": asdict(found.plan),
        "intervals": _intervals(found),
        "policies": {
            policy: {key: _fact(one) for key, one in figures.items()} for policy, figures in found.figures.items()
        },
        "service_level_20_above": {policy: _fact(found.above(policy)) for policy in others},
        "compared": first,
        "erlang": {"bound": _queue(found.bound), "practice": _queue(found.practice)},
    }


def as_lines(found: Comparison) -> list[str]:
    """A table for people."""
    plan = found.plan
    patience = "none" if plan.patience_s is None else f"{plan.patience_s:g} s"
    crew = f"{plan.operators} operators x {plan.concurrency} slots, breadth {plan.breadth:.0%}"
    lines = [
        f"{plan.companies} companies, {crew}, handling time {plan.aht_s:g} s, patience {patience}",
        f"95 % intervals: {_intervals(found)}",
        "",
    ]
    width = max(len(name) for _, name, _ in _ROWS)
    lines.append(" " * width + "".join(f"{policy:>18}" for policy in found.figures))
    for key, name, kind in _ROWS:
        cells = (_cell(figures[key], kind) for figures in found.figures.values())
        lines.append(f"{name:<{width}}" + "".join(f"{cell:>18}" for cell in cells))
    first, *others = found.figures
    for policy in others:
        apart = _points(found.above(policy))
        lines.append(f"service level 20 s, {first} above {policy}: {apart} points")
    for name, queue in (
        ("pooled Erlang bound", found.bound),
        ("Erlang C in practice", found.practice),
    ):
        if queue is not None:
            lines.append(_queue_line(name, queue))
    return lines


def _intervals(found: Comparison) -> str:
    if found.replications > 1:
        return f"over {found.replications} days, each drawn anew"
    if any(found.parts.values()):
        return f"over {PARTS} parts of the day; none for what only a whole day has"
    return f"none: a part of the day saw fewer than {FEWEST_QUEUES} queues; --replications has them"


def _cell(one: Estimate, kind: Kind) -> str:
    if one.value is None:
        return "-"
    scale, digits = {"share": (100, 1), "seconds": (1, 1), "count": (1, 0)}[kind]
    half = "" if one.half is None else f" ±{one.half * scale:.{digits}f}"
    return f"{one.value * scale:.{digits}f}{half}{' %' if kind == 'share' else ''}"


def _points(one: Estimate) -> str:
    if one.value is None or one.half is None:
        return "too few queues to say, in"
    return f"{one.value * 100:+.2f} ±{one.half * 100:.2f}"


def _queue_line(name: str, queue: Queue) -> str:
    return (
        f"{name}: {queue.service_level(20):.1%} within 20 s, {queue.service_level(30):.1%} within 30 s, "
        f"{queue.p_wait:.1%} wait, mean {queue.mean_wait_s:.1f} s, {queue.p_abandon:.1%} leave"
    )


def _fact(one: Estimate) -> dict[str, float | None]:
    return {"value": one.value, "low": one.low, "high": one.high}


def _queue(queue: Queue | None) -> dict[str, float] | None:
    if queue is None:
        return None
    return {
        "service_level_20": queue.service_level(20),
        "service_level_30": queue.service_level(30),
        "waited_share": queue.p_wait,
        "left_share": queue.p_abandon,
        "mean_wait_s": queue.mean_wait_s,
        "occupancy": queue.occupancy,
    }
