"""A manager's changes to a company's texts: written, logged, and told to the consoles that use them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from agency.live.switchboard import send_on_commit
from agency.models import Seat, User
from agency.services.audit import Subject, note_change
from agency.services.certification.certify import note_instruction, raise_major
from chat.domain import events
from chat.domain.texts.wording import SINGLE
from chat.models import Text
from chat.services.texts import texts
from chat.services.texts.receipts import tell_raised
from chat.services.texts.texts import company_texts
from tenants.context import in_company
from tenants.models import Company

# Kinds that consoles hold. Greetings and invitations reach visitors through the widget's config, within 30 s.
_IN_CONSOLES = frozenset({Text.Kind.SCRIPT, Text.Kind.CANNED, Text.Kind.INSTRUCTION})


class Taken(Exception):
    """Raised where there is a text of this kind and key already, or one of a kind that is there once, in this
    language.
    `text` is it.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True, slots=True)
class NewText:
    """A text that isn't there yet.

    `words`: title, body and data. `key`: a canned reply's shortcut; others get one from their title.
    """

    kind: str
    language: str
    words: dict[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The next version of a text: title, body and data, and `expected`, the version that its writer began from.

    `major`: of an instruction: every operator must be certified anew, with a week's grace.
    """

    words: dict[str, Any]
    expected: int
    major: bool = False


def find_text(company: Company, text_id: UUID) -> Text | None:
    """One version of one of the company's texts, or None."""
    with in_company(company):
        return Text.objects.filter(pk=text_id, published_at__isnull=False).first()


@transaction.atomic
def add_text(*, company: Company, new: NewText, by: User, now: datetime) -> Text:
    """Publish a text that isn't there yet, or is withdrawn.

    Raises:
        Taken: it is there.
    """
    kind, language = new.kind, new.language
    with in_company(company):
        own = [text for text in texts.list_texts(kind) if text.language == language]
        key = new.key.lower() or _key_for(kind, new.words["title"], {text.key for text in own})
        same = [text for text in own if kind in SINGLE or text.key == key]
        if same:
            raise Taken(same[0])
        try:
            made = texts.publish_text(
                kind=kind,
                key=key,
                language=language,
                now=now,
                author_name=by.name,
                expected=0,
                **new.words,
            )
        except texts.Outdated as problem:
            if problem.current is None:
                raise
            raise Taken(problem.current) from None
    _note(company, made, None, by, now)
    return made


@transaction.atomic
def change_text(*, company: Company, text: Text, new: NewVersion, by: User, now: datetime) -> Text:
    """Publish the next version of a text.

    Raises:
        Outdated: another version was published meanwhile.
    """
    words = new.words
    raises = new.major and text.kind == Text.Kind.INSTRUCTION
    if raises:
        number = raise_major(company, by=by, now=now)
        words = {**words, "data": {**words.get("data", {}), "major": number}}
    with in_company(company):
        made = texts.publish_text(
            kind=text.kind,
            key=text.key,
            language=text.language,
            now=now,
            author_name=by.name,
            expected=new.expected,
            **words,
        )
    _note(company, made, text, by, now)
    if raises:
        tell_raised(company, now=now)
    return made


@transaction.atomic
def withdraw(*, company: Company, text: Text, by: User, now: datetime) -> bool:
    """Take a text out of force. False if it was out already."""
    with in_company(company):
        gone = texts.withdraw_text(text, now=now)
    if gone:
        note_change(
            actor=by,
            action="text.withdrawn",
            now=now,
            company=company,
            about=Subject(text, name_of(text)),
        )
        if text.kind == Text.Kind.INSTRUCTION and not _has_instruction(company):
            note_instruction(company, None)
        _tell(company, text.kind)
    return bool(gone)


def name_of(text: Text) -> str:
    """A text as people call it: its title, or its key."""
    return f"{text.title or text.key} ({text.language})"


def _note(company: Company, made: Text, before: Text | None, by: User, now: datetime) -> None:
    changes: dict[str, tuple[Any, Any]] = {
        "kind": (None, str(made.kind)),
        "version": (before.version if before else None, made.version),
    }
    note_change(
        actor=by,
        action="text.published",
        now=now,
        company=company,
        about=Subject(made, name_of(made)),
        changes=changes,
    )
    if made.kind == Text.Kind.INSTRUCTION:
        note_instruction(company, now)
    _tell(company, made.kind)


def _has_instruction(company: Company) -> bool:
    with in_company(company):
        return bool(texts.list_texts(Text.Kind.INSTRUCTION))


def _tell(company: Company, kind: str) -> None:
    """Give every console that may show this company's texts the new ones."""
    if kind not in _IN_CONSOLES:
        return
    knows = Q(operator__certifications__company=company)
    holds = Q(operator__held_entries__company=company)
    ids = Seat.objects.filter(knows | holds).values_list("operator_id", flat=True).distinct()
    event = events.encode(events.Texts(company.pk, company_texts(company)))
    send_on_commit([(f"u:{operator_id}", event) for operator_id in ids])


def _key_for(kind: str, title: str, taken: set[str]) -> str:
    if kind in SINGLE:
        return kind
    stem = slugify(title)[:36] or kind
    free = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(key for key in free if key not in taken)
