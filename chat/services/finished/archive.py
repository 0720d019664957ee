"""Finished chats of one company: the list with its filters and its search. Unfinished ones are nobody's to read here.

The list runs over the agency's records, which carry every fact it filters by; words are looked up in the company's own
schema by one subquery. A page costs the same few queries however many chats there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from agency.domain.hours.periods import day_bounds
from agency.domain.promise import sla
from agency.models import ChatRecord, Operator, RecordEvent
from agency.services.spam import is_spam, list_marks, spam_of
from agency.services.verdict import NUMBERS, in_base, verdict_number, verdict_of
from chat.domain.lifecycle import Outcome
from chat.models import Chat, Message, Rating
from chat.services.finished.search import has_words
from tenants.context import in_company
from tenants.models import Company, Site

PAGE = 50
# Counting further would cost more than the number is worth to a reader.
COUNTED = 10_000
FIRST_WORDS = 120


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters of a list of finished chats. An empty field filters nothing. Days are local days of arrival."""

    words: str = ""
    since: date | None = None
    until: date | None = None
    site_id: UUID | None = None
    outcome: str = ""
    verdict: str = ""
    rating: str = ""
    operator_id: UUID | None = None

    @property
    def narrow(self) -> bool:
        """Whether anything is asked for."""
        return self != Filters()


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """One finished chat as a list shows it."""

    chat_id: UUID
    number: int
    name: str
    first_words: str
    site: str
    operator: str
    arrived_at: datetime
    closed_at: datetime
    outcome: str
    settled: bool
    spam: bool
    in_hours: bool
    verdict: sla.Verdict
    waited: float | None
    good: bool | None


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A page of the list. `newer` and `older` are the chats beside which the neighbouring pages begin, if there are
    any.
    """

    lines: tuple[ArchiveLine, ...]
    count: int
    newer: UUID | None
    older: UUID | None

    @property
    def counted(self) -> bool:
        """True if `count` is the whole number, false if there are more."""
        return self.count <= COUNTED


def find_chats(
    *,
    company: Company,
    filters: Filters,
    before: UUID | None = None,
    after: UUID | None = None,
    size: int = PAGE,
) -> ArchivePage:
    """A page of the company's finished chats, newest arrival first.

    Args:
        before: show what arrived before this chat; one that isn't the company's is as none.
        after: show what arrived just after it.
        size: chats a page.
    """
    with in_company(company):
        chats = select(company, filters)
        count = chats[: COUNTED + 1].count()
        records, newer, older = _cut(chats, company, before=before, after=after, size=size)
        lines = tuple(_lines(records))
    return ArchivePage(
        lines,
        count,
        records[0].pk if newer and records else None,
        records[-1].pk if older and records else None,
    )


def select(company: Company, filters: Filters) -> QuerySet[ChatRecord]:
    """The records behind the list, unordered. To be read inside the company."""
    chats = ChatRecord.objects.filter(company=company)
    if filters.since:
        chats = chats.filter(arrived_at__gte=day_bounds(filters.since, company.zone)[0])
    if filters.until:
        chats = chats.filter(arrived_at__lt=day_bounds(filters.until, company.zone)[1])
    if filters.site_id:
        chats = chats.filter(site_id=filters.site_id)
    if filters.operator_id:
        chats = chats.filter(operator=filters.operator_id)
    if filters.outcome:
        chats = chats.filter(_has_outcome(company, filters.outcome))
    if filters.verdict:
        chats = chats.alias(verdict=verdict_number()).filter(VERDICTS[filters.verdict] & ~spam_of(company))
    if filters.rating:
        # Of spam no rating counts, in no report either.
        chats = chats.filter(_RATINGS[filters.rating] & ~spam_of(company))
    if filters.words:
        chats = chats.filter(has_words(company, filters.words))
    return chats


def first_arrival(company: Company) -> datetime | None:
    """When the company's first finished chat arrived."""
    own = ChatRecord.objects.filter(company=company).order_by("arrived_at")
    return own.values_list("arrived_at", flat=True).first()


def list_operators(company: Company) -> list[Operator]:
    """Everybody who ever had a finished chat of this company, by the name that visitors saw."""
    own = ChatRecord.objects.filter(company=company, operator=OuterRef("pk"))
    return list(Operator.objects.filter(Exists(own)).order_by("public_name", "pk"))


def _cut(
    chats: QuerySet[ChatRecord],
    company: Company,
    *,
    before: UUID | None,
    after: UUID | None,
    size: int,
) -> tuple[list[ChatRecord], bool, bool]:
    """One page by its neighbour's key, and whether there are newer and older ones."""
    edge_id = before or after
    edge = ChatRecord.objects.filter(company=company, pk=edge_id).first() if edge_id else None
    if edge is None:
        records = list(_newest_first(chats)[: size + 1])
        return records[:size], False, len(records) > size
    same = Q(arrived_at=edge.arrived_at)
    if before:
        chats = chats.filter(Q(arrived_at__lt=edge.arrived_at) | same & Q(pk__lt=edge.pk))
        records = list(_newest_first(chats)[: size + 1])
        return records[:size], True, len(records) > size
    chats = chats.filter(Q(arrived_at__gt=edge.arrived_at) | same & Q(pk__gt=edge.pk))
    records = list(chats.select_related("operator").order_by("arrived_at", "pk")[: size + 1])
    return records[:size][::-1], len(records) > size, True


def _newest_first(chats: QuerySet[ChatRecord]) -> QuerySet[ChatRecord]:
    return chats.select_related("operator").order_by("-arrived_at", "-pk")


def _lines(records: Sequence[ChatRecord]) -> Iterable[ArchiveLine]:
    ids = [record.pk for record in records]
    names = dict(Chat.objects.filter(pk__in=ids).values_list("pk", "visitor__name"))
    first = dict(
        Message.objects.filter(chat__in=ids, kind=Message.Kind.TEXT, side="visitor")
        .order_by("chat", "seq")
        .distinct("chat")
        .values_list("chat", Left("body", FIRST_WORDS))
    )
    rated = dict(Rating.objects.filter(chat__in=ids).values_list("chat", "good"))
    marks = list_marks(ids)
    sites = dict(Site.objects.filter(pk__in={record.site_id for record in records}).values_list("pk", "name"))
    for record in records:
        yield ArchiveLine(
            chat_id=record.pk,
            number=record.number,
            name=names.get(record.pk, ""),
            first_words=" ".join(first.get(record.pk, "").split()),
            site=sites.get(record.site_id, ""),
            operator=record.operator.public_name if record.operator else "",
            arrived_at=record.arrived_at,
            closed_at=record.closed_at,
            outcome=record.outcome,
            settled=record.settled_at is not None,
            spam=is_spam(record.outcome, marks.get(record.pk)),
            in_hours=record.in_hours,
            verdict=verdict_of(record),
            waited=sla.first_response_seconds(record.arrived_at, record.first_human_at),
            good=rated.get(record.pk),
        )


def _is(*verdicts: sla.Verdict) -> Q:
    return Q(in_hours=True, verdict__in=[NUMBERS[verdict] for verdict in verdicts])


# As the reports count: in hours, without spam. `unanswered` is their "missed".
VERDICTS: dict[str, Q] = {
    "offered": Q(in_hours=True),
    "base": Q(in_base(), in_hours=True),
    "answered": _is(*sla.ANSWERED),
    "unanswered": _is(*sla.UNANSWERED),
    "outside_hours": Q(in_hours=False),
    **{str(verdict): _is(verdict) for verdict in sla.Verdict},
}


def _rated(*values: int) -> Exists:
    events = RecordEvent.objects.filter(record=OuterRef("pk"), kind=RecordEvent.Kind.RATING)
    return Exists(events.filter(value__in=values))


_RATINGS: dict[str, Any] = {
    "any": _rated(0, 1),
    "good": _rated(1),
    "bad": _rated(0),
    "none": ~_rated(0, 1),
}
RATINGS = tuple(_RATINGS)


def _has_outcome(company: Company, outcome: str) -> Q:
    if outcome == Outcome.SPAM:
        return spam_of(company)
    return Q(outcome=outcome) & ~spam_of(company)
