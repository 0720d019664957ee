"""Words for the codes of finished chats on pages, in the reader's language."""

from collections.abc import Collection, Mapping

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from agency.domain.promise.sla import SHORT_ABANDON_SECONDS, Verdict
from chat.domain import lifecycle
from chat.domain.lifecycle import CloseReason, Outcome
from chat.domain.search import split_found
from chat.services.finished.archive import ArchiveLine
from chat.services.finished.one_chat import Archived, ChatLine

register = template.Library()

OUTCOMES: Mapping[str, str] = {
    Outcome.RESOLVED: gettext_noop("Resolved"),
    Outcome.LEAD: gettext_noop("Lead"),
    Outcome.FOLLOW_UP: gettext_noop("Follow-up needed"),
    Outcome.NO_ANSWER_NEEDED: gettext_noop("No answer needed"),
    Outcome.WRONG_SITE: gettext_noop("Wrong site"),
    Outcome.TEST: gettext_noop("Test chat"),
    Outcome.SPAM: gettext_noop("Spam"),
    Outcome.UNSET: gettext_noop("Not filled in"),
}
# `unanswered` and `outside_hours` are filters; the others are also what one chat is.
VERDICTS: Mapping[str, str] = {
    "offered": gettext_noop("In opening hours"),
    "base": gettext_noop("Counted for the promise"),
    "answered": gettext_noop("Answered"),
    Verdict.ANSWERED_WITHIN: gettext_noop("Answered in time"),
    Verdict.ANSWERED_LATE: gettext_noop("Answered late"),
    "unanswered": gettext_noop("Not answered"),
    Verdict.MISSED: gettext_noop("Closed without an answer"),
    Verdict.ABANDONED: gettext_noop("Left without an answer"),
    Verdict.SHORT_ABANDON: gettext_noop("Left within {n} seconds"),
    "outside_hours": gettext_noop("Outside opening hours"),
}
RATINGS: Mapping[str, str] = {
    "any": gettext_noop("Rated"),
    "good": gettext_noop("Good"),
    "bad": gettext_noop("Not good"),
    "none": gettext_noop("Not rated"),
}
CLOSED: Mapping[str, str] = {
    CloseReason.OPERATOR: gettext_noop("Chat closed"),
    CloseReason.VISITOR: gettext_noop("The visitor closed the chat"),
    CloseReason.IDLE: gettext_noop("Closed: no message from the visitor for {n} minutes"),
    CloseReason.LEFT: gettext_noop("Closed: the visitor left the page"),
    CloseReason.END_OF_HOURS: gettext_noop("Closed: end of opening hours"),
    CloseReason.MANAGER: gettext_noop("Closed by a manager"),
}


@register.filter
def with_marks(text: str, found: Collection[str]) -> str:
    """Return a text in which the words by which it was found are marked."""
    parts = (
        (format_html("<mark>{}</mark>", piece) if is_mark else piece,) for piece, is_mark in split_found(text, found)
    )
    return format_html_join("", "{}", parts)


@register.filter
def outcome_word(code: str) -> str:
    """Return the name of an outcome, or without one yet, that it is being wrapped up."""
    return _(OUTCOMES[code]) if code in OUTCOMES else _("Being wrapped up")


@register.filter
def verdict_word(code: str) -> str:
    """Say whether the promise was kept."""
    return _(VERDICTS[code]).format(n=SHORT_ABANDON_SECONDS)


@register.filter
def visitor_word(chat: ArchiveLine | Archived) -> str:
    """The visitor's name, else their chat's number."""
    number = chat.number if isinstance(chat, ArchiveLine) else chat.record.number
    return chat.name or _("Visitor {number}").format(number=number)


@register.filter
def result_word(chat: ArchiveLine) -> str:
    """In one chip: spam, else that nobody answered, else how it ended."""
    if chat.spam:
        return _("Spam")
    if chat.verdict in (Verdict.MISSED, Verdict.ABANDONED):
        return _("Missed")
    if chat.verdict is Verdict.SHORT_ABANDON:
        return _("Left at once")
    return outcome_word(chat.outcome)


@register.filter
def result_look(chat: ArchiveLine) -> str:
    """The look of that chip."""
    if chat.spam:
        return "chip--line"
    if chat.verdict in (Verdict.MISSED, Verdict.ABANDONED):
        return "chip--u80"
    return "chip--ok" if chat.outcome == Outcome.LEAD else ""


@register.filter
def line_word(line: ChatLine) -> str:
    """A system line as a sentence."""
    if line.code == "accepted":
        return _("{name} accepted the chat").format(name=line.detail)
    if line.code == "requeued":
        return _("Handed back to the queue")
    if line.code == "reminder":
        return _("Asked whether the visitor is still there")
    if line.code == "settled":
        return _("Settled: {outcome}").format(outcome=outcome_word(line.detail))
    return closed_word(line.detail)


@register.filter
def closed_word(code: str) -> str:
    """Say who or what ended the chat."""
    return (_(CLOSED[code]) if code in CLOSED else _("Chat closed")).format(n=lifecycle.IDLE_CLOSE // 60)
