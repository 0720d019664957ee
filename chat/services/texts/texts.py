"""The texts in force, and publishing the first ones of a company."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min, Q

from chat.domain import events
from chat.domain.targeting import Greeting, Match, PageVisit, choose_greeting, list_matches, rules_in
from chat.domain.texts.greeting import default_greeting
from chat.domain.texts.in_force import Dated, in_force, next_change
from chat.models import Text
from tenants import clock
from tenants.context import in_company
from tenants.models import Company

# Kinds that consoles hold. Greetings reach visitors through the widget's config.
IN_CONSOLES = frozenset({Text.Kind.SCRIPT, Text.Kind.CANNED, Text.Kind.INSTRUCTION, Text.Kind.NOTICE})
_BY_TEXT = ("kind", "key", "language", "-version")


@dataclass(frozen=True, slots=True)
class Found:
    """A greeting that fits a page, and by what."""

    text: Text
    match: Match


@dataclass(frozen=True, slots=True)
class Greetings:
    """The greetings in force in a language, and when that changes next by itself."""

    texts: list[Text]
    changes_at: datetime | None


def list_texts(*kinds: str, now: datetime | None = None) -> list[Text]:
    """The texts in force of these kinds: of each key and language the highest version published by now."""
    now = now or clock.now()
    rows = Text.objects.filter(_holds(now), kind__in=kinds).order_by(*_BY_TEXT).distinct(*_BY_TEXT[:3])
    return [row for row in rows if row.until is None or row.until > now]


def company_texts(company: Company) -> list[events.WireText]:
    """A company's script, canned replies, instruction and notices in force."""
    with in_company(company):
        rows = list_texts(*IN_CONSOLES)
    return [
        events.WireText(
            id=row.pk,
            kind=str(row.kind),
            key=row.key,
            language=row.language,
            version=row.version,
            title=row.title,
            body=row.body,
            data=row.data if row.until is None else {**row.data, "until": row.until.isoformat()},
        )
        for row in rows
    ]


def list_instructions_read(*, major: int, at: datetime) -> list[Text]:
    """The instruction in each language as it was in force for whoever read it at `at`.

    Args:
        major: the version of the company that they read. One published while they read isn't theirs yet, so of the
            texts that were there at that moment those from a higher version on are left out.
    """
    rows = Text.objects.filter(kind=Text.Kind.INSTRUCTION)
    raised = rows.filter(major__gt=major).aggregate(at=Min("published_at"))["at"]
    there = rows.filter(_holds(at))
    if raised is not None:
        there = there.filter(published_at__lt=raised)
    return list(there.order_by("language", "-version").distinct("language"))


def list_greetings(language: str, now: datetime | None = None) -> list[Text]:
    """The greetings in force in a language."""
    return find_greetings(language, now or clock.now()).texts


def find_greetings(language: str, now: datetime) -> Greetings:
    """The greetings in force in a language, in one query. A notice that greets stands in the place of all."""
    kinds = (Text.Kind.GREETING, Text.Kind.NOTICE)
    own = Text.objects.filter(kind__in=kinds, language=language)
    newest = own.filter(_holds(now)).order_by(*_BY_TEXT).distinct(*_BY_TEXT[:3]).values("pk")
    coming = Q(published_at__gt=now, withdrawn_at__isnull=True)
    rows = {_dated(row): row for row in own.filter(coming | Q(pk__in=newest)).order_by(*_BY_TEXT)}
    texts = [rows[one] for one in in_force(rows, now).values()]
    texts = [text for text in texts if text.kind == Text.Kind.GREETING or text.data.get("greets")]
    notices = [text for text in texts if text.kind == Text.Kind.NOTICE]
    if notices:
        texts = [max(notices, key=lambda text: (text.published_at, text.key))]
    return Greetings(texts, next_change(rows, now))


def pick_greeting(language: str, tone: str, url: str, shown: UUID | None) -> Text | None:
    """The greeting that opens a chat: the one the page showed if it is ours, else the one for this page.

    Returns:
        The default greeting, which isn't stored, only if the page showed it; None if no greeting fits.
    """
    own, body = default_greeting(language, tone)
    if shown == own:
        return Text(pk=own, kind=Text.Kind.GREETING, language=language, body=body, version=0)
    now = clock.now()
    texts = {str(text.id): text for text in list_greetings(language, now)}
    if shown is not None:
        return texts.get(str(shown)) or _find_shown(shown, now)
    chosen = choose_greeting(_as_greetings(texts.values()), PageVisit(url))
    return texts[chosen.id] if chosen else None


def greeting_row(text: Text) -> dict[str, Any]:
    """A greeting as the widget's config holds it."""
    return {"id": str(text.pk), **_rules_of(text), "body": text.body, "starts": text.data.get("starts", [])}


def list_unspoken(texts: list[Text], languages: set[str]) -> list[str]:
    """The languages of sites in which no greeting is in force, of the texts in force."""
    spoken = {text.language for text in texts if text.kind == Text.Kind.GREETING}
    return sorted(languages - spoken)


def explain_greeting(*, texts: list[Text], url: str) -> list[Found]:
    """Which of these greetings fit a page, the one its visitors see first, each with what it fits by."""
    by_id = {str(text.id): text for text in texts}
    return [Found(by_id[match.greeting.id], match) for match in list_matches(_as_greetings(texts), PageVisit(url))]


def publish_text(*, kind: str, key: str, language: str, now: datetime, author_name: str = "", **words: Any) -> Text:
    """Write the next version of a text of a company that begins, in force from now on.

    Args:
        author_name: of the agency; "" for nobody.
        words: title, body and data of the version.
    """
    last = Text.objects.filter(kind=kind, key=key, language=language).order_by("-version").first()
    return Text.objects.create(
        kind=kind,
        key=key,
        language=language,
        version=last.version + 1 if last else 1,
        edition=last.edition + 1 if last else 1,
        author_name=author_name,
        author_inside=bool(author_name),
        written_at=now,
        published_at=now,
        published_name=author_name,
        published_inside=bool(author_name),
        told_at=now,
        **words,
    )


def _holds(now: datetime) -> Q:
    """Published by now, and not withdrawn. The highest such version of a text counts, until its end."""
    return Q(published_at__lte=now) & (Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=now))


def _find_shown(shown: UUID, now: datetime) -> Text | None:
    """A greeting that a page still shows after it went out of force. A draft was never shown to a visitor."""
    greets = Q(kind=Text.Kind.GREETING) | Q(kind=Text.Kind.NOTICE, data__greets=True)
    return Text.objects.filter(greets, pk=shown, published_at__lte=now).first()


def _dated(text: Text) -> Dated:
    name = (str(text.kind), text.key, text.language)
    return Dated(name, text.version, text.published_at, text.withdrawn_at, text.until)


def _as_greetings(texts: Any) -> list[Greeting]:
    return [Greeting(str(text.id), _rules_of(text), text.body) for text in texts]


def _rules_of(text: Text) -> dict[str, Any]:
    """The pages of a greeting. A notice greets on all of them."""
    return {"patterns": ["*"]} if text.kind == Text.Kind.NOTICE else rules_in(text.data)
