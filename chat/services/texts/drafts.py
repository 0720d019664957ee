"""Drafts of a company's texts: written in place, approved by the company, put away."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from agency.models import User
from agency.services.audit import Subject, note_change
from chat.domain.texts.wording import SINGLE
from chat.models import Text
from chat.services.texts.force import name_of, take_force_if_due
from tenants.context import in_company
from tenants.models import Company


class Outdated(Exception):
    """Raised where something was done to the text since the writer began. `current` is its newest version."""

    def __init__(self, current: Text | None) -> None:
        super().__init__(str(current))
        self.current = current


class Taken(Exception):
    """Raised where there is a text of this kind and key already, or one of a kind that is there once, in this
    language.
    `text` is it.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


@dataclass(frozen=True, slots=True)
class TextAuthor:
    """Somebody who writes a company's texts: of the agency (`inside`), or an owner or editor of the company's own."""

    user: User
    inside: bool = True


@dataclass(frozen=True, slots=True)
class NewText:
    """A text that isn't there yet.

    `words`: title, body and data, of a notice `until` too. `key`: a canned reply's shortcut; others get one from their
    title.
    """

    kind: str
    language: str
    words: dict[str, Any]
    key: str = ""


@dataclass(frozen=True, slots=True)
class NewVersion:
    """The next words of a text, and `expected`, the edition of the text that their writer began from.

    `major`: of an instruction: every operator must be certified anew, with a week's grace.
    """

    words: dict[str, Any]
    expected: int
    major: bool = False


@transaction.atomic
def add_draft(*, company: Company, new: NewText, by: TextAuthor, now: datetime, is_change: bool = True) -> Text:
    """Write the first draft of a text that isn't there yet, or is withdrawn.

    Args:
        is_change: False where it is published at once, which the log tells.

    Raises:
        Taken: it is there.
    """
    kind, language = new.kind, new.language
    with in_company(company):
        own = list(Text.objects.filter(kind=kind, language=language, withdrawn_at__isnull=True).order_by("-version"))
        key = new.key.lower() or key_for(kind, new.words["title"], {text.key for text in own})
        same = [text for text in own if (kind in SINGLE or text.key == key) and not _is_over(text, now)]
        if same:
            raise Taken(same[0])
        last = _lock_last(Text(kind=kind, key=key, language=language))
        try:
            made = _next_draft(last, Text(kind=kind, key=key, language=language), new.words, by, now)
        except Outdated as problem:
            raise (Taken(problem.current) if problem.current else problem) from None
    if is_change:
        note(company, made, "text.drafted", by, now)
    return made


@transaction.atomic
def change_draft(
    *, company: Company, text: Text, new: NewVersion, by: TextAuthor, now: datetime, is_change: bool = True
) -> Text:
    """Write the next version of a text, or write on in its draft. What was approved must be approved again.

    Args:
        is_change: False where it is published at once, which the log tells.

    Raises:
        Outdated: something was done to the text meanwhile, or its next version waits for its moment.
    """
    words = {**new.words, "raises": new.major and text.kind == Text.Kind.INSTRUCTION}
    with in_company(company):
        last = _lock_last(text)
        take_force_if_due(company, last, now)
        if last is None or last.edition != new.expected or is_scheduled(last):
            raise Outdated(last)
        made = _write_on(last, words, by, now) if is_draft(last) else _next_draft(last, text, words, by, now)
    if is_change:
        note(company, made, "text.drafted", by, now)
    return made


@transaction.atomic
def approve(*, company: Company, text: Text, expected: int, by: User, now: datetime) -> Text:
    """Approve a draft in the name of the company, as it was when its page was read.

    Raises:
        Outdated: something was done to it meanwhile.
    """
    draft = lock_draft(company, text, expected, now)
    if draft.approved_at is None:
        draft.approved_at, draft.approved_name, draft.edition = now, by.name, draft.edition + 1
        with in_company(company):
            draft.save(update_fields=["approved_at", "approved_name", "edition"])
        note(company, draft, "text.approved", TextAuthor(by, inside=False), now)
    return draft


@transaction.atomic
def put_away(*, company: Company, text: Text, expected: int, by: TextAuthor, now: datetime) -> Text:
    """Put a draft away. It stays among the versions, from where it can be taken up again.

    Raises:
        Outdated: something was done to it meanwhile.
    """
    draft = lock_draft(company, text, expected, now)
    draft.withdrawn_at, draft.edition = now, draft.edition + 1
    with in_company(company):
        draft.save(update_fields=["withdrawn_at", "edition"])
    note(company, draft, "text.put_away", by, now)
    return draft


def lock_draft(company: Company, text: Text, expected: int, now: datetime) -> Text:
    """Hold a draft in the running transaction as it was when its page was read.

    Raises:
        Outdated: something was done to it meanwhile, or it is none.
    """
    with in_company(company):
        last = _lock_last(text)
        take_force_if_due(company, last, now)
    if last is None or last.pk != text.pk or last.edition != expected or not is_draft(last):
        raise Outdated(last)
    return last


def is_draft(text: Text) -> bool:
    """Whether a version can still be written in place."""
    return text.published_at is None and text.withdrawn_at is None


def is_scheduled(text: Text) -> bool:
    """Whether a version waits for its moment."""
    return text.published_at is not None and text.told_at is None and text.withdrawn_at is None


def note(company: Company, text: Text, action: str, by: TextAuthor, now: datetime, **more: Any) -> None:
    """Write in the log what was done to a version."""
    changes = {"kind": (None, str(text.kind)), "version": (None, text.version), **more}
    about = Subject(text, name_of(text))
    note_change(actor=by.user, action=action, now=now, company=company, about=about, changes=changes)


def _is_over(text: Text, now: datetime) -> bool:
    """Whether this was a notice whose end has come."""
    return text.until is not None and text.told_at is not None and text.until <= now


def _lock_last(text: Text) -> Text | None:
    same = Text.objects.filter(kind=text.kind, key=text.key, language=text.language)
    return same.order_by("-version").select_for_update().first()


def _next_draft(last: Text | None, of: Text, words: dict[str, Any], by: TextAuthor, now: datetime) -> Text:
    made = Text(kind=of.kind, key=of.key, language=of.language, **words)
    made.version = last.version + 1 if last else 1
    made.edition = last.edition + 1 if last else 1
    _sign(made, by, now)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        # Two wrote at once, and the other was first.
        raise Outdated(_lock_last(of)) from None
    return made


def _write_on(draft: Text, words: dict[str, Any], by: TextAuthor, now: datetime) -> Text:
    for name, value in words.items():
        setattr(draft, name, value)
    draft.edition += 1
    draft.approved_at, draft.approved_name = None, ""
    _sign(draft, by, now)
    draft.save()
    return draft


def _sign(text: Text, by: TextAuthor, now: datetime) -> None:
    text.author_name, text.author_inside, text.written_at = by.user.name, by.inside, now


def key_for(kind: str, title: str, taken: set[str]) -> str:
    """Return the key of a text without a shortcut: its kind where there is one alone, else a free one of its title."""
    if kind in SINGLE:
        return kind
    stem = slugify(title)[:36] or kind
    free = (stem if n == 1 else f"{stem}-{n}" for n in range(1, len(taken) + 2))
    return next(key for key in free if key not in taken)
