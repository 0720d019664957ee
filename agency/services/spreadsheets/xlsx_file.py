"""Tables as spreadsheets (XLSX): the cells of `csv_file`, with texts that stay texts."""

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from django.http import HttpResponse

from agency.services.spreadsheets.csv_file import Cell, is_formula

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Characters of a cell.
_CELL_LIMIT = 32_767


def xlsx_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Answer with a table to download. As `csv_response`."""
    answer = HttpResponse(xlsx_bytes(header, rows), content_type=_TYPE)
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", filename)
    answer["Content-Disposition"] = f'attachment; filename="{safe}"'
    return answer


def xlsx_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as a workbook of one sheet.

    No text becomes a formula or a link. One that a program could take for a formula when it is edited or saved as
    another file carries the format's own mark of a text, so nothing stands before a telephone number.
    """
    paper = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(paper, {**safe, "remove_timezone": True}) as book:
        looks = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            str: book.add_format({"quote_prefix": True}),
        }
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for down, row in enumerate((header, *rows)):
            for across, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(down, across, value[:_CELL_LIMIT], looks[str] if is_formula(value) else None)
                elif isinstance(value, datetime | date):
                    sheet.write_datetime(down, across, value, looks[type(value)])
                elif isinstance(value, int | float | Decimal):
                    sheet.write_number(down, across, value)
    return paper.getvalue()
