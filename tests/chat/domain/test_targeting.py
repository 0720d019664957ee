import fnmatch
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.targeting import Greeting, PageVisit, choose_greeting, list_matches, matches
from tests import DATA

PARITY = json.loads((DATA.parent / "parity" / "greetings.json").read_text(encoding="utf-8"))
GREETINGS = [Greeting(g["id"], {"patterns": g["patterns"]}, g["body"]) for g in PARITY["greetings"]]


@pytest.mark.parametrize("case", PARITY["cases"], ids=lambda case: case["why"])
def test_a_page_gets_the_greeting_that_says_most_about_it(case: dict[str, str]) -> None:
    chosen = choose_greeting(GREETINGS, PageVisit(case["url"]))
    assert chosen is not None
    assert chosen.id == case["greeting"]


@pytest.mark.parametrize("case", PARITY["matches"], ids=lambda case: repr(case["pattern"]))
def test_a_pattern_matches_the_whole_path(case: dict[str, str]) -> None:
    assert matches(case["pattern"], case["path"]) is case["match"]


def test_a_page_without_a_match_gets_no_greeting() -> None:
    shoes = Greeting("shoes", {"patterns": ["/schoenen/*"]}, "Schoenen?")
    assert choose_greeting([shoes], PageVisit("/contact")) is None
    assert choose_greeting([], PageVisit("/contact")) is None


@given(st.text("ab*?/", max_size=8), st.text("ab/", max_size=12))
def test_patterns_mean_what_the_shell_means(pattern: str, path: str) -> None:
    assert matches(pattern, path) == fnmatch.fnmatchcase(path, pattern)


@given(
    st.lists(st.lists(st.sampled_from(["*", "/a*", "/a/?", "/ab", "*b"]), max_size=3), max_size=4),
    st.sampled_from(["/", "/a", "/ab", "/a/b", "https://x.test/a/b?q=1"]),
)
def test_the_first_of_all_that_fit_is_the_one_chosen(patterns: list[list[str]], url: str) -> None:
    greetings = [Greeting(str(at), {"patterns": own}, "") for at, own in enumerate(patterns)]
    chosen = choose_greeting(greetings, PageVisit(url))
    fits = list_matches(greetings, PageVisit(url))
    assert (fits[0].greeting if fits else None) == chosen
