"""Why a promise broke: the causes, their words, and the rule that finds the one that holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from agency.domain.promise.sla import Verdict
from agency.domain.words import gettext_noop

# Accepted with half of the promise left, there was time to write; from then on it is the answer that was slow.
IN_TIME_SHARE = 0.5

# Ended by one of ours with the chat in front of them; the other ends without a visitor are those of an empty desk.
_BY_HAND = frozenset({"operator", "manager"})


class Cause(StrEnum):
    """Why a promise broke: the first that holds, in the order of `cause`."""

    CLOSED_SILENTLY = "closed_silently"
    SLOW_ANSWER = "slow_answer"
    NO_SEAT = "no_seat"
    ALL_FULL = "all_full"
    BOUNCED = "bounced"
    SLOW_ACCEPT = "slow_accept"


CAUSE_NAMES: Mapping[Cause, str] = {
    Cause.NO_SEAT: gettext_noop("No seat"),
    Cause.ALL_FULL: gettext_noop("All full"),
    Cause.BOUNCED: gettext_noop("Passed on"),
    Cause.SLOW_ACCEPT: gettext_noop("Slow to accept"),
    Cause.SLOW_ANSWER: gettext_noop("Slow after accepting"),
    Cause.CLOSED_SILENTLY: gettext_noop("Closed in silence"),
}

CAUSE_DEFINITIONS: Mapping[Cause, str] = {
    Cause.NO_SEAT: gettext_noop("no certified operator was at a desk when the chat began"),
    Cause.ALL_FULL: gettext_noop("certified operators were there, all at their maximum"),
    Cause.BOUNCED: gettext_noop("there was room, but whoever was offered the chat didn't take it"),
    Cause.SLOW_ACCEPT: gettext_noop("there was room, but nobody accepted within half of the promised seconds"),
    Cause.SLOW_ANSWER: gettext_noop("accepted within half of the promised seconds; the text came late or never"),
    Cause.CLOSED_SILENTLY: gettext_noop("ended by an operator or manager without a text"),
}


@dataclass(frozen=True, slots=True)
class FinishedChat:
    """Facts of a finished chat that tell why it was answered no sooner.

    `assigned_at`: when an operator accepted it. `seats`: certified seats at arrival that could be offered a chat;
    `free_slots`: their free slots then.
    """

    arrived_at: datetime
    assigned_at: datetime | None
    promise_seconds: int
    close_reason: str
    seats: int
    free_slots: int
    bounces: int


def cause(verdict: Verdict, chat: FinishedChat) -> Cause | None:
    """Why this chat's promise broke, or None if it was kept or the visitor left within 5 s."""
    if verdict in {Verdict.ANSWERED_WITHIN, Verdict.SHORT_ABANDON}:
        return None
    if verdict is Verdict.MISSED and chat.close_reason in _BY_HAND:
        return Cause.CLOSED_SILENTLY
    if chat.assigned_at is not None:
        accepted_after = (chat.assigned_at - chat.arrived_at).total_seconds()
        if accepted_after <= chat.promise_seconds * IN_TIME_SHARE:
            return Cause.SLOW_ANSWER
    if chat.seats == 0:
        return Cause.NO_SEAT
    if chat.free_slots == 0:
        return Cause.ALL_FULL
    return Cause.BOUNCED if chat.bounces else Cause.SLOW_ACCEPT
