"""The texts of agreements, in editions that stay: a change of words is a new edition, in a file of its own."""

from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from billing.domain.agreement_text import Facts, Passage, fill
from billing.models import Acceptance

Kind = Acceptance.Kind
# The day of each edition, the first one first. Texts: templates/documents/agreements/<kind>-<edition>.<language>.txt
EDITIONS: dict[str, tuple[date, ...]] = {
    Kind.PROCESSING: (date(2026, 11, 30),),
    Kind.PRICE: (date(2026, 11, 30),),
}


def newest(kind: str) -> int:
    """Return the number of the newest edition."""
    return len(EDITIONS[kind])


def agreement(kind: str, edition: int, facts: Facts) -> list[Passage]:
    """Return the text of an edition in the language of the page, with its facts and its own day filled in."""
    day = date_format(EDITIONS[kind][edition - 1], "j F Y")
    return fill(_source(kind, edition, language()), {**facts, "edition_day": day})


def day_of(kind: str, edition: int) -> datetime:
    """Return when an edition was made, for a document that nobody accepted yet."""
    return datetime.combine(EDITIONS[kind][edition - 1], time(), tzinfo=UTC)


def language() -> str:
    """Return the language of the page, of the two in which agreements are."""
    return "nl" if (translation.get_language() or "nl").startswith("nl") else "en"


def document_facts(title: str, foot: str, blocks: list[Passage]) -> dict[str, Any]:
    """Return all that the document is typeset from, but for who accepted it."""
    return {
        "title": title,
        "author": settings.AGENCY_NAME,
        "language": language(),
        "foot": foot,
        "blocks": [[block.kind, [list(cells) for cells in block.lines]] for block in blocks],
        "accepted": [],
    }


@cache
def _source(kind: str, edition: int, language: str) -> str:
    folder = settings.BASE_DIR / "templates" / "documents" / "agreements"
    return str((folder / f"{kind}-{edition}.{language}.txt").read_text())
