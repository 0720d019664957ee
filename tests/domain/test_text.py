import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.text import clean, problem


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  hallo  ", "hallo"),
        ("een\r\ntwee\rdrie\nvier", "een\ntwee\ndrie\nvier"),
        ("\r\n\r\nhallo\r\n", "hallo"),
        ("een\r\n\r\ntwee", "een\n\ntwee"),
        ("a  b", "a  b"),
        (" \t\n", ""),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
    ],
)
def test_line_endings_and_margins_are_cleaned_and_nothing_else(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hallo", None),
        ("👍🏽", None),
        ("x" * 4000, None),
        ("😀" * 4000, None),
        ("x" * 4001, "too_long"),
        ("", "empty"),
        (" \n\t\u00a0", "empty"),
        ("a\x00b", "nul"),
        ("\x00", "nul"),
        ("a\ud83d", "surrogate"),
        ("\udc00" + "x" * 5000, "surrogate"),
        ("x" * 5000 + "\x00", "nul"),
    ],
)
def test_a_text_that_cannot_be_stored_says_why(text: str, code: str | None) -> None:
    assert problem(text) == code


def test_the_limit_can_be_another() -> None:
    assert problem("abc", limit=2) == "too_long"
    assert problem("ab", limit=2) is None


@given(st.text(st.characters(), max_size=40))
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    once = clean(typed)
    assert clean(once) == once
    assert "\r" not in once


@given(st.text(st.characters(), max_size=40))
def test_a_text_without_a_problem_is_valid_utf_8_without_nul(typed: str) -> None:
    text = clean(typed)
    if problem(text) is None:
        assert b"\x00" not in text.encode()
