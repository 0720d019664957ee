"""A manager's query of the pool's page, from its address: which desks, which chats, which decision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast, get_args
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agency.domain.text import clean_line
from agency.services.pool.live.chats import SHOWN_HELD, Turn
from agency.services.pool.live.desks import SHOWN, Standing
from agency.views.chooser import Chooser, distinct
from agency.views.query import asked_choice, asked_id, asked_number, read_id, say_unread
from agency.views.table import Pages, lead
from tenants.models import Company

_LONGEST_NAME = 40
_PAGES = 1_000
# A choice of the page, and the standings it means.
DESKS: Mapping[str, tuple[Standing, ...]] = {
    "free": ("free",),
    "full": ("full",),
    "paused": ("paused",),
    "draining": ("draining",),
    "silent": ("silent", "lost"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One look at the page. What can't be read is not asked for.

    Args:
        who: part of an operator's name, `person` one of them exactly.
        desk: one of DESKS, or "". `turn`: what held chats are at.
        desks, chats: pages, the first is 1.
        opened: the waiting chat whose decision is shown.
    """

    company: UUID | None
    who: str
    desk: str
    turn: Turn | None
    person: UUID | None
    desks: int
    chats: int
    opened: UUID | None

    @property
    def desks_from(self) -> int:
        """How many desks come before the page."""
        return (self.desks - 1) * SHOWN

    @property
    def chats_from(self) -> int:
        """How many held chats come before the page."""
        return (self.chats - 1) * SHOWN_HELD

    @property
    def is_narrowed(self) -> bool:
        """Whether desks or chats are left out."""
        return bool(self.company or self.who or self.desk or self.turn or self.person)

    def address(self, **changes: object) -> str:
        """Return the query of this look, or with other values. Empty ones and first pages are left out, and at least a
        `?` stays.
        """
        values = {
            "company": self.company,
            "who": self.who,
            "desk": self.desk,
            "turn": self.turn,
            "person": self.person,
            "desks": self.desks if self.desks > 1 else "",
            "chats": self.chats if self.chats > 1 else "",
            "chat": self.opened,
        } | changes
        return "?" + urlencode({name: value for name, value in values.items() if value})


def read_asked(request: HttpRequest) -> Asked:
    """Read what this address asks for. What can't be read is said over the page."""
    pages = range(1, _PAGES + 1)
    turn = asked_choice(request, "turn", get_args(Turn))
    return Asked(
        company=_asked_company(request),
        who=clean_line(request.GET.get("who", ""), _LONGEST_NAME),
        desk=asked_choice(request, "desk", list(DESKS)),
        turn=cast(Turn, turn) if turn else None,
        person=asked_id(request, "person"),
        desks=asked_number(request, "desks", pages) or 1,
        chats=asked_number(request, "chats", pages) or 1,
        opened=asked_id(request, "chat"),
    )


class PoolForm(forms.Form):
    """The controls that narrow desks and held chats, as they are asked."""

    def __init__(self, asked: Asked) -> None:
        super().__init__(
            {
                "company": str(asked.company or ""),
                "who": asked.who,
                "desk": asked.desk,
                "turn": asked.turn or "",
            }
        )
        self.fields["company"] = _choice(_("Company"), [("", _("All companies")), *_list_companies()], Chooser)
        self.fields["who"] = forms.CharField(
            required=False,
            label=_("Operator"),
            widget=forms.TextInput(attrs={"class": "input", "type": "search", "maxlength": _LONGEST_NAME}),
        )
        desks = {
            "": _("All"),
            "free": _("free"),
            "full": _("full"),
            "paused": _("break"),
            "draining": _("no new chats"),
            "silent": _("silent or lost"),
        }
        self.fields["desk"] = _choice(_("Desk"), desks.items())
        turns = {
            "": _("All"),
            "open": _("in conversation"),
            "answer": _("visitor waits for an answer"),
            "first": _("no answer yet"),
            "visitor": _("visitor's turn"),
            "moving": _("being moved"),
            "wrap_up": _("wrapping up"),
        }
        self.fields["turn"] = _choice(_("Chat"), turns.items())


def _choice(
    label: str, choices: Iterable[tuple[object, str]], kind: type[forms.Select] = forms.Select
) -> forms.ChoiceField:
    widget = kind(attrs={"class": "input"})
    return forms.ChoiceField(required=False, label=label, choices=list(choices), widget=widget)


def _list_companies() -> list[tuple[str, str]]:
    rows = Company.objects.filter(ready=True).order_by("name").values_list("pk", "name", "slug")
    return distinct(rows)


def _asked_company(request: HttpRequest) -> UUID | None:
    """Find a company by its id, or by its name as typed. The names are read for that alone."""
    typed = request.GET.get("company", "")
    found = read_id(typed)
    if found is None and typed:
        chooser = Chooser(choices=_list_companies())
        found = read_id(chooser.value_from_datadict({"c": typed}, None, "c"))
        if found is None:
            say_unread(request, "company", _("a company of the list"))
    return found


def pages_of(asked: Asked, name: str, first: int, total: int) -> Pages:
    """Return the pager under a list: `name` is its parameter, `first` came before it."""
    size = SHOWN if name == "desks" else SHOWN_HELD
    anchor = "desks" if name == "desks" else "held"

    def at(number: int) -> str:
        return f"{asked.address(**{name: number if number > 1 else ''})}#{anchor}"

    return lead(at, page=first // size + 1, size=size, total=total)
