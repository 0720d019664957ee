"""The texts in force, and publishing a new version of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Min

from chat.domain import events
from chat.domain.targeting import Greeting, Match, PageVisit, choose_greeting, list_matches, rules_in
from chat.domain.texts.greeting import default_greeting
from chat.models import Text
from tenants.context import in_company
from tenants.models import Company


class Outdated(Exception):
    """Raised where somebody published another version since the writer began. `current` is the newest."""

    def __init__(self, current: Text | None) -> None:
        super().__init__(str(current))
        self.current = current


@dataclass(frozen=True, slots=True)
class Found:
    """A greeting that fits a page, and by what."""

    text: Text
    match: Match


def list_texts(*kinds: str) -> list[Text]:
    """The texts in force of these kinds: of each key and language the highest published version."""
    rows = Text.objects.filter(kind__in=kinds, published_at__isnull=False, withdrawn_at__isnull=True).order_by(
        "kind", "key", "language", "-version"
    )
    return list(rows.distinct("kind", "key", "language"))


def company_texts(company: Company) -> list[events.WireText]:
    """A company's script, canned replies and instruction in force."""
    with in_company(company):
        rows = list_texts(Text.Kind.SCRIPT, Text.Kind.CANNED, Text.Kind.INSTRUCTION)
    return [
        events.WireText(
            id=row.pk,
            kind=str(row.kind),
            key=row.key,
            language=row.language,
            version=row.version,
            title=row.title,
            body=row.body,
            data=row.data,
        )
        for row in rows
    ]


def list_newest() -> list[Text]:
    """List the newest version of each text, also of those withdrawn, with bodies no longer than a line shows."""
    rows = Text.objects.filter(published_at__isnull=False)
    ordered = rows.order_by("kind", "language", "key", "-version")
    return list(ordered.distinct("kind", "language", "key"))


def list_versions(text: Text) -> list[Text]:
    """Every version of this text, newest first."""
    same = Text.objects.filter(kind=text.kind, key=text.key, language=text.language)
    return list(same.order_by("-version"))


def list_instructions_read(*, major: int, at: datetime) -> list[Text]:
    """The instruction in each language as it was in force for whoever read it at `at`.

    Args:
        major: the version of the company that they read. One published while they read isn't theirs yet, so of the
            texts that were there at that moment those from a higher version on are left out.
    """
    rows = Text.objects.filter(kind=Text.Kind.INSTRUCTION)
    raised = rows.filter(data__major__gt=major).aggregate(at=Min("published_at"))["at"]
    there = rows.filter(published_at__lte=at).exclude(withdrawn_at__lte=at)
    if raised is not None:
        there = there.filter(published_at__lt=raised)
    return list(there.order_by("language", "-version").distinct("language"))


def list_greetings(language: str) -> list[Text]:
    """The greetings in force in a language."""
    return [text for text in list_texts(Text.Kind.GREETING) if text.language == language]


def pick_greeting(language: str, tone: str, url: str, shown: UUID | None) -> Text | None:
    """The greeting that opens a chat: the one the page showed if it is ours, else the one for this page.

    Returns:
        The default greeting, which isn't stored, only if the page showed it; None if no greeting fits.
    """
    own, body = default_greeting(language, tone)
    if shown == own:
        return Text(pk=own, kind=Text.Kind.GREETING, language=language, body=body, version=0)
    texts = {str(text.id): text for text in list_greetings(language)}
    if shown is not None:
        found = texts.get(str(shown))
        return found or Text.objects.filter(pk=shown, kind=Text.Kind.GREETING).first()
    chosen = choose_greeting(_as_greetings(texts.values()), PageVisit(url))
    return texts[chosen.id] if chosen else None


def list_unspoken(texts: list[Text], languages: set[str]) -> list[str]:
    """The languages of sites in which no greeting is in force, of the texts given."""
    spoken = {t.language for t in texts if t.kind == Text.Kind.GREETING and not t.withdrawn_at}
    return sorted(languages - spoken)


def explain_greeting(*, texts: list[Text], url: str) -> list[Found]:
    """Which of these greetings fit a page, the one its visitors see first, each with what it fits by."""
    by_id = {str(text.id): text for text in texts}
    return [Found(by_id[match.greeting.id], match) for match in list_matches(_as_greetings(texts), PageVisit(url))]


@transaction.atomic
def publish_text(
    *,
    kind: str,
    key: str,
    language: str,
    now: datetime,
    author_name: str = "",
    expected: int | None = None,
    **words: Any,
) -> Text:
    """Write and publish the next version of a text.

    Args:
        expected: the version the writer began from (0: a text that isn't there or was withdrawn); None: whatever is.
        words: title, body and data of the version.

    Raises:
        Outdated: the newest version isn't the expected one; nothing was written.
    """
    versions = Text.objects.filter(kind=kind, key=key, language=language).order_by("-version")
    last = versions.select_for_update().first()
    if expected is not None and not _is_expected(last, expected):
        raise Outdated(last)
    try:
        with transaction.atomic():
            return Text.objects.create(
                kind=kind,
                key=key,
                language=language,
                version=last.version + 1 if last else 1,
                published_at=now,
                author_name=author_name,
                **words,
            )
    except IntegrityError:
        # Two wrote at once, and the other was first.
        raise Outdated(versions.first()) from None


def withdraw_text(text: Text, *, now: datetime) -> int:
    """Take every version of a text out of force. Returns how many weren't yet. Publishing another brings it back."""
    same = Text.objects.filter(kind=text.kind, key=text.key, language=text.language)
    return same.filter(withdrawn_at__isnull=True).update(withdrawn_at=now)


def _is_expected(last: Text | None, expected: int) -> bool:
    if expected == 0:
        return last is None or last.withdrawn_at is not None
    return last is not None and last.version == expected


def _as_greetings(texts: Any) -> list[Greeting]:
    return [Greeting(str(text.id), rules_in(text.data), text.body) for text in texts]
