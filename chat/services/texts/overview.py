"""A company's texts as its pages list them: what holds, what is coming, and all versions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chat.domain.texts.in_force import Dated, in_force
from chat.models import Text
from chat.services.texts import drafts
from chat.services.texts.texts import list_texts
from tenants.context import in_company
from tenants.models import Company


@dataclass(frozen=True, slots=True)
class TextState:
    """How a text stands: its newest version, the one in force if any, and the draft or moment that comes next."""

    newest: Text
    holds: Text | None
    coming: Text | None

    @property
    def shown(self) -> Text:
        """The version that stands for the text: the one in force, else the coming one, else the last."""
        return self.holds or self.coming or self.newest

    @property
    def draft(self) -> Text | None:
        """The version that is written in place."""
        return self.coming if self.coming is not None and drafts.is_draft(self.coming) else None

    @property
    def scheduled(self) -> Text | None:
        """The version that waits for its moment."""
        return self.coming if self.draft is None else None


def list_states(company: Company, now: datetime) -> list[TextState]:
    """Every text of the company, also those withdrawn or over."""
    order = ("kind", "language", "key")
    with in_company(company):
        newest = list(Text.objects.order_by(*order, "-version").distinct(*order))
        holding = {_name(text): text for text in list_texts(*Text.Kind.values, now=now)}
    return [TextState(one, holding.get(_name(one)), _coming(one, now)) for one in newest]


def find_text(company: Company, text_id: UUID) -> Text | None:
    """One version of one of the company's texts, or None."""
    with in_company(company):
        return Text.objects.filter(pk=text_id).first()


def list_versions(company: Company, text: Text) -> list[Text]:
    """Every version of this text, newest first."""
    with in_company(company):
        same = Text.objects.filter(kind=text.kind, key=text.key, language=text.language)
        return list(same.order_by("-version"))


def state_of(versions: list[Text], now: datetime) -> TextState:
    """How a text stands, from all its versions, newest first."""
    rows = {Dated(_name(one), one.version, one.published_at, one.withdrawn_at, one.until): one for one in versions}
    holds = [rows[one] for one in in_force(rows, now).values()]
    return TextState(versions[0], holds[0] if holds else None, _coming(versions[0], now))


def _coming(newest: Text, now: datetime) -> Text | None:
    if drafts.is_draft(newest):
        return newest
    at = newest.published_at
    return newest if at is not None and at > now and drafts.is_scheduled(newest) else None


def _name(text: Text) -> tuple[str, str, str]:
    return str(text.kind), text.key, text.language
