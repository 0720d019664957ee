"""A report's table as columns and cells: page and CSV are made of the same ones, so that they can't differ."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from agency.domain.glossary import BY_KEY
from agency.domain.metrics import (
    CAUSE_DEFINITIONS,
    CAUSE_NAMES,
    Cause,
    Kind,
    Level,
    gettext_noop,
)
from agency.domain.percent import percent
from agency.services.csvfile import Cell as Plain

# As the page rounds: agency/templatetags/amounts.py.
_TENTH = Decimal("0.1")
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Column:
    """One figure: its key, English msgids for name and definition, its kind, and where its value is."""

    key: str
    name: str
    definition: str
    kind: Kind
    value: Callable[[Level], float | None]


@dataclass(frozen=True, slots=True)
class Block:
    """Columns under one heading (an English msgid)."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one row; None: nothing to measure. `promise`: the share it is judged by, None if it isn't."""

    column: Column
    value: float | None
    promise: float | None = None

    @property
    def plain(self) -> Plain:
        """For a spreadsheet: a percentage as a number of 0 to 100, seconds as seconds, rounded as the page rounds."""
        if self.value is None:
            return None
        exact = Decimal(str(self.value))
        if self.column.kind == "count":
            return int(self.value)
        if self.column.kind == "share":
            return percent(exact, promise=self.promise)
        if self.column.kind == "number":
            return exact.quantize(_TENTH, rounding=ROUND_HALF_UP)
        tenths = exact.quantize(_TENTH, rounding=ROUND_CEILING)
        if tenths < _MINUTE:
            return tenths
        return int(exact.to_integral_value(rounding=ROUND_CEILING))


def _metrics(*keys: str) -> tuple[Column, ...]:
    found = (BY_KEY[key] for key in keys)
    return tuple(Column(m.key, m.name, m.definition, m.kind, m.value) for m in found)


def _missed_by(cause: Cause) -> Column:
    def value(level: Level) -> float:
        return level.missed_by.get(cause, 0)

    return Column(f"missed_{cause}", CAUSE_NAMES[cause], CAUSE_DEFINITIONS[cause], "count", value)


# Shares that are read against the promised one.
_JUDGED = frozenset({"service_level", "service_level_20", "service_level_30", "strict"})

_MISSED_IN_ORDER = (
    Cause.NO_SEAT,
    Cause.ALL_FULL,
    Cause.BOUNCED,
    Cause.SLOW_ACCEPT,
    Cause.SLOW_ANSWER,
    Cause.CLOSED_SILENTLY,
)

# Every figure there is, for the table of days.
DAYS: tuple[Block, ...] = (
    Block(
        gettext_noop("Promise"),
        _metrics(
            "offered",
            "answered",
            "within_promise",
            "within_20",
            "within_30",
            "service_level",
            "service_level_20",
            "service_level_30",
            "strict",
        ),
    ),
    Block(
        gettext_noop("Not answered"),
        _metrics("missed", "abandoned", "closed_unanswered", "short_abandons"),
    ),
    Block(gettext_noop("Missed, by cause"), tuple(map(_missed_by, _MISSED_IN_ORDER))),
    Block(
        gettext_noop("Time"),
        _metrics(
            "response_p50",
            "response_p90",
            "response_p95",
            "duration_p50",
            "duration_p90",
            "handle_seconds",
            "concurrency",
        ),
    ),
    Block(gettext_noop("Satisfaction"), _metrics("satisfaction", "good", "rated", "askable")),
    Block(gettext_noop("Apart"), _metrics("out_of_hours", "spam", "tests")),
)

# What tells companies apart at a glance.
COMPANIES: tuple[Block, ...] = (
    Block(
        gettext_noop("Promise"),
        _metrics("offered", "answered", "within_promise", "service_level", "strict", "missed"),
    ),
    Block(gettext_noop("Time"), _metrics("response_p50", "response_p90", "response_p95")),
    Block(gettext_noop("Satisfaction"), _metrics("satisfaction", "rated")),
)


def columns_of(blocks: Iterable[Block]) -> list[Column]:
    """All columns, in order."""
    return [column for block in blocks for column in block.columns]


def cells(blocks: Sequence[Block], level: Level, promise: float) -> list[Cell]:
    """One row.

    Args:
        promise: the share that was promised.
    """
    return [
        Cell(column, column.value(level), promise if column.key in _JUDGED else None)
        for column in columns_of(blocks)
    ]
