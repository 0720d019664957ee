"""The figures of a report's tables as people read them. Their amounts are written by `amounts`."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import template
from django.utils import formats
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from agency.services.reports.table import TableCell
from agency.templatetags.amounts import NOTHING, beside, seconds

register = template.Library()

_TENTH = Decimal("0.1")


@register.filter
def figures(row: Iterable[TableCell]) -> SafeString:
    """Write the cells of one row.

    In one filter, as a month of 250 companies has 1,500 cells: deciding by tags took longer than writing them.
    """
    return format_html_join("", '<td class="num">{}</td>', ((_figure(cell),) for cell in row))


def _figure(cell: TableCell) -> str:
    """Write a count, a share beside its promise, seconds or a mean. A dash where there is nothing to measure."""
    if cell.value is None:
        return NOTHING
    if cell.column.unit == "share":
        return beside(cell.value, cell.promise)
    if cell.column.unit == "seconds":
        return seconds(cell.value)
    if cell.column.unit == "number":
        tenths = Decimal(str(cell.value)).quantize(_TENTH, rounding=ROUND_HALF_UP)
        return formats.number_format(tenths, decimal_pos=1)
    return _counted(int(cell.value), get_language())


@lru_cache(maxsize=4096)
def _counted(count: int, _language: str | None) -> str:
    """Most cells are the same few small numbers."""
    return formats.number_format(count, decimal_pos=0, force_grouping=True)
