"""The ten worst of a report: how each broken promise reads."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.domain.promise.causes import Cause
from agency.services.reports.report import Worst
from agency.templatetags.days import day as written_day

# Which chip a cause gets: an empty desk is the agency's plan, a slow hand one person's moment.
_CAUSE_LOOKS = {
    Cause.NO_SEAT: "chip--u100",
    Cause.ALL_FULL: "chip--u80",
    Cause.CLOSED_SILENTLY: "chip--u100",
}


def worst_row(row: Worst) -> tuple[Worst, str, str, str]:
    """Describe a broken promise: its time, the look of its cause and what happened, in words."""
    when = f"{written_day(row.local_at)}, {row.local_at:%H:%M}"
    return row, when, _CAUSE_LOOKS.get(row.cause, "chip--u50"), _what(row)


def _what(row: Worst) -> str:
    """Say in a few words what happened to one chat."""
    if row.seats == 0:
        room = _("no seat")
    elif row.free_slots == 0:
        room = ngettext("{n} seat, all full", "{n} seats, all full", row.seats).format(n=row.seats)
    else:
        words = ngettext("{n} seat, {free} free", "{n} seats, {free} free", row.seats)
        room = words.format(n=row.seats, free=row.free_slots)
    parts = [room]
    if row.bounces:
        parts.append(_("passed on {n}x").format(n=row.bounces))
    if row.accepted_after is not None:
        parts.append(_("accepted at {n} s").format(n=round(row.accepted_after)))
    if not row.answered:
        parts.append(_("no answer"))
    return ", ".join(parts)
