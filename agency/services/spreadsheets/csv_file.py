"""Tables as CSV files, the one way: readable in a spreadsheet by a double click, and harmless there.

Dutch readers get `;` between cells and a comma in numbers, as their spreadsheets expect; others `,` and a point.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import get_language

Cell = str | int | float | Decimal | date | datetime | None

# A spreadsheet reads a text that begins so as a formula (OWASP, "CSV Injection"); some take the full-width signs, too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Without it Excel takes UTF-8 for its own code page.
_BOM = "\ufeff"


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Answer with a table to download, in the reader's language (the active one).

    Args:
        filename: with its ending; letters, digits, `-`, `_` and `.`; anything else becomes `-`.
        rows: texts, and real numbers, dates and aware times; None is an empty cell. Times are written as they are
            (convert them to the reader's zone), to the second.
    """
    answer = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", filename)
    answer["Content-Disposition"] = f'attachment; filename="{safe}"'
    return answer


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as text, with its mark of UTF-8 in front, for the active language."""
    dutch = (get_language() or "").startswith("nl")
    paper = io.StringIO()
    writer = csv.writer(paper, delimiter=";" if dutch else ",", lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([_cell(cell, dutch=dutch) for cell in row])
    return _BOM + paper.getvalue()


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet would read this text as a formula."""
    return text.startswith(_FORMULA)


def _cell(value: Cell, *, dutch: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if is_formula(value) else value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    number = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return number.replace(".", ",") if dutch else number
