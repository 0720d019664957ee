"""The texts in force, and publishing a new version of one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from chat.domain.targeting import Greeting, choose_greeting
from chat.models import Text


def list_texts(*kinds: str) -> list[Text]:
    """The texts in force of these kinds: of each key and language the highest published version."""
    rows = Text.objects.filter(
        kind__in=kinds, published_at__isnull=False, withdrawn_at__isnull=True
    ).order_by("kind", "key", "language", "-version")
    return list(rows.distinct("kind", "key", "language"))


def list_greetings(language: str) -> list[Text]:
    """The greetings in force in a language."""
    return [text for text in list_texts(Text.Kind.GREETING) if text.language == language]


def pick_greeting(*, language: str, url: str, shown: UUID | None) -> Text | None:
    """The greeting that opens a chat: the one the page showed if it is ours, else the one for this page."""
    texts = {str(text.id): text for text in list_greetings(language)}
    if shown is not None:
        found = texts.get(str(shown))
        return found or Text.objects.filter(pk=shown, kind=Text.Kind.GREETING).first()
    chosen = choose_greeting(
        [
            Greeting(key, tuple(text.data.get("patterns", ["*"])), text.body)
            for key, text in texts.items()
        ],
        url,
    )
    return texts[chosen.id] if chosen else None


@transaction.atomic
def publish_text(
    *, kind: str, key: str, language: str, now: datetime, author_name: str = "", **words: Any
) -> Text:
    """Write and publish the next version of a text.

    Args:
        words: title, body and data of the version.
    """
    last = (
        Text.objects.select_for_update()
        .filter(kind=kind, key=key, language=language)
        .order_by("-version")
        .first()
    )
    return Text.objects.create(
        kind=kind,
        key=key,
        language=language,
        version=last.version + 1 if last else 1,
        published_at=now,
        author_name=author_name,
        **words,
    )
