"""How many operators a promise needs, in closed form: Erlang C, Erlang A, and one pool of several chats each.

Sources. Erlang B and C: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in
automatic telephone exchanges" (1917); the recursion as in R. B. Cooper, "Introduction to Queueing Theory" (2nd ed.,
1981), 3.3 and 3.4. Erlang A: C. Palm (1946); O. Garnett, A. Mandelbaum and M. Reiman, "Designing a call center with
impatient customers", Manufacturing & Service Operations Management 4 (2002), 208-227. The density of the offered wait:
F. Baccelli and G. Hebuterne, "On queues with impatient customers" (1981). All of it is one birth and death chain, so
one recursion serves all three.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SECONDS_AN_HOUR = 3600

# How fast an operator works with 1, 2, ... chats at once, one chat alone being 1. Practice has 1 to 5 ("1 / 1.7 / 2.5 /
# 2.9 / 3.5", Call Centre Helper); the sixth is ours: no more than the fifth added on average over the third.
CONCURRENCY_FACTORS = (1.0, 1.7, 2.5, 2.9, 3.5, 3.9)

# The difference between floats of this size after a handful of operations, with room.
_ROUNDING = 1e-12

# Strips of Simpson's rule for each second that the densest part of a density lasts.
_STRIPS = 400


@dataclass(frozen=True, slots=True)
class Queue:
    """A pool in steady state: Poisson arrivals, exponential handling time, first come first served.

    `arrivals` and `full_rate` (chats ended while every slot is taken) are per second; `impatience` is 1 / mean
    patience, 0 for none. `p_wait`: share of the chats that find every slot taken. `mean_wait_s` counts who left too.
    `occupancy`: work done of the work that all operators could do with every slot taken. `log_just_full`: natural
    logarithm of the share of time with every slot taken and nobody waiting, which an overloaded pool of patient
    visitors hardly ever sees (e^-3000 and less).
    """

    arrivals: float
    full_rate: float
    impatience: float
    p_wait: float
    p_abandon: float
    mean_wait_s: float
    occupancy: float
    log_just_full: float

    def answered_within(self, seconds: float) -> float:
        """Share of all chats that are answered within so many seconds."""
        if not self.impatience:
            return 1 - self.p_wait * math.exp((self.arrivals - self.full_rate) * seconds)
        kept = self._integral(lambda wait: math.exp(-self.impatience * wait), seconds)
        return 1 - self.p_wait + kept

    def left_within(self, seconds: float) -> float:
        """Share of all chats whose visitor leaves unanswered within so many seconds."""
        if not self.impatience:
            return 0.0
        still_waits = self.p_wait - self._integral(lambda _: 1.0, seconds)
        left = self._integral(lambda wait: -math.expm1(-self.impatience * wait), seconds)
        return left - math.expm1(-self.impatience * seconds) * still_waits

    def service_level(self, seconds: float) -> float:
        """Return answered within T of answered and left after T, as the promise counts it. Without patience: the usual
        share.
        """
        return self.answered_within(seconds) / (1 - self.left_within(seconds))

    def _density(self, wait: float) -> float:
        """Density of the wait that a chat is in for if its visitor stays (Baccelli and Hebuterne)."""
        theta = self.impatience
        patient = -math.expm1(-theta * wait) / theta if theta else wait
        exponent = self.arrivals * patient - self.full_rate * wait
        return self.full_rate * math.exp(self.log_just_full + exponent)

    def _integral(self, weight: Callable[[float], float], until: float) -> float:
        """Simpson's rule over density x weight from 0 to `until` seconds."""
        if until <= 0:
            return 0.0
        strips = _STRIPS * max(1, math.ceil(until / 60))
        width = until / strips
        total = 0.0
        for at in range(strips + 1):
            share = 1 if at in {0, strips} else 4 if at % 2 else 2
            total += share * self._density(at * width) * weight(at * width)
        return total * width / 3


def erlang_c(*, per_hour: float, aht_s: float, agents: int) -> Queue:
    """A pool without impatience, one chat each.

    Args:
        per_hour: chats offered, Poisson.
        aht_s: mean handling time in seconds.

    Raises:
        ValueError: a number that can't be, or no more agents than work: the queue would grow for ever.
    """
    return pooled(per_hour=per_hour, aht_s=aht_s, operators=agents)


def erlang_a(*, per_hour: float, aht_s: float, agents: int, patience_s: float) -> Queue:
    """A pool, one chat each, whose visitors leave after an exponential patience of this mean in seconds. Stable at any
    load.

    Raises:
        ValueError: a number that can't be.
    """
    return pooled(per_hour=per_hour, aht_s=aht_s, operators=agents, patience_s=patience_s)


def pooled(
    *,
    per_hour: float,
    aht_s: float,
    operators: int,
    factors: Sequence[float] = (1.0,),
    patience_s: float | None = None,
) -> Queue:
    """The best that one pool of operators with several chats each can reach. With one chat each it is Erlang C or A
    exactly.

    The bound takes the chats to be spread over the operators in the best way at every moment. No queue served in order
    of arrival does better: the rate of `n` chats is at most operators x envelope(n / operators), by Jensen's
    inequality.

    Args:
        aht_s: mean handling time in seconds of a chat that has its operator alone.
        factors: the speed of an operator with 1, 2, ... chats; as many as the slots.
        patience_s: mean of an exponential patience, or None.

    Raises:
        ValueError: a number that can't be, or without patience no more speed than work.
    """
    _check(per_hour=per_hour, aht_s=aht_s, operators=operators, patience_s=patience_s)
    arrivals = per_hour / SECONDS_AN_HOUR
    shape = envelope(factors)
    slots = operators * len(factors)
    rates = [operators * shape(chats / operators) / aht_s for chats in range(1, slots + 1)]
    impatience = 0.0 if patience_s is None else 1 / patience_s
    if not impatience and arrivals >= rates[-1]:
        work = arrivals * aht_s / factors[-1]
        raise ValueError(f"{work:.2f} Erlang of work need more than {operators} operators")
    return _steady(arrivals, rates, impatience)


def _steady(arrivals: float, rates: Sequence[float], impatience: float) -> Queue:
    """The steady state of a pool that ends chats at `rates` with 1, 2, ... slots taken."""
    full_rate = rates[-1]
    blocked = _blocked(arrivals, rates)
    log_tail, queue = _tail(arrivals, full_rate, impatience)
    # 1 / (1 + free / full): the states with a free slot against those without, which may differ by more than a float
    # holds.
    free = (1 - blocked) / blocked * math.exp(-log_tail) if blocked else math.inf
    p_wait = 1 / (1 + free)
    mean_queue = p_wait * queue
    p_abandon = impatience * mean_queue / arrivals
    return Queue(
        arrivals=arrivals,
        full_rate=full_rate,
        impatience=impatience,
        p_wait=p_wait,
        p_abandon=p_abandon,
        mean_wait_s=mean_queue / arrivals,
        occupancy=arrivals * (1 - p_abandon) / full_rate,
        log_just_full=math.log(p_wait) - log_tail if p_wait else -math.inf,
    )


def fewest_agents(
    *,
    per_hour: float,
    aht_s: float,
    target: float,
    within_s: float,
    max_occupancy: float | None = None,
) -> int:
    """The fewest agents, one chat each, that answer `target` of the chats within so many seconds (Erlang C).

    Args:
        target: a share from 0 to below 1; 0 asks only for a queue that doesn't grow.
        max_occupancy: no more than this share of an agent's time may go to chats.

    Raises:
        ValueError: a number that can't be.
    """
    if not 0 <= target < 1:
        raise ValueError(f"a target lies from 0 to below 1, not {target}")
    if max_occupancy is not None and not 0 < max_occupancy <= 1:
        raise ValueError(f"a largest occupancy lies above 0 and at most at 1, not {max_occupancy}")
    _check(per_hour=per_hour, aht_s=aht_s, operators=1, patience_s=None)
    work = per_hour * aht_s / SECONDS_AN_HOUR
    most = 1.0 if max_occupancy is None else max_occupancy
    # A whole load in Erlang, or an occupancy met exactly, differs from itself in the last digits of a float.
    agents = max(math.ceil(work / most * (1 - _ROUNDING)), math.floor(work * (1 + _ROUNDING)) + 1)
    while True:
        queue = erlang_c(per_hour=per_hour, aht_s=aht_s, agents=agents)
        if queue.service_level(within_s) >= target:
            return agents
        agents += 1


def envelope(factors: Sequence[float]) -> Callable[[float], float]:
    """The least concave curve over (0, 0), (1, factors[0]), ...: no mixture of concurrencies works faster.

    Raises:
        ValueError: a factor isn't above the one before it.
    """
    points = [(0.0, 0.0), *((float(at), speed) for at, speed in enumerate(factors, 1))]
    if len(points) == 1 or any(after[1] <= before[1] for before, after in pairwise(points)):
        raise ValueError(f"speeds rise with each chat, unlike {', '.join(map(str, factors))}")
    hull: list[tuple[float, float]] = []
    for point in points:
        while len(hull) > 1 and _slope(hull[-1], point) >= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append(point)

    def speed(chats: float) -> float:
        for left, right in pairwise(hull):
            if chats <= right[0]:
                return left[1] + (chats - left[0]) * _slope(left, right)
        return hull[-1][1]

    return speed


def _slope(left: tuple[float, float], right: tuple[float, float]) -> float:
    return (right[1] - left[1]) / (right[0] - left[0])


def _blocked(arrivals: float, rates: Sequence[float]) -> float:
    """Erlang B: the share of time with every slot taken, were nobody to wait.

    Upwards, and as a share of what is below: for hundreds of slots neither a factorial nor a power that overflows.
    """
    blocked = 1.0
    for rate in rates:
        blocked = arrivals * blocked / (arrivals * blocked + rate)
    return blocked


def _tail(arrivals: float, full_rate: float, impatience: float) -> tuple[float, float]:
    """Return the states with every slot taken, as a share of the first of them, and the mean number who wait in them.

    Returns: the natural logarithm of the share, which grows beyond any float in an overload, and the mean.
    """
    if not impatience:
        busy = arrivals / full_rate
        return -math.log1p(-busy), busy / (1 - busy)
    # From the likeliest state to both sides, where terms only fall: none overflows at any load.
    likeliest = max(0, math.floor((arrivals - full_rate) / impatience))
    total, queue = 1.0, float(likeliest)
    term, waiting = 1.0, likeliest
    while term > total * 1e-17:
        waiting += 1
        term *= arrivals / (full_rate + waiting * impatience)
        total += term
        queue += waiting * term
    term, waiting = 1.0, likeliest
    while waiting and term > total * 1e-17:
        term *= (full_rate + waiting * impatience) / arrivals
        waiting -= 1
        total += term
        queue += waiting * term
    # The likeliest state against the first one: arrivals^n over the product of (full_rate + k impatience), k from 1 to
    # n.
    first, last = full_rate / impatience + 1, full_rate / impatience + likeliest + 1
    log_likeliest = likeliest * math.log(arrivals / impatience) + math.lgamma(first)
    return log_likeliest - math.lgamma(last) + math.log(total), queue / total


def _check(*, per_hour: float, aht_s: float, operators: int, patience_s: float | None) -> None:
    for name, value in (("chats an hour", per_hour), ("a handling time", aht_s)):
        if not 0 < value < math.inf:
            raise ValueError(f"{name} must be above 0, not {value}")
    if operators < 1:
        raise ValueError(f"a pool needs an operator, not {operators}")
    if patience_s is not None and not 0 < patience_s < math.inf:
        raise ValueError(f"a mean patience must be above 0 seconds, not {patience_s}")
