"""How many people a half hour of chats needs to keep a promise.

Erlang C in practice: a person who is planned for three chats at a time counts as one chat each, of the handling time
that a chat alone would take over the speed of three at once (2.5; Call Centre Helper). Of what docs/pool.md measures it
is the one to plan by. For 300 chats an hour it asks for 26 people, where the simulated pool and its bound would do with
24: but those 24 are never without a chat all day, and every one who is ill, late or at lunch is missed at once.
Patience is left out for the same reason (Erlang A counts on visitors who leave), and so is the pooled chain with its
slots, which is what a pool could reach at best. Both are for asking what a crew can bear, not how large it should be.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from agency.domain.shifts.erlang import CONCURRENCY_FACTORS, fewest_agents

# Chats a beginner may have. A trained operator's other slots are the plan's reserve for peaks.
PLANNED_AT_ONCE = 3
# Until enough chats were measured, and for the simulator: a chat that has its operator alone.
USUAL_ALONE = 600.0
_SLOTS = len(CONCURRENCY_FACTORS)
# No crew keeps all of its promises: the most a promise can be planned for.
_MOST = 0.999


@dataclass(frozen=True, slots=True)
class Pace:
    """How long chats take. `aht_s`: mean seconds from accepting to the end of wrap-up while an operator had `at_once`
    chats.

    `chats`: how many that is measured on; 0: nothing was, and the usual is taken.
    """

    aht_s: float = USUAL_ALONE
    at_once: float = 1.0
    chats: int = 0

    @property
    def alone_s(self) -> float:
        """The time the same chat takes of an operator who has no other."""
        at_once = min(max(self.at_once, 1.0), float(_SLOTS))
        return self.aht_s * _speed(at_once) / at_once

    @property
    def planned_s(self) -> float:
        """The time a chat costs an operator at the number of chats that is planned with."""
        return self.alone_s / CONCURRENCY_FACTORS[PLANNED_AT_ONCE - 1]


def people_needed(chats: float, *, pace: Pace, share: float, within_s: float) -> int:
    """Return the fewest people that answer this share of the chats of a half hour within so many seconds, 0 for no
    chats.

    Args:
        chats: mean number that come in the half hour.
    """
    # Tenths of a chat an hour, upwards: the same question comes again and again in a week.
    tenths = math.ceil(chats * 20 - 1e-9)
    return _fewest(tenths, pace.planned_s, min(share, _MOST), within_s) if tenths > 0 else 0


def _speed(at_once: float) -> float:
    """Between two numbers of chats in proportion: a mean of 2.4 is a mixture of two and three."""
    below = int(at_once)
    slower, faster = CONCURRENCY_FACTORS[below - 1], CONCURRENCY_FACTORS[min(below, _SLOTS - 1)]
    return slower + (at_once - below) * (faster - slower)


@lru_cache(maxsize=4096)
def _fewest(tenths: int, seconds: float, share: float, within_s: float) -> int:
    return fewest_agents(per_hour=tenths / 10, aht_s=seconds, target=share, within_s=within_s)
