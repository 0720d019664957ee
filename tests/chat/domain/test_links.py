"""Which parts of a text are links: the rows of `tests/data/links.json`, which `tests/js/shared/text.test.mjs` reads
too.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.links import is_web_link, split_links
from tests import DATA

CASES = json.loads((DATA / "links.json").read_text("utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_links_of_a_text(case: dict[str, object]) -> None:
    assert [href for _, href in split_links(str(case["text"])) if href] == case["links"]


@given(st.lists(st.sampled_from(["https://", "www.", "a.nl", "/x", "(", ")", "…", "\u202e", "é", " ", "@", "."])))
def test_the_pieces_are_the_text_and_every_link_is_one_of_the_web(parts: list[str]) -> None:
    text = "".join(parts)
    pieces = list(split_links(text))
    assert "".join(piece for piece, _ in pieces) == text
    for piece, href in pieces:
        assert piece
        assert not href or (is_web_link(href) and href.endswith(piece) and "\u202e" not in href)
