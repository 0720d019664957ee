"""The pages of a list: one way to ask for them, to count them and to lead to the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Pager:
    """What stands under a list: which lines it shows, and the addresses of the pages around; "" where there is none."""

    shown: str
    before: str
    after: str


def start_of(request: HttpRequest, name: str = "start") -> int:
    """Return how many lines come before the page that is asked for; 0 if that can't be read."""
    typed = request.GET.get(name, "")
    known = typed.isascii() and typed.isdigit() and len(typed) < 8
    return min(int(typed), _MOST) if known else 0


def pager(
    kept: Mapping[str, object], *, start: int, size: int, total: int, name: str = "start"
) -> Pager:
    """Lead to the pages around one.

    Args:
        kept: the filters of the list, which its other pages keep; empty ones are left out.
        start: how many lines come before this page.
        size: lines of a full page.
        total: lines of all pages.
        name: under which the start of a page stands in the address.
    """

    def at(first: int) -> str:
        facts = {**{key: value for key, value in kept.items() if value}, name: first}
        return f"?{urlencode(facts)}"

    last = min(start + size, total)
    words = _("%(first)s to %(last)s of %(total)s")
    return Pager(
        shown=words % {"first": min(start + 1, total), "last": last, "total": total},
        before=at(max(0, min(start, total) - size)) if start else "",
        after=at(start + size) if start + size < total else "",
    )
