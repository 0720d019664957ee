"""The values in the query of an address. One that can't be read is reported, never silently replaced by the default."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from agency.domain.shifts.shift_times import (
    FIRST_YEAR,
    LAST_YEAR,
    format_week,
    monday_of,
    parse_week,
)
from agency.domain.text import clean_line

# The most characters of an unreadable value that are shown again.
_SHOWN = 40
_MOST = 1_000_000


class BadAddress(ValueError):
    """Raised where a file's address can't be read. Its text says which value that is, and what is allowed."""


def for_file(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 422 with words where a file's address can't be read. A file of other days would be wrong."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        request.is_for_file = True  # type: ignore[attr-defined]
        try:
            return view(request, *args, **named)
        except BadAddress as problem:
            return HttpResponse(f"{problem}\n", status=422, content_type="text/plain; charset=utf-8")

    return answer


def say(request: HttpRequest, words: str) -> None:
    """Say at the top of the page what in its address can't be read.

    Raises:
        BadAddress: a file is asked for, which has no place to say it.
    """
    if getattr(request, "is_for_file", False):
        raise BadAddress(words + " " + _("No file was made."))
    if not getattr(request, "is_silent", False):
        messages.warning(request, words)


def keep_silent(request: HttpRequest) -> None:
    """Say nothing about this address: its page has said it, and this is a part of that page."""
    request.is_silent = True  # type: ignore[attr-defined]


def say_unread(request: HttpRequest, name: str, allowed: str) -> None:
    """Say that the value of this name can't be read, and what is allowed."""
    typed = clean_line(request.GET.get(name, ""), _SHOWN)
    words = _("“%(name)s=%(typed)s” in the address can't be read. Allowed: %(allowed)s.")
    say(request, words % {"name": name, "typed": typed, "allowed": allowed})


def say_errors(request: HttpRequest, form: BaseForm) -> None:
    """Say what a form found wrong in the address, for a file or a page that doesn't show the form's fields."""
    for name, errors in form.errors.items():
        for error in errors:
            label = form.fields[name].label if name in form.fields else ""
            say(request, f"{label}: {error}" if label else str(error))


def asked_choice(request: HttpRequest, name: str, allowed: Collection[str], default: str = "") -> str:
    """Return which of the allowed words is asked for. The default if none is, or none that is allowed."""
    typed = request.GET.get(name, "")
    if typed and typed not in allowed:
        say_unread(request, name, ", ".join(one for one in allowed if one))
    return typed if typed in allowed else default


def asked_number(request: HttpRequest, name: str, among: Sequence[int] = range(_MOST + 1)) -> int | None:
    """Return the whole number that is asked for, one of `among`. None if none is."""
    typed = request.GET.get(name, "")
    known = typed.isascii() and typed.isdigit() and len(typed) < 8 and int(typed) in among
    if typed and not known:
        words = _("a whole number from %(first)s to %(last)s")
        say_unread(request, name, words % {"first": among[0], "last": among[-1]})
    return int(typed) if known else None


def asked_id(request: HttpRequest, name: str, known: Iterable[UUID] | None = None) -> UUID | None:
    """Return the id that is asked for. With `known` it must be among those."""
    typed = request.GET.get(name, "")
    asked = read_id(typed)
    if asked is not None and known is not None and asked not in set(known):
        asked = None
    if typed and asked is None:
        say_unread(request, name, _("what the lists and links of this page give"))
    return asked


def read_id(typed: str) -> UUID | None:
    """Read an id. None if it isn't one."""
    try:
        return UUID(typed)
    except ValueError:
        return None


def asked_day(request: HttpRequest, name: str, *, example: date) -> date | None:
    """Return the day in `?day=2026-12-25`. None if none is asked for."""
    typed = request.GET.get(name, "")
    try:
        asked = date.fromisoformat(typed) if typed else None
    except ValueError:
        asked = None
    if asked is not None and not FIRST_YEAR <= asked.year <= LAST_YEAR:
        asked = None
    if typed and asked is None:
        words = _("a day such as %(example)s, from %(first)s to %(last)s")
        facts = {"example": example.isoformat(), "first": FIRST_YEAR, "last": LAST_YEAR}
        say_unread(request, name, words % facts)
    return asked


def asked_week(request: HttpRequest, name: str = "week", *, today: date) -> date:
    """Return the Monday of the week in `?week=2026-W48`. Of today's week if none is asked for."""
    typed, this = request.GET.get(name, ""), monday_of(today)
    asked = parse_week(typed)
    if typed and asked is None:
        words = _("a week such as %(example)s, from %(first)s to %(last)s")
        facts = {"example": format_week(this), "first": FIRST_YEAR, "last": LAST_YEAR}
        say_unread(request, name, words % facts)
    return asked or this


def asked_month(request: HttpRequest, months: Sequence[date], name: str = "month") -> date:
    """Return the first day of the month in `?month=2026-11`, one of `months`. By default it is the newest, their
    first.
    """
    typed = request.GET.get(name, "")
    written = {f"{month:%Y-%m}": month for month in months}
    if typed and typed not in written:
        words = _("a month from %(first)s to %(last)s")
        facts = {"first": min(written), "last": max(written)}
        say_unread(request, name, words % facts)
    return written.get(typed, months[0])
