"""The rule that every text passes. JavaScript reads the rows of `tests/data/invisible.json` too
(`tests/js/shared/text.test.mjs`).
"""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.text import clean, clean_line, initial, is_empty, problem
from chat.domain.frames import BadFrame, VisitorHello, VisitorPost, parse_visitor
from chat.domain.text import TEXT_LIMIT
from tenants.names import cut
from tests import DATA

CASES = json.loads((DATA / "invisible.json").read_text("utf-8"))
ANYTHING = st.text(st.characters(), max_size=40)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  hallo  ", "hallo"),
        ("een\r\ntwee\rdrie\nvier", "een\ntwee\ndrie\nvier"),
        ("een\u2028twee\u2029drie\x85vier", "een\ntwee\ndrie\nvier"),
        ("\r\n\r\nhallo\r\n", "hallo"),
        ("een\r\n\r\ntwee", "een\n\ntwee"),
        ("a  b", "a  b"),
        (" \t\n", ""),
        ("\ufeffhallo\u3000\x85", "hallo"),
        ("<b>&amp;</b>", "<b>&amp;</b>"),
        ("cre\u0300me", "crème"),
        ("a\ud83d", "a\ufffd"),
        ("\udc00b\ud83d\ud83d", "\ufffdb\ufffd\ufffd"),
    ],
)
def test_line_endings_margins_and_composition_are_cleaned_and_nothing_else(typed: str, kept: str) -> None:
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
        ("x" * 5000 + "\x00", "nul"),
        ("\u0301", None),
        ("\U000323ff", None),
    ],
)
def test_a_text_that_cannot_be_stored_says_why(text: str, code: str | None) -> None:
    assert problem(text, TEXT_LIMIT) == code


def test_the_limit_can_be_another() -> None:
    assert problem("abc", limit=2) == "too_long"
    assert problem("ab", limit=2) is None


@pytest.mark.parametrize("text", CASES["empty"])
def test_what_nobody_can_see_is_empty(text: str) -> None:
    assert problem(clean(text), TEXT_LIMIT) == "empty"
    assert clean_line(text) == ""


@pytest.mark.parametrize("text", CASES["kept"])
def test_joiners_are_kept_to_the_letter(text: str) -> None:
    assert clean(text) == text
    assert clean_line(text) == text
    assert problem(text, TEXT_LIMIT) is None


@pytest.mark.parametrize("case", CASES["titles"])
def test_a_title_keeps_its_joiners_and_loses_half_a_pair(case: dict[str, str]) -> None:
    assert clean_line(case["in"], 300) == case["out"]
    hello = parse_visitor(json.dumps({"type": "hello", "page": {"url": "https://a.nl", "title": case["in"]}}))
    assert isinstance(hello, VisitorHello)
    assert hello.page is not None
    assert clean_line(hello.page.title, 300) == case["out"]


@pytest.mark.parametrize("case", CASES["initial"])
def test_the_initial_of_a_name_is_a_whole_character(case: dict[str, object]) -> None:
    assert initial(str(case["name"])) in case["in"]  # type: ignore[operator]


def test_an_initial_passes_over_what_nobody_sees() -> None:
    assert initial("\u200e jan") == "J"
    assert initial("e\u0301va") == "É"
    assert initial("\u3164") == ""


def test_a_line_is_one_line_without_controls_and_turned_directions() -> None:
    assert clean_line(" Jan\r\nde\tWit\u2028\u202egnp\x07 ") == "Jan de Wit gnp"
    assert clean_line("\u202e\u2066") == ""


def test_a_cut_never_halves_what_a_reader_takes_for_one_character() -> None:
    family = "👨‍👩‍👧"
    assert cut(f"ab {family}!", 8) == f"ab {family}"
    assert cut(f"ab {family}!", 7) == "ab"
    assert cut("🇳🇱🇧🇪", 3) == "🇳🇱"
    assert cut("e\u0301e\u0301", 3) == "e\u0301"
    assert cut("a" + "\u0301" * 500, 300) == "a" + "\u0301" * 299
    assert cut("kort", 4) == "kort"


def test_half_a_pair_in_a_frame_is_made_whole_and_an_escaped_backslash_is_none() -> None:
    body = parse_visitor(
        r'{"type":"message.post","client_id":"6dbd9e2c-1b3a-4d5e-8f00-000000000001",'
        r'"body":"a\ud83d \\ud83d \ud83d\ude00"}'
    )
    assert isinstance(body, VisitorPost)
    assert body.body == "a\ufffd \\ud83d 😀"
    for hopeless in (r'{"type":"hello","token":"\ud83d', r'{"type":"no\ud83d"}', r'["\ud83d"]'):
        with pytest.raises(BadFrame):
            parse_visitor(hopeless)


@given(ANYTHING)
def test_cleaning_twice_changes_nothing_more(typed: str) -> None:
    once = clean(typed)
    assert clean(once) == once
    assert "\r" not in once
    assert unicodedata.is_normalized("NFC", once)
    line = clean_line(typed)
    assert clean_line(line) == line
    assert is_empty(line) == (line == "")


@given(ANYTHING, st.integers(1, 20))
def test_a_cut_is_a_beginning_within_the_limit(typed: str, limit: int) -> None:
    text = clean(typed)
    assert text.startswith(cut(text, limit))
    assert len(cut(text, limit)) <= limit


@given(ANYTHING)
def test_a_text_without_a_problem_is_valid_utf_8_without_nul(typed: str) -> None:
    text = clean(typed)
    if problem(text, TEXT_LIMIT) is None:
        assert b"\x00" not in text.encode()
