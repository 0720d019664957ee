"""The life of one chat: its states, why it closes, how it ended, and when silence is an end.

    waiting -> offered -> open -> wrap_up -> gone

A chat nobody holds when it closes has nothing to wrap up: it goes from waiting or offered straight to gone. An entry
that is gone has no row any more, so that is no state. A console that dies leads from open back to waiting.
"""

from datetime import datetime
from enum import StrEnum

# Visitor silent this long while it is their turn: one automatic "are you still there?". Four
# minutes lets somebody fetch a bill or a shoe box.
REMIND_AFTER = 240
# Visitor silent this long: closed `idle`. Six minutes after the reminder.
IDLE_CLOSE = 600
# Nobody answered yet and three beats are missing: the tab is closed.
LEFT_AFTER = 30
# The page said it went to the background: a phone stops its timers there, its owner comes back.
LEFT_AFTER_HIDDEN = 120
# Wrap-up is three keys. After two minutes it ends with outcome `unset`, so it can't hold a slot.
WRAP_UP_LIMIT = 120
# After closing time a waiting chat is given up only once no certified seat was there for a minute:
# a console that reloads must not end a chat that somebody would have finished.
END_OF_HOURS_GRACE = 60


class State(StrEnum):
    """Where an unfinished chat stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    OPEN = "open"
    WRAP_UP = "wrap_up"


class Turn(StrEnum):
    """The side that is to write next."""

    OPERATOR = "operator"
    VISITOR = "visitor"


class CloseReason(StrEnum):
    """Why a chat closed.

    There is none for a console that died: its chats go back to the queue, and end there as another's do. Nor for a site
    without anybody to answer: there no chat begins.
    """

    OPERATOR = "operator"
    VISITOR = "visitor"
    IDLE = "idle"
    LEFT = "left"
    END_OF_HOURS = "end_of_hours"
    MANAGER = "manager"


class Outcome(StrEnum):
    """How a chat ended, as chosen in wrap-up."""

    RESOLVED = "resolved"
    LEAD = "lead"
    FOLLOW_UP = "follow_up"
    NO_ANSWER_NEEDED = "no_answer_needed"
    WRONG_SITE = "wrong_site"
    TEST = "test"
    SPAM = "spam"
    UNSET = "unset"


def needs_reminder(
    *,
    state: State,
    turn: Turn,
    silent_since: datetime,
    reminded_at: datetime | None,
    now: datetime,
) -> bool:
    """Tell whether a silent visitor is to be reminded, once for each silence.

    Args:
        silent_since: when it became the visitor's turn (not their last text: a slow answer of
            ours is not their silence).
        reminded_at: the last reminder in this chat, or None.
    """
    if state != State.OPEN or turn != Turn.VISITOR:
        return False
    if (now - silent_since).total_seconds() < REMIND_AFTER:
        return False
    return reminded_at is None or reminded_at < silent_since


def has_left(*, state: State, seen_at: datetime, hidden: bool, now: datetime) -> bool:
    """Tell whether a visitor whom nobody has answered is gone.

    Such a chat closes as `left` at `seen_at`, the last beat. While a chat is open nobody is taken
    for gone: it ends by hand or idle.

    Args:
        seen_at: the last beat (each 10 s).
        hidden: the page said that it went to the background.
    """
    if state not in {State.WAITING, State.OFFERED}:
        return False
    limit = LEFT_AFTER_HIDDEN if hidden else LEFT_AFTER
    return (now - seen_at).total_seconds() >= limit
