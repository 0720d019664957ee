"""How many chats one operator can hold, and how heavy the ones they hold are.

Two numbers that never mix: slots are whole and hard (a chat or an offer uses one); the weighted
load only ranks who is asked first, and from a limit on asks others first.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

# The agency's own practice: a beginner holds three chats, a trained operator six.
LEVEL_CAPACITY: Mapping[str, int] = MappingProxyType({"beginner": 3, "trained": 6})
# Two thirds of the slots with a visitor waiting in each: the next visitor is answered later by this
# operator than by a colleague below it.
LEVEL_LOAD_LIMIT: Mapping[str, float] = MappingProxyType({"beginner": 2.0, "trained": 4.0})

WAITING_FOR_ME = 1.0
VISITOR_SILENT = 0.3
WRAP_UP = 0.2


def weight(state: str, turn: str) -> float:
    """Weigh one chat or offer of an operator.

    Args:
        state: "offered", "open" or "wrap_up", as in the pool entry.
        turn: who is to write next, "operator" or "visitor".
    """
    if state == "wrap_up":
        return WRAP_UP
    if state == "open" and turn == "visitor":
        return VISITOR_SILENT
    return WAITING_FOR_ME


def weighted_load(items: Iterable[tuple[str, str]]) -> float:
    """Sum the weights of (state, turn) pairs, exact to a tenth.

    Rounded because 0.1 + 0.2 is not 0.3 in binary: two equal loads must compare as equal, whatever
    the order they were added in.
    """
    return round(sum((weight(state, turn) for state, turn in items), 0.0), 1)


def load_limit(level: str, own: float | None = None) -> float:
    """The weighted load from which others are asked before this operator.

    Args:
        level: "beginner" or "trained".
        own: the operator's own limit, if they have one.
    """
    return LEVEL_LOAD_LIMIT[level] if own is None else own
