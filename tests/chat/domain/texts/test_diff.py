"""A diff loses nothing: either text can be read back from it."""

from functools import cache
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.domain.texts import diff
from chat.domain.texts.diff import ADDED, REMOVED, SAME, Piece, diff_lines, is_same, join_lines


def back(lines, *hows):
    """The text that these pieces make: lines that hold none of them were never in it."""
    kept = [[piece.text for piece in line if piece.how in hows] for line in lines]
    return "\n".join("".join(words) for words in kept if words)


def test_a_changed_word_stands_between_words_that_stayed():
    assert diff_lines("Past de maat niet?", "Past de schoen niet?") == [
        (
            Piece(SAME, "Past de "),
            Piece(REMOVED, "maat"),
            Piece(ADDED, "schoen"),
            Piece(SAME, " niet?"),
        )
    ]


def test_lines_come_and_go_whole():
    assert diff_lines("a\nb", "a\nb\nc d")[-1] == (Piece(ADDED, "c d"),)
    assert diff_lines("a\nb", "b")[0] == (Piece(REMOVED, "a"),)
    assert diff_lines("", "new") == [(Piece(ADDED, "new"),)]
    assert diff_lines("", "") == []


def test_lines_with_nothing_in_common_are_not_mixed():
    lines = diff_lines("Voor tienen besteld is morgen in huis", "Bel ons op nul acht")
    assert [[piece.how for piece in line] for line in lines] == [[REMOVED], [ADDED]]


def test_equal_texts_have_no_change():
    assert is_same(diff_lines("een\ntwee", "een\ntwee"))
    assert not is_same(diff_lines("een", "een "))


words = st.lists(st.sampled_from(["aap", "noot", "mies", "é", "a", "?"]), min_size=1, max_size=6)
text = st.lists(words.map(" ".join), max_size=6).map("\n".join)


# A busy machine isn't a slow strategy.
@given(text, text)
def test_both_texts_can_be_read_back(before, after):
    lines = diff_lines(before, after)
    assert back(lines, SAME, REMOVED) == before
    assert back(lines, SAME, ADDED) == after


@given(text, text)
def test_either_text_can_be_read_back_run_together(before, after):
    pieces = join_lines(diff_lines(before, after))
    for one, gone in ((before, ADDED), (after, REMOVED)):
        assert "".join(piece.text for piece in pieces if piece.how != gone) == (one and f"{one}\n")
    assert all(one.how != other.how for one, other in pairwise(pieces))


@given(st.text("abc", max_size=8), st.text("abc", max_size=8), st.integers(0, 2), st.integers(0, 2))
def test_as_much_stays_as_can(old, new, start, begin):
    @cache
    def most(a: int, c: int) -> int:
        if a == len(old) or c == len(new):
            return 0
        return 1 + most(a + 1, c + 1) if old[a] == new[c] else max(most(a + 1, c), most(a, c + 1))

    start, begin = min(start, len(old)), min(begin, len(new))
    kept = list(diff._longest(list(old), list(new), (start, len(old), begin, len(new))))
    assert len(kept) == most(start, begin)
    assert all(old[at] == new[there] for at, there in kept)
    assert all(one < other and here < there for (one, here), (other, there) in pairwise(kept))


class Counted(str):
    """A line that counts how often it is looked at."""

    looks = 0

    def __eq__(self, other: object) -> bool:
        Counted.looks += 1
        return str.__eq__(self, other)

    def __hash__(self) -> int:
        Counted.looks += 1
        return str.__hash__(self)


random = Random(7)
ANY = [[random.choice("abcdefgh") for _ in range(10_000)] for _ in range(2)]
HOSTILE = {
    "nothing in common": (["a"] * 9_999, ["b"] * 9_999),
    "turned about": (["a b", "b a"] * 3_333, ["b a", "a b", "a b"] * 2_222),
    "without order": (ANY[0], ANY[1]),
    "backwards": ([f"{n}" for n in range(4_000)], [f"{n}" for n in reversed(range(4_000))]),
    "one by one": (["a"] * 5_000 + ["x"], [line for n in range(3_000) for line in ("a", f"{n}")]),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_the_longest_texts_cost_no_more_than_the_work_of_one_diff(what):
    """Lines and words are compared by the same code. Each is looked at a few times for each unit of work."""
    old, new = ([Counted(line) for line in lines] for lines in HOSTILE[what])
    Counted.looks = 0
    pairs = list(diff._pairs(old, new, diff.Work()))
    assert Counted.looks <= 5 * diff.WORK
    assert all(old[one] == new[other] for one, other in pairs)


def test_many_changed_lines_are_shown_word_by_word_until_the_work_is_done():
    before, after = ("\n".join(f"{n} {word}" for n in range(2_000)) for word in ("aap", "noot"))
    lines = diff_lines(before, after)
    mixed = sum(len(line) > 1 for line in lines)
    assert 300 < mixed < 500
    assert back(lines, SAME, REMOVED) == before
    assert back(lines, SAME, ADDED) == after


def test_a_paragraph_that_moved_stays_whole():
    lines = diff_lines("een\ntwee\n\ndrie\nvier", "drie\nvier\n\neen\ntwee")
    assert [piece.how for line in lines for piece in line].count(SAME) >= 2
