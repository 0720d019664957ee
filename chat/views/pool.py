"""The manager's page of the pool as it is now: the queue with its reasons, the desks, the chats that are held."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agency.services import access, livelist, seatlist
from chat.views.pool_rows import held_rows, queue_rows, seat_rows
from chat.views.pool_words import decision_of


@require_safe
@never_cache
@login_required
def pool(request: HttpRequest) -> HttpResponse:
    """The page; with `?part=live` only what changes of it, for its script.

    `?chat=` opens a waiting chat's decision, `?person=` narrows the held chats to one operator's.
    """
    access.require_manager(request.user)
    part = "_pool_live" if request.GET.get("part") == "live" else "pool"
    return render(request, f"manage/{part}.html", _now(request))


def _now(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    opened, person = _id(request, "chat"), _id(request, "person")
    queue = livelist.list_queue(now)
    desks = seatlist.list_desks(now)
    names = seatlist.names_of(desks)
    rows = queue_rows(queue.lines, names)
    counts = livelist.count_held(operator_id=person)
    return {
        "now": now,
        "pool_url": reverse("manage_pool"),
        "people_url": reverse("manage_people"),
        "queue": queue,
        "rows": rows,
        "longest": max(rows, key=lambda row: row.line.seconds, default=None),
        "desks": desks,
        "seats": seat_rows(desks.lines, now),
        "held": held_rows(livelist.list_held(now, operator_id=person), now),
        "counts": counts,
        "held_total": sum(counts.values()),
        "person": person,
        "person_name": names.get(person, "") if person else "",
        "opened": opened,
        "decision": decision_of(opened, names, now) if opened else None,
    }


def _id(request: HttpRequest, name: str) -> UUID | None:
    """An id of the query; whatever is none is not asked for."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None
