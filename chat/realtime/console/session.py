"""The session of a console's socket, as its commands know it."""

from chat.realtime import auth
from chat.realtime.direct import DirectConsumer


class ConsoleSession(DirectConsumer):
    """An operator at one console.

    Args:
        who: the operator and the session that signed them in.
        epoch: the epoch of the seat when this console took it, or 0 while it only reads.
    """

    who: auth.SignedIn
    epoch: int = 0
