"""The manager's page of the pool as it is now: the queue with its reasons, the desks, the chats that are held."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2s
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page

from agency.services.pool.live import chats
from agency.services.pool.live import desks as live_desks
from agency.services.pool.live.version import Mark, find_mark
from agency.views.doors import READ, manager_page
from agency.views.query import keep_silent
from chat.views.pool.clocks import set_clocks
from chat.views.pool.query import DESKS, Asked, PoolForm, pages_of, read_asked
from chat.views.pool.rows import (
    HeldRow,
    QueueRow,
    SeatRow,
    held_rows,
    in_trouble,
    longest_of,
    queue_rows,
    seat_rows,
    written,
)
from chat.views.pool.words import decision_of
from tenants import clock

# More than this stands in one list, and the page says above it what is where.
_LONG = 12


@manager_page(READ)
@gzip_page
def pool(request: HttpRequest) -> HttpResponse:
    """The page. With `?part=live` only what changes of it, for its script: the parts whose mark isn't among `seen`.

    `?chat=` opens a waiting chat's decision; `company`, `who`, `desk`, `turn` and `person` narrow desks and held chats.
    """
    if request.GET.get("part") == "live":
        keep_silent(request)  # the page itself has said it
    now, asked = clock.now(), read_asked(request)
    mark = find_mark(now)
    whole = _short(mark.text, asked.address(), get_language())
    seen = _read_seen(request.GET.get("seen", ""))
    at = timezone.localtime(now).strftime("%H:%M:%S")
    if seen.get("pool") == whole:
        return HttpResponse(status=204, headers={"Pool-At": at})
    parts = _parts(request, asked, mark, now)
    facts = {"is": whole, "now": f"{now.timestamp():.1f}", "at": at}
    if request.GET.get("part") == "live":
        new = {name: html for name, html in parts.items() if seen.get(name) != _short(html)}
        return HttpResponse(_root(facts, new), headers={"Pool-At": at})
    context = facts | {
        "asked": asked,
        "form": PoolForm(asked),
        **{name: _framed(name, html, set_clocks(html, now)) for name, html in parts.items()},
    }
    return render(request, "manage/pool/page.html", context)


def _parts(request: HttpRequest, asked: Asked, mark: Mark, now: datetime) -> dict[str, str]:
    """Each part of the page as it is written, its clocks empty."""
    lines = chats.list_queue(now)
    rows = queue_rows(lines, asked)
    desks, held = _list_desks(asked, now), _list_held(asked)
    trouble, more = in_trouble(lines, asked) if len(rows) > _LONG else ([], 0)
    plain: dict[str, Any] = {
        "request": request,
        "asked": asked,
        "mark": mark,
        "desks": desks,
        "held": held,
    }
    contexts: dict[str, dict[str, Any]] = {
        "top": {
            "longest": longest_of(lines),
            "trouble": trouble,
            "trouble_more": more,
            "is_long": max(len(rows), desks.total, held.total) > _LONG,
        },
        "queue": {"rows": _queue(rows, desks.names, now), "shown": len(rows)},
        "desks": {
            "rows": _rows("_seat", seat_rows(desks.lines, asked)),
            "pages": pages_of(asked, "desks", desks.first, desks.total),
        },
        "held": {
            "rows": _rows("_hold", held_rows(held.lines, now)),
            "everybody": asked.address(person="", chats="") + "#held",
            "person_name": desks.names.get(asked.person, "") if asked.person else "",
            "pages": pages_of(asked, "chats", held.first, held.total),
        },
    }
    return {name: render_to_string(f"manage/pool/_{name}.html", plain | context) for name, context in contexts.items()}


def _list_desks(asked: Asked, now: datetime) -> live_desks.Desks:
    return live_desks.list_desks(
        now,
        name=asked.who,
        company_id=asked.company,
        standings=DESKS.get(asked.desk, ()),
        start=asked.desks_from,
    )


def _list_held(asked: Asked) -> chats.LiveChat:
    return chats.list_held(
        operator_id=asked.person,
        name=asked.who,
        company_id=asked.company,
        turn=asked.turn,
        start=asked.chats_from,
    )


def _rows(name: str, rows: Iterable[SeatRow | HeldRow]) -> SafeString:
    template = f"manage/pool/{name}.html"
    return format_html_join("", "{}", ((written(template, row),) for row in rows))


def _queue(rows: Iterable[QueueRow], names: Mapping[UUID, str], now: datetime) -> SafeString:
    """The waiting chats, one of them with its decision."""
    return format_html_join("", "{}", ((_wait(row, names, now),) for row in rows))


def _wait(row: QueueRow, names: Mapping[UUID, str], now: datetime) -> SafeString:
    template = "manage/pool/_wait.html"
    if not row.is_open:
        return written(template, row)
    return render_to_string(template, {"row": row, "decision": decision_of(row.id, names, now)})


def _root(facts: Mapping[str, str], parts: Mapping[str, str]) -> SafeString:
    """Answer the page's script: the parts that are new, under the mark of the whole."""
    inner = format_html_join("", "{}", ((_framed(*part),) for part in parts.items()))
    return format_html('<div id="pool" data-is="{}" data-now="{}">{}</div>', facts["is"], facts["now"], inner)


def _framed(name: str, html: str, shown: str | None = None) -> SafeString:
    """A part under the mark of what is written in it. `shown` is the same with its clocks set."""
    frame = '<div class="pool__part" id="pool-{}" data-is="{}">{}</div>'
    return format_html(frame, name, _short(html), html if shown is None else shown)


def _read_seen(text: str) -> dict[str, str]:
    """Marks by part, as the script has them: `pool=ab12,top=cd34`."""
    return dict(pair.split("=", 1) for pair in text[:200].split(",") if "=" in pair)


def _short(*texts: str | None) -> str:
    """A mark of a text: the same text has the same one in each process."""
    return blake2s("\n".join(map(str, texts)).encode(), digest_size=8).hexdigest()
