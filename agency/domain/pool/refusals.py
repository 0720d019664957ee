"""Why a chat has nobody yet, in numbers: who is here for it, counted by what stands in their way."""

from dataclasses import dataclass
from typing import Literal

Code = Literal["nobody", "language", "away", "limit", "full", "soon"]


@dataclass(frozen=True, slots=True)
class Crowd:
    """The certified people who are here, as chats of one company in one language find them.

    Args:
        here: all of them, on a break or not, whatever they speak.
        away: on a break.
        free: could be offered the chat now.
        full: could but for their slots, which are all taken.
        limited: have a slot, but as many chats of the company as they may.
        used: slots taken of the full and the limited together; `capacity`: all slots of these.
    """

    here: int = 0
    away: int = 0
    free: int = 0
    full: int = 0
    limited: int = 0
    used: int = 0
    capacity: int = 0

    @property
    def busy(self) -> int:
        """Everybody who could have the chat if they had less to do."""
        return self.full + self.limited

    @property
    def code(self) -> Code:
        """The code of the obstacle.

        soon: nothing, somebody is asked in the next round. nobody: nobody is here. full: no slot is free. limit: all
        who have one are at their limit. away: all who could are on a break. language: nobody speaks the visitor's.
        """
        if self.free:
            return "soon"
        if not self.here:
            return "nobody"
        if self.full:
            return "full"
        if self.limited:
            return "limit"
        return "away" if self.away else "language"
