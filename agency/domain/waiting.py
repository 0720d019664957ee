"""Why a chat has nobody yet, in numbers: the router's own refusals counted, for whoever must act on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from agency.domain.routing import Candidate, Choice

Code = Literal["nobody", "language", "away", "limit", "full", "soon"]


@dataclass(frozen=True, slots=True)
class Why:
    """`code` is what stands in the way; the numbers are of the certified people who are here.

    nobody: none is. language: none of them speaks the visitor's. away: all who do are on a break. limit: all others have as
    many chats of this company as they may. full: no slot of theirs is free (`used` of `capacity`, of those who aren't on a
    break). soon: `next_id` is asked in the next round.
    """

    code: Code
    here: int = 0
    away: int = 0
    full: int = 0
    used: int = 0
    capacity: int = 0
    next_id: UUID | None = None


def why(choice: Choice, here: Sequence[Candidate]) -> Why:
    """Say why a chat waits, from what the router would decide now.

    Args:
        choice: the decision over `here`.
        here: the certified people who are here.
    """
    if choice.operator_id is not None:
        return Why("soon", len(here), next_id=choice.operator_id)
    kinds = {operator_id: kind_of(reason) for operator_id, reason in choice.refused.items()}
    busy = [one for one in here if kinds[one.operator_id] in ("full", "limit")]
    return Why(
        _code(set(kinds.values())),
        here=len(here),
        away=sum(kind == "away" for kind in kinds.values()),
        full=len(busy),
        used=sum(one.used for one in busy),
        capacity=sum(one.capacity for one in busy),
    )


def kind_of(reason: str) -> str:
    """The kind of one refusal: away, language, uncertified, draining, full, limit, lease; else "after": others go first."""
    return next((kind for start, kind in _KINDS.items() if reason.startswith(start)), "after")


_KINDS: Mapping[str, str] = {
    "paused": "away",
    "no language": "language",
    "not certified": "uncertified",
    "no lease": "lease",
    "draining": "draining",
    "full": "full",
    "at the company's limit": "limit",
}


def _code(kinds: set[str]) -> Code:
    if not kinds:
        return "nobody"
    found: tuple[Code, ...] = ("full", "limit", "away")
    return next((code for code in found if code in kinds), "language")
