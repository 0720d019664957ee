"""A diff loses nothing: either text can be read back from it."""

import time

from hypothesis import given
from hypothesis import strategies as st

from chat.domain.diff import ADDED, REMOVED, SAME, Piece, diff_lines, is_same


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


def test_the_longest_texts_are_compared_at_once():
    """Two instructions of 20,000 characters with nothing but repeats, which word matching hates."""
    for one, other in [("a " * 10_000, "b a " * 5_000), ("a b\n" * 5_000, "b a\n" * 5_000)]:
        began = time.perf_counter()
        diff_lines(one, other)
        assert time.perf_counter() - began < 5
