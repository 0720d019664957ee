"""Figures of a site's pages in a half hour, counted without a person."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import add


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each thing happened.

    Args:
        shown: pages that began with a launcher.
        opened: a visitor opened the panel.
        began: a chat began.
        accepted: of these, chats of a visitor who was invited on that page.
        invited: an invitation was granted.
        dismissed: a visitor said no to one.
        held_out: a visitor who could have been invited wasn't, to see what invitations bring.
    """

    shown: int = 0
    opened: int = 0
    began: int = 0
    accepted: int = 0
    invited: int = 0
    dismissed: int = 0
    held_out: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*map(add, self.figures, other.figures))

    @property
    def figures(self) -> tuple[int, ...]:
        """The figures in the order of `COUNTED`."""
        return tuple(getattr(self, name) for name in COUNTED)


COUNTED = tuple(field.name for field in fields(Counts))


def sum_up(counts: Iterable[Counts]) -> Counts:
    """Return all of them together."""
    return sum(counts, Counts())
