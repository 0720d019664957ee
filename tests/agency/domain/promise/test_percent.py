"""A printed percentage is on the side of the promise on which the share is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agency.domain.promise.percent import exact_percent, percent

CASES = [
    # share, promise, decimals, printed
    (0.8996, 0.9, 1, "89.9"),
    (0.8996, None, 1, "90.0"),
    (0.9, 0.9, 1, "90.0"),
    (0.8999999, 0.9, 1, "89.9"),
    (0.896, 0.9, 0, "89"),
    (0.9004, 0.9, 1, "90.0"),
    (42 / 44, 0.955, 1, "95.4"),
    # kept, and half up would print less than was promised
    (0.924, 0.924, 0, "93"),
    (0.9996, 1.0, 1, "99.9"),
    (1.0, 1.0, 1, "100.0"),
    (0.0, 0.9, 1, "0.0"),
]


@pytest.mark.parametrize(("share", "promise", "decimals", "printed"), CASES)
def test_a_share_is_rounded_on_its_own_side(share, promise, decimals, printed):
    assert percent(share, decimals=decimals, promise=promise) == Decimal(printed)


@given(
    within=st.integers(0, 5_000),
    more=st.integers(1, 5_000),
    promise=st.integers(500, 1000),
    decimals=st.integers(0, 2),
)
def test_no_share_ever_reads_as_the_other_verdict(within, more, promise, decimals):
    share, promised = within / (within + more), promise / 1000
    printed = percent(share, decimals=decimals, promise=promised)
    assert (printed >= exact_percent(promised)) == (share >= promised)
    assert abs(printed - Decimal(str(share)) * 100) < Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize(("share", "printed"), [(0.9, "90"), (0.925, "92.5"), (1.0, "100"), (0.555, "55.5")])
def test_a_promise_keeps_all_its_decimals(share, printed):
    assert str(exact_percent(share)) == printed
