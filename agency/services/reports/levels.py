"""The figures of a service report, added up from the judged chats that `verdict_sql` counts by day or by company."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal
from uuid import UUID

from agency.domain.promise.causes import Cause
from agency.domain.promise.figures import Level
from agency.domain.promise.sla import ANSWERED, Verdict
from agency.services.reports.verdict_sql import BITS, Part, cause_of, read_parts
from agency.services.verdict import VERDICTS
from tenants.models import Company

# Groupings of reports, besides the whole.
Group = Literal["day", "company_id"]
_KEYS: Mapping[Group, Callable[[str], Any]] = {"day": date.fromisoformat, "company_id": UUID}

_SECOND = 1_000_000
_REACHED = {"by_20": "20", "by_30": "30", "by_promise": "promise"}


@dataclass(frozen=True, slots=True)
class _CodeMeaning:
    """In which fields of `Level` a chat of one code is counted. `cause` of a broken promise, `is_late` of an answered
    one.
    """

    fields: tuple[str, ...]
    cause: Cause | None
    is_late: bool
    is_handled: bool


def parts_by(by: Group, chats: Literal["facts", "own"] = "facts") -> dict[str, Part]:
    """The parts of a reading that `add_up` adds up: its codes and its ranks."""
    # In whole microseconds a sum is the same in whatever order its chats come.
    codes = f"""
        SELECT {by}, code, count(*), sum((handled * {_SECOND})::bigint), sum(concurrency),
            count(*) FILTER (WHERE concurrency > 0)
        FROM {chats} GROUP BY 1, 2"""  # noqa: S608 -- constants
    # Nearest ranks: percentile_disc is the first value whose cumulative share reaches the one asked. The whole has its
    # own.
    groups = "(day), ()" if by == "day" else by
    ranks = f"""
        SELECT {by},
            percentile_disc(ARRAY[0.5, 0.9, 0.95, 1.0]) WITHIN GROUP (ORDER BY waited),
            percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY lasted)
        FROM {chats} WHERE counts AND answered GROUP BY GROUPING SETS ({groups})"""  # noqa: S608 -- constants
    return {f"{by}_codes": Part(codes, 6), f"{by}_ranks": Part(ranks, 3)}


def add_up(by: Group, found: Mapping[str, Sequence[Sequence[Any]]]) -> dict[Any, Level]:
    """Return the levels by day or by company in the answers to `parts_by`, empty without them. By day, the whole is
    under None.
    """
    rows: defaultdict[str | None, list[Sequence[Any]]] = defaultdict(list)
    for key, *row in found.get(f"{by}_codes", ()):
        rows[key].append(row)
    if by == "day" and rows:
        rows[None] = [row for own in rows.values() for row in own]
    ranks = {key: (waits, lengths) for key, waits, lengths in found.get(f"{by}_ranks", ())}
    return {
        None if key is None else _KEYS[by](key): _level(own, *ranks.get(key, (None, None))) for key, own in rows.items()
    }


def count_by(
    by: Group,
    *,
    company: Company | None,
    zone: str | None,
    since: date,
    until: date,
    operator: UUID | None = None,
) -> dict[Any, Level]:
    """Count the chats that arrived on these local days, by day (None is the whole) or by company. One query.

    Args:
        company: None: of all companies.
        zone: whose days; None: each company's own.
        operator: whoever held the chat last; None: anybody, or nobody.
    """
    period: dict[str, Any] = {"company": company, "zone": zone, "since": since, "until": until}
    return add_up(by, read_parts(parts_by(by), rated=True, operator=operator, **period))


def _level(rows: Iterable[Sequence[Any]], waits: list[float] | None, lengths: list[float] | None) -> Level:
    """Add up the rows of a day, a company or everything."""
    sums: defaultdict[str, int] = defaultdict(int)
    missed_by, late_by = dict.fromkeys(Cause, 0), dict.fromkeys(Cause, 0)
    spent, together, together_n = 0, 0, 0
    for code, n, handled, concurrency, concurrency_n in rows:
        counted = _counted(code)
        for name in counted.fields:
            sums[name] += n
        if counted.cause:
            (late_by if counted.is_late else missed_by)[counted.cause] += n
        if counted.is_handled:
            spent += handled
            together += concurrency
            together_n += concurrency_n
    p50, p90, p95, longest = waits or (None,) * 4
    duration_p50, duration_p90 = lengths or (None,) * 2
    return Level(
        **sums,
        missed_by=missed_by,
        late_by=late_by,
        response_p50=p50,
        response_p90=p90,
        response_p95=p95,
        response_max=longest,
        duration_p50=duration_p50,
        duration_p90=duration_p90,
        handle_seconds=spent / _SECOND / sums["handled"] if sums["handled"] else None,
        concurrency=together / together_n if together_n else None,
    )


# A code has 15 bits, and an agency meets a few hundred of them, again and again.
@cache
def _counted(code: int) -> _CodeMeaning:
    verdict, cause = VERDICTS[code & 7], code >> 3 & 7
    flags = frozenset(name for name, bit in BITS.items() if code & bit)
    counts = "in_hours" in flags and "spam" not in flags
    return _CodeMeaning(
        fields=tuple(_fields(verdict, flags)),
        cause=cause_of(cause) if cause and counts else None,
        is_late=verdict in ANSWERED,
        is_handled=counts and "handled" in flags,
    )


def _fields(verdict: Verdict, flags: frozenset[str]) -> Iterable[str]:
    """Name the fields of `Level` in which a chat is counted."""
    if "spam" in flags:
        yield "spam"
        return
    yield "askable"
    yield from flags & {"rated", "good"}
    if "in_hours" not in flags:
        yield "out_of_hours"
        return
    yield "offered"
    if "test" in flags:
        yield "tests"
    if "handled" in flags:
        yield "handled"
    if verdict in ANSWERED:
        yield "answered"
        yield from (f"within_{name}" for flag, name in _REACHED.items() if flag in flags)
        return
    if verdict is Verdict.SHORT_ABANDON:
        yield "short_abandons"
        return
    yield "closed_unanswered" if verdict is Verdict.MISSED else "abandoned"
    # Visitors who left after T, or whose chat our side closed, however soon: no operator can blame their patience.
    ours = verdict is Verdict.MISSED
    yield from (f"lost_after_{name}" for flag, name in _REACHED.items() if ours or flag not in flags)
