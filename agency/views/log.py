"""Who changed what, newest first."""

from datetime import UTC, date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from agency.models import LogEntry
from agency.services import access, audit
from agency.views.log_words import KINDS, line_of
from tenants.models import Company


@require_safe
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """A page of changes, of all or of one company, person, day or kind. An id that isn't there finds nothing."""
    access.require_manager(request.user)
    company_id, actor_id = (_id(request.GET.get(name, "")) for name in ("company", "person"))
    day, kind = _day(request), request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    entries, has_more = audit.list_changes(
        company_id=company_id,
        actor_id=actor_id,
        before=_mark(request.GET.get("before", "")),
        day=day,
        kinds=KINDS[kind][1] if kind else (),
    )
    kept: dict[str, object] = {
        "company": company_id,
        "person": actor_id,
        "day": day.isoformat() if day else "",
        "kind": kind,
    }
    context = {
        "lines": [line_of(entry) for entry in entries],
        "companies": Company.objects.filter(ready=True).only("id", "name"),
        "people": audit.list_actors(),
        "kinds": [(one, words) for one, (words, _begin) in KINDS.items()],
        "kind": kind,
        "day": day,
        "company_id": company_id,
        "actor_id": actor_id,
        "pages": {
            "first": (_address(kept) or "?") if request.GET.get("before") else "",
            "after": _address({**kept, "before": _mark_of(entries[-1])}) if has_more else "",
        },
    }
    return render(request, "manage/log.html", context)


def _day(request: HttpRequest) -> date | None:
    """The day that is asked for; of one that can't be read the page says so, and shows all days."""
    typed = request.GET.get("day", "")
    try:
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        day = None
    # The last day of all has no end.
    day = None if day == date.max else day
    if typed and day is None:
        messages.warning(request, _("A day such as 2026-12-25. Below stand all days."))
    return day


def _id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _mark_of(entry: LogEntry) -> str:
    return f"{entry.at.isoformat()}~{entry.pk}"


def _mark(typed: str) -> tuple[datetime, UUID] | None:
    """Where the page before ended; anything else is the first page."""
    at, _tilde, entry_id = typed.partition("~")
    found = _id(entry_id)
    try:
        # As UTC: PostgreSQL refuses offsets that Python takes.
        moment = datetime.fromisoformat(at)
        known = moment.tzinfo is not None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (moment, found) if found is not None and known else None


def _address(facts: dict[str, object]) -> str:
    return "?" + urlencode({name: value for name, value in facts.items() if value})
