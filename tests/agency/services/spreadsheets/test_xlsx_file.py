"""Spreadsheets: texts stay texts, whatever they begin with."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

from agency.services.spreadsheets.xlsx_file import xlsx_bytes

FORMULAS = ["=1+1", "+31 6 12345678", "-1", "@SUM(A1)", "\t=1", "＝1"]
EVIL = [*FORMULAS, "https://evil.example", "<b>&", "mailto:a@b.nl", "00316"]


def parts(row: list[object]) -> dict[str, str]:
    book = zipfile.ZipFile(io.BytesIO(xlsx_bytes(["Kop"] * len(row), [row])))  # type: ignore[list-item]
    return {name: book.read(name).decode() for name in book.namelist()}


def test_no_text_becomes_a_formula_a_number_or_a_link() -> None:
    files = parts([*EVIL])
    sheet = files["xl/worksheets/sheet1.xml"]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert sheet.count('t="s"') == 2 * len(EVIL)
    assert all("rels" not in name or "hyperlink" not in text for name, text in files.items())
    assert "&lt;b&gt;&amp;" in files["xl/sharedStrings.xml"]
    # Excel's own mark of a text stands at those that a formula begins like, and at no others.
    assert files["xl/styles.xml"].count('quotePrefix="1"') == 1
    assert sheet.count(' s="') == len(FORMULAS)


def test_numbers_days_and_times_are_themselves() -> None:
    at = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    sheet = parts([3, Decimal("4.50"), at, date(2026, 11, 23), None, ""])["xl/worksheets/sheet1.xml"]
    for value in ("<v>3</v>", "<v>4.50</v>", "<v>46349</v>", "<v>46349.60416666"):
        assert value in sheet
