"""A chat as a mail: for the visitor who asked for it, and for the company that keeps a copy.

Its contents are listed here and nowhere else: number, local times, texts and automatic messages, the visitor's own
name, operators' public names, the page, the company's name and address. The company's copy adds outcome and address.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats, translation

from agency.domain.addresses import shown_address
from agency.domain.sites.colour import is_hex, palette
from agency.models import ChatRecord
from chat.domain.links import split_links
from chat.domain.mail import words as mail_words
from chat.domain.mail.confirmation_words import confirm_voice
from chat.domain.mail.headers import break_links, header_line, plain_words
from chat.domain.mail.words import Voice
from chat.models import Chat, Delivery, Message, TranscriptRequest
from chat.services.mail import deliveries, links
from chat.services.mail.deliveries import Rendered
from tenants.models import Company

_NAME_LIMIT = 60
# Messages from which on a mail says at its head what else stands at its foot: mail programs cut off what is over 100
# KB.
_LONG = 100


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One message of the mail. `pieces`: its text in order, each with the address it leads to, if any."""

    time: str
    who: str
    is_ours: bool
    body: str
    pieces: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class LetterTalk:
    """The facts of one chat that a mail may hold, in the reader's language and the company's zone.

    `is_broken`: something that the visitor wrote could have become a link in a mail program, and can't now.
    """

    number: int
    name: str
    page_title: str
    page_url: str
    day: str
    long_day: str
    start: str
    end: str
    who: str
    lines: list[LetterLine]
    is_broken: bool = False


@deliveries.renders("transcript")
def render_transcript(delivery: Delivery, company: Company) -> Rendered:
    """The visitor's mail: in the chat's language, in the company's tone and colours, with two links to rate by."""
    chat = chat_of(delivery)
    voice = mail_words.voice(chat.language, company.tone)
    asked = TranscriptRequest.objects.filter(delivery=delivery).first()
    is_confirmed = asked is not None and asked.confirmed_at is not None
    talk = _talk(chat, company, voice, visitor=voice.visitor, is_known=is_confirmed)
    facts = {"company": company.name, "day": talk.long_day, "start": talk.start, "end": talk.end}
    spoke = voice.spoke if talk.who else voice.wrote
    hello = voice.hello_name.format(name=talk.name) if talk.name else voice.hello
    context: dict[str, object] = {
        "hello": hello,
        "intro": spoke.format(who=talk.who, **facts),
        "facts": [],
        "why": voice.why,
        "privacy_url": links.privacy_url(chat),
        "rating": links.rating_urls(company, chat),
        "answer": voice.answer if answers_to(company) else "",
        "confirm": confirm_voice(voice),
        "confirm_url": links.whole_url(delivery, company) if asked and talk.is_broken else "",
    }
    return _rendered(
        company,
        voice,
        talk,
        context,
        subject=voice.subject.format(company=company.name, day=talk.day),
        reply_to=answers_to(company),
    )


@deliveries.renders("copy")
def render_copy(delivery: Delivery, company: Company) -> Rendered:
    """The company's copy: in its own language, with outcome and the visitor's address if one is known."""
    chat = chat_of(delivery)
    words = mail_words.copy_voice(company.language)
    voice = mail_words.voice("nl" if company.language[:2] == "nl" else "en", "je")
    talk = _talk(chat, company, voice, visitor=words.visitor, is_known=True)
    address = _address_of(chat)
    shown = shown_address(address)
    facts = [
        (words.visitor, talk.name),
        (words.address, shown),
        (words.answered_by, talk.who or words.nobody),
        (words.outcome, words.outcomes[_outcome_of(chat)]),
    ]
    context: dict[str, object] = {
        "hello": words.hello.format(number=talk.number),
        "intro": words.spoke.format(day=talk.long_day, start=talk.start, end=talk.end),
        "facts": [(label, value) for label, value in facts if value],
        "why": words.why.format(agency=settings.AGENCY_NAME),
        "is_copy": True,
    }
    return _rendered(
        company,
        voice,
        talk,
        context,
        subject=words.subject.format(number=talk.number, day=talk.day, start=talk.start),
        # An answer goes to the visitor: the company itself has the mail already.
        reply_to=address or answers_to(company),
    )


def _rendered(
    company: Company,
    voice: Voice,
    talk: LetterTalk,
    context: dict[str, object],
    *,
    subject: str,
    reply_to: str,
) -> Rendered:
    whole = {
        **context,
        "company": company,
        "language": voice.language,
        "voice": voice,
        "talk": talk,
        "number": voice.number.format(number=talk.number),
        "colours": colours_of(company),
        "subject": subject,
        "is_long": len(talk.lines) > _LONG,
    }
    return Rendered(
        sender=company.name,
        reply_to=reply_to,
        subject=header_line(subject, deliveries.SUBJECT_LIMIT),
        text=render_to_string("email/transcript.txt", whole).strip() + "\n",
        html=render_to_string("email/transcript.html", whole),
    )


def chat_of(delivery: Delivery) -> Chat:
    assert delivery.chat_id is not None
    chat: Chat = Chat.objects.select_related("visitor").get(pk=delivery.chat_id)
    return chat


def _talk(chat: Chat, company: Company, voice: Voice, *, visitor: str, is_known: bool) -> LetterTalk:
    """The facts for one reader.

    Args:
        is_known: the reader said that the address is theirs, or is the company. Else nothing a visitor chose can be a
            link.
    """
    zone = ZoneInfo(company.zone)
    start = chat.opened_at.astimezone(zone)
    end = (chat.closed_at or chat.opened_at).astimezone(zone)
    kinds = (Message.Kind.TEXT, Message.Kind.AUTO)
    rows = list(Message.objects.filter(chat=chat, kind__in=kinds).order_by("seq"))
    theirs = [row for row in rows if row.side == "visitor"]
    title, name, url = chat.page_title, chat.visitor.name, links.page_url(chat)
    before = [title, name, url, *(row.body for row in theirs)]
    if not is_known:
        title, name, url = break_links(title), break_links(name), ""
        for row in theirs:
            row.body = break_links(row.body)
    return LetterTalk(
        number=chat.number,
        name=header_line(name, _NAME_LIMIT),
        page_title=header_line(title, 150),
        page_url=url,
        day=day_words(start, voice, voice.short_day),
        long_day=day_words(start, voice, voice.long_day),
        start=f"{start:%H:%M}",
        end=f"{end:%H:%M}",
        who=_names(rows, voice),
        lines=[_line(row, company, voice, visitor, start, zone) for row in rows],
        is_broken=before != [title, name, url, *(row.body for row in theirs)],
    )


def _line(row: Message, company: Company, voice: Voice, visitor: str, start: datetime, zone: ZoneInfo) -> LetterLine:
    at = row.created_at.astimezone(zone)
    time = f"{at:%H:%M}" if at.date() == start.date() else day_words(at, voice, f"{voice.short_day} H:i")
    body = plain_words(row.body)
    is_ours = row.kind == Message.Kind.AUTO or row.side == "operator"
    if row.kind == Message.Kind.AUTO:
        who = voice.automatic.format(company=company.name)
    elif is_ours:
        who = voice.operator.format(name=header_line(row.author_name), company=company.name)
    else:
        who = visitor
    # A visitor's text never becomes a link: somebody could mail a link of theirs in a company's name.
    pieces = list(split_links(body)) if is_ours else [(body, "")]
    return LetterLine(time=time, who=who, is_ours=is_ours, body=body, pieces=pieces)


def _names(rows: Iterable[Message], voice: Voice) -> str:
    """Return the names of those who answered, in order of appearance, joined as people say it."""
    names = dict.fromkeys(
        header_line(row.author_name)
        for row in rows
        if row.kind == Message.Kind.TEXT and row.side == "operator" and row.author_name
    )
    *first, last = [*names] or [""]
    return voice.joined.format(first=", ".join(first), last=last) if first else last


def day_words(at: datetime, voice: Voice, form: str) -> str:
    with translation.override(voice.language):
        return formats.date_format(at, form)


def answers_to(company: Company) -> str:
    return company.reply_email or company.question_email


def _address_of(chat: Chat) -> str:
    asked = TranscriptRequest.objects.filter(chat=chat).order_by("-created_at").first()
    return asked.recipient if asked is not None else str(chat.visitor.email)


def _outcome_of(chat: Chat) -> str:
    outcome = ChatRecord.objects.filter(pk=chat.pk).values_list("outcome", flat=True).first()
    return outcome or "unset"


def colours_of(company: Company) -> dict[str, dict[str, str]]:
    """Return the company's colours, light and dark, computed from its brand where none are stored."""
    brand = company.brand if is_hex(company.brand) else "#0c5b5e"
    return {
        theme: {**palette(brand, dark=theme == "dark"), **_safe(company.palette.get(theme))}
        for theme in ("light", "dark")
    }


def _safe(stored: object) -> dict[str, str]:
    pairs = stored.items() if isinstance(stored, dict) else ()
    return {name: colour for name, colour in pairs if isinstance(colour, str) and is_hex(colour)}
