"""CSV files: what a spreadsheet makes of them, in both languages."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from agency.services.spreadsheets.csv_file import csv_response, csv_text


def read(text: str, language: str) -> list[list[str]]:
    """Return the cells as a spreadsheet of that language would get them."""
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:]), delimiter=";" if language == "nl" else ","))


@pytest.mark.parametrize(("language", "number"), [("nl", "1284,50"), ("en", "1284.50")])
def test_numbers_and_separators_are_those_of_the_reader(language, number):
    with translation.override(language):
        text = csv_text(["Wat", "Bedrag"], [["chats; en meer, echt", Decimal("1284.50")]])
    assert read(text, language) == [["Wat", "Bedrag"], ["chats; en meer, echt", number]]


@pytest.mark.parametrize("text", ["=1+1", "+31 20", "-2", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠A1"])
def test_a_text_can_not_become_a_formula(text):
    assert read(csv_text(["a"], [[text]]), "nl")[1] == [f"'{text}"]


def test_a_heading_can_not_become_a_formula_either():
    assert read(csv_text(["=a"], []), "nl") == [["'=a"]]


def test_a_real_negative_number_stays_a_number():
    with translation.override("en"):
        rows = [[-3, Decimal("-0.5"), -0.25, None]]
        assert read(csv_text(["a"], rows), "en")[1] == ["-3", "-0.5", "-0.25", ""]


def test_small_decimals_are_not_written_in_powers_of_ten():
    with translation.override("en"):
        assert read(csv_text(["a"], [[Decimal("1E+3"), Decimal("1E-7")]]), "en")[1] == [
            "1000",
            "0.0000001",
        ]


def test_days_and_times_sort_as_text():
    at = datetime(2026, 11, 1, 7, 5, 9, 999, tzinfo=UTC)
    assert read(csv_text(["a"], [[date(2026, 11, 1), at]]), "nl")[1] == [
        "2026-11-01",
        "2026-11-01 07:05:09",
    ]


def test_the_file_has_a_safe_name_and_its_type():
    answer = csv_response('sla acme"\r\nX: y.csv', ["a"], [["é"]])
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="sla-acme-X-y.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert "é".encode() in answer.content


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=2, max_size=5))
def test_any_text_comes_back_out_and_is_no_formula(words):
    for language in ("nl", "en"):
        with translation.override(language):
            text = csv_text(["kop"], [words])
        delimiter = ";" if language == "nl" else ","
        rows = list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=delimiter))
        assert [cell.removeprefix("'") for cell in rows[1]] == [w.removeprefix("'") for w in words]
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in rows[1])
