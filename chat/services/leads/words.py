"""A lead in words, in the active language: for mails, pages and files alike."""

from django.utils import formats
from django.utils.translation import gettext as _

from agency.domain.addresses import shown_address
from agency.domain.hours.hours_as_text import clock
from chat.domain.leads import PART_MINUTES, BestTime, Channel, DayPart, LeadSource, LeadState
from chat.models import Lead


def title(lead: Lead) -> str:
    """Say what a lead is, in one line."""
    words = {
        LeadSource.CALL_BACK: _("Call back: %(name)s"),
        LeadSource.QUESTION: _("Question of %(name)s"),
        LeadSource.CHAT: _("Lead from a chat: %(name)s"),
    }
    return words[LeadSource(lead.source)] % {"name": lead.name or reached(lead)}


def reached(lead: Lead) -> str:
    """Return the number or mail address by which somebody wants to be reached."""
    return str(lead.phone) if lead.channel == Channel.PHONE else shown_address(lead.email)


def best_of(lead: Lead) -> BestTime:
    """Return when the person wants to be called."""
    return BestTime(lead.best_day, lead.best_part, lead.best_time)


def best_words(lead: Lead) -> str:
    """Say when somebody wants to be called, "" where that wasn't asked."""
    if lead.best_day is None:
        return _("as soon as possible") if lead.source == LeadSource.CALL_BACK else ""
    day = formats.date_format(lead.best_day, "l j F")
    if lead.best_time is not None:
        return _("%(day)s at %(time)s") % {"day": day, "time": f"{lead.best_time:%H:%M}"}
    return f"{day}, {part_words(lead.best_part)}" if lead.best_part else day


def part_words(part: str) -> str:
    """Name a part of a day with its hours."""
    opens, closes = PART_MINUTES[DayPart(part)]
    words = {
        DayPart.MORNING: _("in the morning (%(opens)s to %(closes)s)"),
        DayPart.AFTERNOON: _("in the afternoon (%(opens)s to %(closes)s)"),
        DayPart.EVENING: _("in the evening (%(opens)s to %(closes)s)"),
    }
    return words[DayPart(part)] % {"opens": clock(opens), "closes": clock(closes)}


def source_words(source: str) -> str:
    """Name the door through which a lead came."""
    return {
        LeadSource.CHAT: _("Chat"),
        LeadSource.QUESTION: _("Question form"),
        LeadSource.CALL_BACK: _("Call back"),
    }[LeadSource(source)]


def state_words(state: str) -> str:
    """Name the state of a lead."""
    return {
        LeadState.NEW: _("New"),
        LeadState.ACKNOWLEDGED: _("Taken up"),
        LeadState.WON: _("Won"),
        LeadState.LOST: _("Lost"),
    }[LeadState(state)]
