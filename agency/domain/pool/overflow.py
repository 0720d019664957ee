"""How long the next visitors would wait, and what a site gives up first when that is too long.

The forecast looks one minute ahead, the time between a page's question and a visitor's first message. In it `arrivals *
60` chats come and, as each of the `busy` slots is freed once per handling time, `busy * 60 / aht` slots come free:

    free in 60 s = left - arrivals * 60 + busy * min(1, 60 / aht)

Where that is negative, so many chats (d) find no slot. The slots of the pool become free at `slots / aht` a second
together, so the last of them waits `d * aht / slots` seconds. The first 60 s are no wait: nobody in them has been kept
waiting yet. It ignores chance: near the edge Erlang's queue is longer, which is why invitations stop at the promise
itself and the form comes at twice the promise, not when somebody is late. A slot is freed at most once a minute
(`min`): a chat that takes its place never makes the forecast better.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# From the most open to the least; what each gives up stands in `level`.
OPEN: Final = "open"
QUIET: Final = "quiet"
NARROW: Final = "narrow"
FULL: Final = "full"
LEVELS: Final = (OPEN, QUIET, NARROW, FULL)

HORIZON_SECONDS = 60.0
NARROW_FROM, FULL_FROM = 1.5, 2.0
# A slot that comes free for a moment opens nothing: the pages would flap.
HOLD = timedelta(seconds=10)
# Of the slots that know a company, for visitors who come by themselves.
KEPT_SHARE = 0.1


def forecast_wait(*, left: int, busy: int, slots: int, arrivals: float, aht: float) -> float:
    """Return the seconds that the last visitor of the next minute would wait for a slot, 0.0 if there is one for
    everybody.

    Args:
        left: slots left to give: free, less the waiting chats and reservations that compete for them.
        busy: slots in use on the same seats.
        slots: all slots of these seats.
        arrivals: chats per second that come to these seats.
        aht: seconds a chat uses a slot, on average.

    Returns:
        Infinity when there are no slots at all.
    """
    if slots <= 0:
        return math.inf
    freed = busy * min(1.0, HORIZON_SECONDS / aht)
    deficit = arrivals * HORIZON_SECONDS - left - freed
    return max(0.0, deficit) * aht / slots


def level(*, left: int, wait: float, promise_seconds: int) -> str:
    """Return what a site may still offer, by the forecast wait against its promise.

    open: everything. quiet (wait over the promise): nobody is invited. narrow (over 1.5 times): no chat on pages of low
    value either. full (over twice, or no slot left): no chat; the site's answer for when nobody is there.
    """
    if left <= 0 or wait > FULL_FROM * promise_seconds:
        return FULL
    if wait > NARROW_FROM * promise_seconds:
        return NARROW
    return QUIET if wait > promise_seconds else OPEN


def kept_for_others(slots: int) -> int:
    """Slots of `slots` that no invitation may take: a tenth, at least one."""
    return max(1, math.ceil(slots * KEPT_SHARE))


@dataclass(frozen=True, slots=True)
class HeldSlots:
    """The level that a site shows, and since when the measured one was lower without a break (None: it isn't)."""

    level: str
    calmer_since: datetime | None = None


def settle(held: HeldSlots | None, measured: str, now: datetime) -> HeldSlots:
    """Return the level to show after a new measurement: worse at once, better only after 10 s of nothing worse than
    that.

    Several levels better are gone down one by one, 10 s each.

    Args:
        held: what was shown, or None if the site had nobody or was not looked at: then the measurement itself is shown.
    """
    if held is None or LEVELS.index(measured) >= LEVELS.index(held.level):
        return HeldSlots(measured)
    since = held.calmer_since or now
    if now - since < HOLD:
        return HeldSlots(held.level, since)
    lower = LEVELS[LEVELS.index(held.level) - 1]
    return HeldSlots(lower, None if lower == measured else now)
