"""Clocks of the pool's page. A page's parts are written without them, so that they stay the same while time passes. The
browser makes them go (static/pages/manage/pool.js), and without script they stand as they were when the page was
made."""

import re
from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from agency.domain.promise.sla import ATTENTION_SHARE, NOW_SHARE
from agency.templatetags.amounts import seconds as written_seconds

_DUE = re.compile(r'(<span class="clock" data-due="([\d.]+)" data-of="(\d+)">)(</span>)')
_SINCE = re.compile(r'(<span data-since="([\d.]+)">)(</span>)')
# The time left, in whole seconds: one more than has passed in full.
_ARC = (
    '<span class="arc arc--{}" role="img" aria-label="{}"><svg class="arc__svg" viewBox="0 0 36 21" aria-hidden="true">'
    '<path class="arc__track" d="M4 18a14 14 0 0 1 28 0" pathLength="100"/>'
    '<path class="arc__fill" d="M4 18a14 14 0 0 1 28 0" pathLength="100" stroke-dasharray="{} 200"/></svg>'
    '<span class="arc__n" aria-hidden="true">{}</span></span>'
)
_LATE = '<span class="chip chip--late" role="img" aria-label="{}">{}</span>'


def until(due_at: datetime, seconds: int) -> SafeString:
    """A clock that counts down to the end of a promise of so many seconds, and beyond it."""
    return _empty(f'<span class="clock" data-due="{_epoch(due_at)}" data-of="{seconds}"></span>')


def since(at: datetime) -> SafeString:
    """A clock that counts up from a moment."""
    return _empty(f'<span data-since="{_epoch(at)}"></span>')


def set_clocks(html: str, now: datetime) -> SafeString:
    """The same part with every clock showing this moment."""
    moment = now.timestamp()

    def due(found: re.Match[str]) -> str:
        return f"{found[1]}{_face(float(found[2]) - moment, int(found[3]))}{found[4]}"

    def passed(found: re.Match[str]) -> str:
        whole = max(0, int(moment - float(found[2])))
        return f"{found[1]}{written_seconds(whole)}{found[3]}"

    return mark_safe(_SINCE.sub(passed, _DUE.sub(due, html)))  # noqa: S308 -- figures alone are put in


def _empty(clock: str) -> SafeString:
    return mark_safe(clock)  # noqa: S308 -- figures alone are in it


def _epoch(at: datetime) -> str:
    return f"{at.timestamp():.1f}"


def _face(left: float, of: int) -> SafeString:
    if left < 0:
        late = int(-left)
        minutes, seconds = divmod(late, 60)
        words = ngettext("{n} second past the promise", "{n} seconds past the promise", late)
        return format_html(_LATE, words.format(n=late), f"+{minutes}:{seconds:02}")
    n = -int(-left // 1)
    passed = 1 - left / of
    look = "u80" if passed >= NOW_SHARE else "u50" if passed >= ATTENTION_SHARE else "u0"
    words = ngettext("{n} second to the promise", "{n} seconds to the promise", n)
    return format_html(_ARC, look, words.format(n=n), round(min(1, max(0, passed)) * 100), n)
