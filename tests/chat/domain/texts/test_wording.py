"""The contents allowed in each kind of text, and which step of a script is which."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.sites.page_paths import pattern_problem
from chat.domain.texts.wording import VARIABLES, keep_keys, lines_of, unknown_variables

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("*", None),
        ("/schoenen/*", None),
        ("*/contact", None),
        ("/maat-4?", None),
        ("https://shop.test/schoenen", "address"),
        ("www.shop.test/*", "address"),
        ("schoenen/*", "start"),
        ("", "start"),
        ("/zoek?q=*", "query"),
        ("/faq#ruilen", "query"),
        ("/a\x00", "control"),
        ("/" + "a" * 200, "too_long"),
    ],
)
def test_a_pattern_says_what_is_wrong_with_it(pattern: str, problem: str | None) -> None:
    assert pattern_problem(pattern) == problem


def test_lines_are_what_somebody_meant() -> None:
    assert lines_of(" een \r\n\r\n twee\rdrie \n") == ["een", "twee", "drie"]


def test_variables_without_a_value_are_named() -> None:
    assert unknown_variables("Dag {naam}, {maat} en {maat} van {bedrijf}") == ["maat"]


def test_the_console_has_a_value_for_each_variable_that_may_be_used_and_for_no_other() -> None:
    rules = (ROOT / "static" / "console" / "rules" / "canned.js").as_uri()
    script = f'import {{ valuesFor }} from "{rules}"; console.log(JSON.stringify(Object.keys(valuesFor({{}}))))'
    command = ["node", "--input-type=module", "--eval", script]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    known = json.loads(answer.stdout)
    assert sorted(known) == sorted(VARIABLES)
    assert unknown_variables("".join(f"{{{name}}}" for name in known)) == []


def test_a_step_that_moved_or_was_reworded_keeps_its_key() -> None:
    old = [("greet", "Groet"), ("who", "Vraag wie"), ("else", "Nog iets?")]
    assert keep_keys(old, ["Groet", "Vraag met wie je spreekt", "Nog iets?"]) == [
        ("greet", "Groet"),
        ("who", "Vraag met wie je spreekt"),
        ("else", "Nog iets?"),
    ]
    assert keep_keys(old, ["Nog iets?", "Groet"])[1] == ("greet", "Groet")
    assert [key for key, _ in keep_keys(old, ["Groet", "Vraag wie", "Nieuw", "Nog iets?"])] == [
        "greet",
        "who",
        "s1",
        "else",
    ]


steps = st.lists(st.text("abc", min_size=1, max_size=2), max_size=8)


# A busy machine isn't a slow strategy.
@given(steps, steps)
def test_keys_are_never_doubled_and_texts_never_lost(before: list[str], after: list[str]) -> None:
    old = keep_keys([], before)
    new = keep_keys(old, after)
    assert [text for _key, text in new] == after
    assert len({key for key, _text in new}) == len(after)
