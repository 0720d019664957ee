"""Counts are added figure by figure."""

from agency.domain.facts.counters import COUNTED, Counts, sum_up


def test_counts_add_up_figure_by_figure() -> None:
    assert COUNTED == ("shown", "opened", "began", "accepted", "invited", "dismissed", "held_out")
    one = Counts(*range(1, 8))
    assert one.figures == (1, 2, 3, 4, 5, 6, 7)
    assert sum_up([one, Counts(shown=10, held_out=3)]) == Counts(11, 2, 3, 4, 5, 6, 10)
    assert sum_up([]) == Counts()
