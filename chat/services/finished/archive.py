"""Finished chats of one company: the list with its filters and its search. Unfinished ones are nobody's to read here.

The list runs over the agency's records, which carry every fact it filters by; words are looked up in the company's own
schema by one subquery. A page costs the same few queries however many chats there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Left

from agency.domain.hours.periods import day_bounds
from agency.domain.promise import sla
from agency.models import ChatRecord, Operator, RecordEvent
from agency.services.spam import is_spam, marks_by_chat, marks_of, spam_of
from agency.services.verdict import NUMBERS, in_base, verdict_number, verdict_of
from chat.domain.lifecycle import Outcome
from chat.models import Chat, Message, Rating
from chat.services.finished.search import MOST_COUNTED, Search, has_words, read_search
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.round_trip import HowMany, read_together

PAGE = 50
COUNTED = MOST_COUNTED
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
    search: Search | None = None,
    before: UUID | None = None,
    after: UUID | None = None,
    size: int = PAGE,
) -> ArchivePage:
    """A page of the company's finished chats, newest arrival first.

    Args:
        search: what the filters' words mean, if it was read before.
        before: show what arrived before this chat; one that isn't the company's is as none.
        after: show what arrived just after it.
        size: chats a page.
    """
    edge = before or after
    with in_company(company):
        chats, known = _found(company, filters, search)
        asked = _beside(chats, company, edge, newer=not before)[: size + 1]
        counted = chats[: COUNTED + 1] if known is None else chats.none()
        (count,), records = read_together(HowMany(counted), asked)
        if edge and not records and not ChatRecord.objects.filter(company=company, pk=edge).exists():
            return find_chats(company=company, filters=filters, search=search, size=size)
        more = len(records) > size
        upwards = edge is not None and not before
        records = records[:size][:: -1 if upwards else 1]
        lines = tuple(_lines(records))
    newer, older = (more, True) if upwards else (edge is not None, more)
    return ArchivePage(
        lines,
        count if known is None else known,
        records[0].pk if newer and records else None,
        records[-1].pk if older and records else None,
    )


def _found(company: Company, filters: Filters, search: Search | None) -> tuple[QuerySet[ChatRecord], int | None]:
    """The chats by filters and words, and their number where it is known already: of words alone."""
    chats = select(company, filters)
    if not filters.words:
        return chats, None
    which, count = has_words(company, search or read_search(filters.words))
    return chats.filter(which), count if filters == Filters(words=filters.words) else None


def list_newest(company: Company, size: int) -> list[ArchiveLine]:
    """The company's newest finished chats, uncounted. To be read inside the company."""
    newest = ChatRecord.objects.filter(company=company).order_by("-arrived_at", "-pk")
    return list(_lines(list(newest[:size])))


def select(company: Company, filters: Filters) -> QuerySet[ChatRecord]:
    """The records behind the list, whatever words are asked for, unordered. To be read inside the company."""
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
    return chats


def arrivals(company: Company) -> QuerySet[Any]:
    """When the company's finished chats arrived, the first one first."""
    own = ChatRecord.objects.filter(company=company).order_by("arrived_at")
    return own.values_list("arrived_at", flat=True)


def operators_of(company: Company) -> QuerySet[Operator]:
    """Everybody who ever had a finished chat of this company, by the name that visitors saw."""
    own = ChatRecord.objects.filter(company=company, operator=OuterRef("pk"))
    return Operator.objects.filter(Exists(own)).order_by("public_name", "pk")


def _beside(chats: QuerySet[ChatRecord], company: Company, edge: UUID | None, *, newer: bool) -> QuerySet[ChatRecord]:
    """The chats in the order in which a page is cut from them: on from its neighbour, if there is one, up or down."""
    if edge is None:
        return chats.order_by("-arrived_at", "-pk")
    at = Subquery(ChatRecord.objects.filter(company=company, pk=edge).values("arrived_at"))
    if newer:
        return chats.filter(Q(arrived_at__gt=at) | Q(arrived_at=at, pk__gt=edge)).order_by("arrived_at", "pk")
    return chats.filter(Q(arrived_at__lt=at) | Q(arrived_at=at, pk__lt=edge)).order_by("-arrived_at", "-pk")


def _lines(records: Sequence[ChatRecord]) -> Iterable[ArchiveLine]:
    ids = [record.pk for record in records]
    if not ids:
        return
    texts = Message.objects.filter(chat__in=ids, kind=Message.Kind.TEXT, side="visitor")
    *by_key, said = read_together(
        Chat.objects.filter(pk__in=ids).values_list("pk", "visitor__name"),
        texts.order_by("chat", "seq").distinct("chat").values_list("chat", Left("body", FIRST_WORDS)),
        Rating.objects.filter(chat__in=ids).values_list("chat", "good"),
        Site.objects.filter(pk__in={record.site_id for record in records}).values_list("pk", "name"),
        Operator.objects.filter(pk__in={record.operator_id for record in records}).values_list("pk", "public_name"),
        marks_of(ids),
    )
    names, first, rated, sites, operators = map(dict, by_key)
    marks = marks_by_chat(said)
    for record in records:
        yield ArchiveLine(
            chat_id=record.pk,
            number=record.number,
            name=names.get(record.pk, ""),
            first_words=" ".join(first.get(record.pk, "").split()),
            site=sites.get(record.site_id, ""),
            operator=operators.get(record.operator_id, ""),
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
