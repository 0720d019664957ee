"""A report's table as columns and cells: page and CSV are made of the same ones, so that they can't differ."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from agency.domain.promise.glossary import BY_KEY
from agency.domain.promise.metrics import (
    CAUSE_DEFINITIONS,
    CAUSE_NAMES,
    Cause,
    Kind,
    Level,
    gettext_noop,
)
from agency.domain.promise.percent import percent
from agency.services.reports.csv_file import Cell as Plain

# As the page rounds: agency/templatetags/amounts.py.
_TENTH = Decimal("0.1")
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One figure: its key, English msgids for name and definition, its kind, and where its value is."""

    key: str
    name: str
    definition: str
    kind: Kind
    value: Callable[[Level], float | None]


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Columns under one heading (an English msgid)."""

    name: str
    columns: tuple[TableColumn, ...]


@dataclass(frozen=True, slots=True)
class TableCell:
    """One figure of one row; None: nothing to measure. `promise`: the share it is judged by, None if it isn't."""

    column: TableColumn
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


def _metrics(*keys: str) -> tuple[TableColumn, ...]:
    found = (BY_KEY[key] for key in keys)
    return tuple(TableColumn(m.key, m.name, m.definition, m.kind, m.value) for m in found)


def _missed_by(cause: Cause) -> TableColumn:
    def value(level: Level) -> float:
        return level.missed_by.get(cause, 0)

    return TableColumn(f"missed_{cause}", CAUSE_NAMES[cause], CAUSE_DEFINITIONS[cause], "count", value)


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
DAYS: tuple[TableBlock, ...] = (
    TableBlock(
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
    TableBlock(
        gettext_noop("Not answered"),
        _metrics("missed", "abandoned", "closed_unanswered", "short_abandons"),
    ),
    TableBlock(gettext_noop("Missed, by cause"), tuple(map(_missed_by, _MISSED_IN_ORDER))),
    TableBlock(
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
    TableBlock(gettext_noop("Satisfaction"), _metrics("satisfaction", "good", "rated", "askable")),
    TableBlock(gettext_noop("Apart"), _metrics("out_of_hours", "spam", "tests")),
)

# What tells companies apart at a glance.
COMPANIES: tuple[TableBlock, ...] = (
    TableBlock(
        gettext_noop("Promise"),
        _metrics("offered", "answered", "within_promise", "service_level", "strict", "missed"),
    ),
    TableBlock(gettext_noop("Time"), _metrics("response_p50", "response_p90", "response_p95")),
    TableBlock(gettext_noop("Satisfaction"), _metrics("satisfaction", "rated")),
)


def columns_of(blocks: Iterable[TableBlock]) -> list[TableColumn]:
    """All columns, in order."""
    return [column for block in blocks for column in block.columns]


def cells(blocks: Sequence[TableBlock], level: Level, promise: float) -> list[TableCell]:
    """One row.

    Args:
        promise: the share that was promised.
    """
    return [
        TableCell(column, column.value(level), promise if column.key in _JUDGED else None)
        for column in columns_of(blocks)
    ]
