"""Finished chats of one company: the list with its filters and its search. Unfinished ones are nobody's to read here.

The list runs over the agency's records, which carry every fact it filters by; words are looked up in the company's own
schema by one subquery. A page costs the same few queries however many chats there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Left

from agency.domain.hours.periods import day_bounds
from agency.domain.promise import sla
from agency.models import ChatRecord, Operator, RecordEvent
from agency.services.records import spam_of
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
    """What a list of finished chats is narrowed to; an empty field narrows nothing. Days are local days of arrival."""

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
        """Whether `count` is the whole number; else there are more."""
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
        found = select(company, filters)
        count = found[: COUNTED + 1].count()
        records, newer, older = _cut(found, company, before=before, after=after, size=size)
        lines = tuple(_lines(records))
    return ArchivePage(
        lines,
        count,
        records[0].pk if newer and records else None,
        records[-1].pk if older and records else None,
    )


def select(company: Company, filters: Filters) -> QuerySet[ChatRecord]:
    """The records behind the list, unordered. To be read inside the company."""
    found = ChatRecord.objects.filter(company=company)
    if filters.since:
        found = found.filter(arrived_at__gte=day_bounds(filters.since, company.zone)[0])
    if filters.until:
        found = found.filter(arrived_at__lt=day_bounds(filters.until, company.zone)[1])
    if filters.site_id:
        found = found.filter(site_id=filters.site_id)
    if filters.operator_id:
        found = found.filter(operator=filters.operator_id)
    if filters.outcome:
        found = found.filter(_has_outcome(company, filters.outcome))
    if filters.verdict:
        found = found.filter(VERDICTS[filters.verdict] & ~spam_of(company))
    if filters.rating:
        # Of spam no rating counts, in no report either.
        found = found.filter(_RATINGS[filters.rating] & ~spam_of(company))
    if filters.words:
        found = found.filter(has_words(company, filters.words))
    return found


def first_arrival(company: Company) -> datetime | None:
    """When the company's first finished chat arrived."""
    own = ChatRecord.objects.filter(company=company).order_by("arrived_at")
    return own.values_list("arrived_at", flat=True).first()


def list_operators(company: Company) -> list[Operator]:
    """Everybody who ever had a finished chat of this company, by the name that visitors saw."""
    own = ChatRecord.objects.filter(company=company, operator=OuterRef("pk"))
    return list(Operator.objects.filter(Exists(own)).order_by("public_name", "pk"))


def _cut(
    found: QuerySet[ChatRecord],
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
        records = list(_newest_first(found)[: size + 1])
        return records[:size], False, len(records) > size
    same = Q(arrived_at=edge.arrived_at)
    if before:
        found = found.filter(Q(arrived_at__lt=edge.arrived_at) | same & Q(pk__lt=edge.pk))
        records = list(_newest_first(found)[: size + 1])
        return records[:size], True, len(records) > size
    found = found.filter(Q(arrived_at__gt=edge.arrived_at) | same & Q(pk__gt=edge.pk))
    records = list(found.select_related("operator").order_by("arrived_at", "pk")[: size + 1])
    return records[:size][::-1], len(records) > size, True


def _newest_first(found: QuerySet[ChatRecord]) -> QuerySet[ChatRecord]:
    return found.select_related("operator").order_by("-arrived_at", "-pk")


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
    spam = newest_spam(ids)
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
            spam=spam.get(record.pk, record.outcome == Outcome.SPAM),
            in_hours=record.in_hours,
            verdict=verdict_of(record),
            waited=sla.first_response_seconds(record.arrived_at, record.first_human_at),
            good=rated.get(record.pk),
        )


def verdict_of(record: ChatRecord) -> sla.Verdict:
    """What became of the promise that was in force when the chat arrived."""
    return sla.verdict(
        sla.PromiseTerms(seconds=record.promise_seconds),
        arrived_at=record.arrived_at,
        first_human_at=record.first_human_at,
        closed_at=record.closed_at,
        visitor_left=record.visitor_left_at is not None,
    )


def newest_spam(ids: Iterable[UUID]) -> dict[UUID, bool]:
    """The newest word on spam after the close, of those chats that have one."""
    said = RecordEvent.objects.filter(record__in=list(ids), kind=RecordEvent.Kind.SPAM)
    rows = said.order_by("record", "-at").distinct("record").values_list("record", "value")
    return {record_id: bool(value) for record_id, value in rows}


_waited_too_long = Q(first_human_at__gt=F("arrived_at") + F("promise_seconds") * timedelta(seconds=1))
_gone_too_late = Q(closed_at__gt=F("arrived_at") + F("promise_seconds") * timedelta(seconds=1))
_short = Q(closed_at__lte=F("arrived_at") + timedelta(seconds=sla.SHORT_ABANDON_SECONDS))
_unanswered = Q(first_human_at__isnull=True)
_left = Q(visitor_left_at__isnull=False)
_in_hours = Q(in_hours=True)
# As agency/domain/sla.verdict judges one chat, and as the reports count: in hours, without spam. `unanswered` is their
# "missed": missed and abandoned together.
VERDICTS: dict[str, Q] = {
    "offered": _in_hours,
    "base": _in_hours & (~_unanswered | ~_left | _gone_too_late),
    "answered": _in_hours & ~_unanswered,
    "answered_within": _in_hours & ~_unanswered & ~_waited_too_long,
    "answered_late": _in_hours & _waited_too_long,
    "unanswered": _in_hours & _unanswered & ~(_left & _short),
    "missed": _in_hours & _unanswered & ~_left,
    "abandoned": _in_hours & _unanswered & _left & ~_short,
    "short_abandon": _in_hours & _unanswered & _left & _short,
    "outside_hours": Q(in_hours=False),
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
