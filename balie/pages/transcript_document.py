"""One finished chat as a PDF, with the same lines and words as on its page."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from agency.domain.promise.sla import Verdict
from agency.services.documents.fonts import REPLACEMENT, legible
from agency.services.documents.pdf import render_pdf
from agency.templatetags.amounts import seconds
from chat.services.finished.one_chat import LINES, Archived, ChatLine
from chat.templatetags.chats import line_word, outcome_word, verdict_word, visitor_word
from tenants.models import Company


def transcript_pdf(chat: Archived, company: Company) -> bytes:
    """Typeset a chat, read as its company may, in the reader's language and the company's zone.

    The same chat makes the same bytes.
    """
    return render_pdf("transcript", _facts(chat, company), at=chat.record.closed_at)


def _facts(chat: Archived, company: Company) -> dict[str, Any]:
    zone = ZoneInfo(company.zone)
    record = chat.record
    start, end = record.arrived_at.astimezone(zone), record.closed_at.astimezone(zone)
    number = _("chat {number}").format(number=record.number)
    about = [
        (_("Company"), company.name),
        (_("Site"), chat.site),
        (_("Visitor"), visitor_word(chat)),
        (_("Answered by"), record.operator.public_name if record.operator else ""),
        (_("Time"), f"{formats.date_format(start, 'l j F Y, H:i')} – {_clock(end, start, 'H:i')}"),
        (_("Outcome"), _("Spam") if chat.spam else outcome_word(record.outcome)),
        (_("Promise"), _promise(chat)),
    ]
    lines = [_line(line, chat, start, zone) for line in chat.said]
    return {
        "title": f"{company.name}, {number}",
        "author": settings.AGENCY_NAME,
        "language": translation.get_language()[:2],
        "foot": _("{company}, {number}. Times are those of {zone}.").format(
            company=company.name, number=number, zone=company.zone
        ),
        "about": [(label, value) for label, value in about if value],
        "heading": _("Messages"),
        "lines": lines,
        "notes": _notes(chat),
    }


def _line(line: ChatLine, chat: Archived, start: datetime, zone: ZoneInfo) -> dict[str, str]:
    who = {"visitor": visitor_word(chat), "operator": line.who, "auto": _("Automatic greeting")}
    remark = _("doesn't count as an answer") if line.kind == "auto" else ""
    if line.waited is not None:
        remark = _("after {n}").format(n=seconds(line.waited))
    return {
        "kind": line.kind,
        "time": _clock(line.at.astimezone(zone), start, "H:i:s"),
        "who": who.get(line.kind, line.who),
        "remark": remark,
        "text": line_word(line) if line.kind == "system" else line.body,
    }


def _notes(chat: Archived) -> list[str]:
    """What a reader must know of the document: the rating, that it is cut, that it can't show every character."""
    notes = []
    if chat.rating is not None:
        said = _("The visitor found this chat good") if chat.rating.good else _("The visitor found this chat not good")
        notes.append(f"{said}: “{chat.rating.words}”" if chat.rating.words else said)
    if chat.cut:
        notes.append(_("This chat is longer; here are its first {n} lines.").format(n=formats.number_format(LINES)))
    typed = "".join([chat.name, *(line.body for line in chat.said)])
    if REPLACEMENT in legible(typed):
        notes.append(
            _("{sign} stands for a character that this document has no typeface for.").format(sign=REPLACEMENT)
        )
    return notes


def _promise(chat: Archived) -> str:
    """Say whether the promise was kept, as the chat's page does."""
    record = chat.record
    if chat.spam:
        return ""
    if not record.in_hours:
        return _("Outside opening hours")
    if chat.verdict == Verdict.ANSWERED_WITHIN:
        return _("First answer after {n}").format(n=seconds(chat.waited))
    if chat.verdict == Verdict.ANSWERED_LATE:
        return _("First answer after {n}, promised {promise} s").format(
            n=seconds(chat.waited), promise=record.promise_seconds
        )
    return verdict_word(chat.verdict)


def _clock(at: datetime, start: datetime, form: str) -> str:
    """Return a time of the chat's first day, or a day with its time."""
    return formats.date_format(at, form if at.date() == start.date() else f"j F {form}")
