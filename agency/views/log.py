"""Who changed what, newest first."""

from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agency.models import LogEntry
from agency.services import access, audit
from agency.views.log_words import line_of
from tenants.models import Company


@require_safe
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """A page of changes, of all or of one company or person. An id that isn't there finds nothing."""
    access.require_manager(request.user)
    company_id, actor_id = (_id(request.GET.get(name, "")) for name in ("company", "person"))
    entries, has_more = audit.list_changes(
        company_id=company_id, actor_id=actor_id, before=_mark(request.GET.get("before", ""))
    )
    kept: dict[str, object] = {"company": company_id or "", "person": actor_id or ""}
    context = {
        "lines": [line_of(entry) for entry in entries],
        "companies": Company.objects.filter(ready=True).only("id", "name"),
        "people": audit.list_actors(),
        "company_id": company_id,
        "actor_id": actor_id,
        "first": _address(kept) if request.GET.get("before") else "",
        "older": _address({**kept, "before": _mark_of(entries[-1])}) if has_more else "",
    }
    return render(request, "manage/log.html", context)


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
