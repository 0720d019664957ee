"""Words for what stands in the way of a shift."""

from django.utils.translation import gettext as _

from agency.domain.shifts.shift_times import to_span
from agency.services.shifts.shifts import ZONE, CannotPlan
from agency.templatetags.days import dated
from agency.templatetags.days import day as written_day


def words_of(problem: CannotPlan) -> str:
    """Say what stands in the way of a shift."""
    day = written_day(problem.span.day)
    if problem.code == "overlap" and problem.in_the_way is not None:
        other = problem.in_the_way
        span = to_span((other.starts_at, other.ends_at), ZONE)
        return _("%(day)s: overlaps the shift %(times)s of %(other)s.") % {
            "day": day,
            "times": span,
            "other": written_day(span.day),
        }
    if problem.code == "too_far":
        day = dated(problem.span.day)
    return f"{day}: {why_not(problem.code)}"


def why_not(code: str) -> str:
    """Say what the plan can't take, whatever the day."""
    return {
        "overlap": _("Overlaps another shift."),
        "gone": _("The clock jumps over these times in that night."),
        "too_short": _("A shift is 15 minutes at least, of real time."),
        "too_long": _("A shift is 12 hours at most, of real time."),
        "too_far": _("From two months back to a year ahead."),
        "off": _("This account is switched off."),
    }[code]
