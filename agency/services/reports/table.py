"""A report's table as columns and cells: page and CSV are made of the same ones, so that they can't differ."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from agency.domain.promise.figure_registry import Figure, Heading
from agency.domain.promise.figures import FIGURES, Level
from agency.domain.promise.percent import percent
from agency.services.spreadsheets.csv_file import Cell as Plain

# As the page rounds: agency/templatetags/amounts.py.
_TENTH = Decimal("0.1")
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class TableBlock:
    """Columns under one heading (an English msgid)."""

    name: str
    columns: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class TableCell:
    """One figure of one row, None if there is nothing to measure. `promise`: the share it is judged by, if it is."""

    column: Figure
    value: float | None
    promise: float | None = None

    @property
    def plain(self) -> Plain:
        """For a spreadsheet: a percentage as a number of 0 to 100, seconds as seconds, rounded as the page rounds."""
        if self.value is None:
            return None
        exact = Decimal(str(self.value))
        if self.column.unit == "count":
            return int(self.value)
        if self.column.unit == "share":
            return percent(exact, promise=self.promise)
        if self.column.unit == "number":
            return exact.quantize(_TENTH, rounding=ROUND_HALF_UP)
        tenths = exact.quantize(_TENTH, rounding=ROUND_CEILING)
        if tenths < _MINUTE:
            return tenths
        return int(exact.to_integral_value(rounding=ROUND_CEILING))


def _blocks(heading_of: Callable[[Figure], Heading | None]) -> tuple[TableBlock, ...]:
    """The figures under the heading that each names, headings in their own order."""
    blocks = (TableBlock(block, tuple(f for f in FIGURES if heading_of(f) is block)) for block in Heading)
    return tuple(block for block in blocks if block.columns)


# Every figure there is, for the table of days.
DAYS = _blocks(lambda figure: figure.block)
# Columns that tell companies apart at a glance.
COMPANIES = _blocks(lambda figure: figure.companies)


def columns_of(blocks: Iterable[TableBlock]) -> list[Figure]:
    """All columns, in order."""
    return [column for block in blocks for column in block.columns]


def cells(blocks: Sequence[TableBlock], level: Level, promise: float) -> list[TableCell]:
    """One row.

    Args:
        promise: the share that was promised.
    """
    return [TableCell(column, column.value(level), promise if column.judged else None) for column in columns_of(blocks)]
