"""Why a chat waits, from who is here for it."""

import pytest

from agency.domain.pool.refusals import Crowd


@pytest.mark.parametrize(
    ("crowd", "code"),
    [
        (Crowd(), "nobody"),
        (Crowd(here=1), "language"),
        (Crowd(here=2, away=1), "away"),
        (Crowd(here=3, away=1, limited=1), "limit"),
        (Crowd(here=3, away=1, limited=1, full=1), "full"),
        (Crowd(here=4, away=1, limited=1, full=1, free=1), "soon"),
    ],
)
def test_it_names_what_stands_in_the_way(crowd: Crowd, code: str) -> None:
    assert crowd.code == code
