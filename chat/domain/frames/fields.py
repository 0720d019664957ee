"""The fields of every inbound frame. Every text in one is cleaned while the frame is made, whatever is done with it
later.
"""

from collections.abc import Callable
from datetime import date, time
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_type_hints

from msgspec import Meta, Struct

from agency.domain import text
from chat.domain.leads import CONSENT_LIMIT, BestTime
from chat.domain.text import RATING_LIMIT
from tenants.names import cut

# As long as the columns they go to.
URL_LIMIT, TITLE_LIMIT, NAME_LIMIT, PHONE_LIMIT = 2_000, 300, 100, 40

Clean = Callable[[str], str]


def _clean_lines(typed: str) -> str:
    return "\n".join(map(text.clean_line, text.clean(typed).split("\n"))).strip()


# Every `str` of a frame is one of these three; one that doesn't say so is a Line. What is cleaned is cut at the field's
# limit again, as composing a text may lengthen it.
Line = Annotated[str, Meta(extra={"clean": text.clean_line})]
Lines = Annotated[str, Meta(extra={"clean": _clean_lines})]
# A person's text in a chat is never changed more than `clean` does, but refused with a code where it is used.
Body = Annotated[str, Meta(extra={"clean": text.clean})]

Url = Annotated[Line, Meta(max_length=URL_LIMIT)]
Title = Annotated[Line, Meta(max_length=TITLE_LIMIT)]
Verdict = Annotated[Lines, Meta(max_length=RATING_LIMIT)]
Address = Annotated[Line, Meta(max_length=254)]
Word = Annotated[Line, Meta(max_length=40)]
Consent = Annotated[Line, Meta(max_length=CONSENT_LIMIT)]
Name = Annotated[Line, Meta(max_length=NAME_LIMIT)]
Phone = Annotated[Line, Meta(max_length=PHONE_LIMIT)]
# An hour and a minute of a day: 09:05.
Minute = Annotated[Line, Meta(pattern=r"^(?:|(?:[01][0-9]|2[0-3]):[0-5][0-9])$")]
Seq = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Fence = Annotated[int, Meta(ge=0, le=2_147_483_647)]


class Inbound(Struct, forbid_unknown_fields=True, gc=False):
    """A part of a frame: an unknown field is refused, and every text is cleaned."""

    def __post_init__(self) -> None:
        for name, clean in cleanings(type(self)):
            value = getattr(self, name)
            if value is not None:
                setattr(self, name, clean(value))


class CallTime(Inbound):
    """When somebody wants to be called, on the company's clock. Without a day: as soon as possible.

    With a day come a `part` of it, or `at`, an exact time, or neither.
    """

    day: date | None = None
    part: Literal["", "morning", "afternoon", "evening"] = ""
    at: Minute = ""

    @property
    def best(self) -> BestTime:
        """The same as the domain has it."""
        return BestTime(self.day, self.part, time.fromisoformat(self.at) if self.at else None)


class Frame(Inbound, tag_field="type"):
    """The base of every frame: an object whose `type` names it."""


@cache
def cleanings(part: type[Inbound]) -> tuple[tuple[str, Clean], ...]:
    """The texts of a part of a frame, and how each is cleaned."""
    hints = get_type_hints(part, include_extras=True)
    found = ((name, _cleaning(kind)) for name, kind in hints.items())
    return tuple((name, clean) for name, clean in found if clean is not None)


def _cleaning(kind: Any) -> Clean | None:
    """Return how a field of this type is cleaned, or None if it holds no text."""
    if kind is str:
        return text.clean_line
    given = [meta for meta in getattr(kind, "__metadata__", ()) if isinstance(meta, Meta)]
    for meta in given:
        if meta.extra is not None:
            limits = [one.max_length for one in given if one.max_length is not None]
            return _cut(meta.extra["clean"], limits[0]) if limits else meta.extra["clean"]
    inner = get_args(kind)[:1] if given else get_args(kind)
    return next((clean for one in inner if (clean := _cleaning(one)) is not None), None)


def _cut(clean: Clean, limit: int) -> Clean:
    return lambda typed: cut(clean(typed), limit)
