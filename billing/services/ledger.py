"""Reading the ledger: a company's month, its total, one chat's lines, and what waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.utils.functional import Promise

from agency.domain.words import gettext_noop
from agency.models import ChatRecord
from agency.services.spam import list_marks
from billing.domain.components import COMPONENTS
from billing.domain.money import NOTHING
from billing.domain.pricing import Rate, Reason, charge_month
from billing.domain.turns import Wait
from billing.models import Charge
from billing.services.charging import PAGE, decide_page, list_due, prices_begin
from billing.services.prices import list_rates
from billing.services.reasons import REASONS
from tenants.models import Company

Only = Literal["", "billed", "free", "corrections"]
_CHAT = Q(component=Charge.Component.CHAT)
# A chat's own line before its other components.
_OWN_FIRST = Case(When(_CHAT, then=0), default=1)
_ONLY: Mapping[Only, Q] = {
    "": Q(),
    "billed": _CHAT & Q(reason=Reason.BILLABLE),
    "free": _CHAT & ~Q(reason=Reason.BILLABLE),
    "corrections": Q(component=Charge.Component.CORRECTION),
}


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line as people read it."""

    charge_id: UUID
    chat_id: UUID
    number: int
    closed_at: datetime
    component: str
    reason: Reason
    amount: Decimal
    # The time of the fact that a correction follows.
    said_at: datetime | None
    # The billed chat that this one repeats, and its number.
    repeat_of: UUID | None
    repeat_of_number: int | None

    @property
    def is_chat(self) -> bool:
        """The chat's own line: no other component and no correction."""
        return self.component == Charge.Component.CHAT

    @property
    def is_correction(self) -> bool:
        """The later word on the chat."""
        return self.component == Charge.Component.CORRECTION

    @property
    def name(self) -> str:
        """The line's name, as an English msgid."""
        return gettext_noop("Correction") if self.is_correction else COMPONENTS[self.component].name

    @property
    def words(self) -> Promise:
        """The reason, in the reader's language."""
        return REASONS[self.reason].short


@dataclass(frozen=True, slots=True)
class LinePlace:
    """Where a chat's line stands: its month, the chat's number, and how many lines come before it."""

    month: date
    number: int
    before: int


@dataclass(frozen=True, slots=True)
class Total:
    """A month in figures. `amount` is the sum of all lines: charges of the month's closes and
    corrections said in it.
    """

    amount: Decimal
    lines: int
    chats: int
    billed: int
    free: int
    corrections: int
    corrected: Decimal

    def count(self, only: Only) -> int:
        """How many lines `list_month` has with this `only`."""
        counts: dict[Only, int] = {
            "": self.lines,
            "billed": self.billed,
            "free": self.free,
            "corrections": self.corrections,
        }
        return counts[only]


@dataclass(frozen=True, slots=True)
class UnsettledChat:
    """A settled chat that isn't on the ledger, and why not yet."""

    chat_id: UUID
    number: int
    closed_at: datetime
    wait: Wait


def list_month(
    company: Company, month: date, *, only: Only = "", offset: int = 0, count: int | None = None
) -> list[LedgerLine]:
    """List the company's lines of one month by the time of the close. A correction stands by its chat.

    Args:
        month: any day of the month.
        only: lines of billed chats, of free ones, or corrections; empty: all.
        offset, count: a part of the list; None: all from `offset` on.
    """
    lines = (
        _lines(company)
        .filter(_ONLY[only], month=month.replace(day=1))
        .order_by("record__closed_at", "record_id", F("event__at").asc(nulls_first=True), _OWN_FIRST, "id")
    )
    return [_line(row) for row in lines[offset : None if count is None else offset + count]]


def find_place(company: Company, chat_id: UUID) -> LinePlace | None:
    """Where a chat's first line stands in the company's month, None where it has none."""
    own = Charge.objects.filter(company=company, record=chat_id).select_related("record")
    line = own.order_by(F("event__at").asc(nulls_first=True), _OWN_FIRST, "id").first()
    if line is None:
        return None
    closed = line.record.closed_at
    earlier = Q(record__closed_at__lt=closed) | Q(record__closed_at=closed, record__lt=chat_id)
    before = Charge.objects.filter(earlier, company=company, month=line.month).count()
    return LinePlace(line.month, line.record.number, before)


def find_lines(company: Company, chat_ids: Iterable[UUID]) -> dict[UUID, list[LedgerLine]]:
    """Return the lines of these chats of the company, charge first. A chat without lines is left out."""
    found: dict[UUID, list[LedgerLine]] = {}
    rows = _lines(company).filter(record__in=list(chat_ids))
    for row in rows.order_by(F("event__at").asc(nulls_first=True), _OWN_FIRST, "id"):
        found.setdefault(row.record_id, []).append(_line(row))
    return found


def month_total(company: Company, month: date) -> Total:
    """Return the sums of one month of the company, all zero without lines.

    Args:
        month: any day of the month.
    """
    return total_from(month_sums(company, month))


def month_sums(company: Company, month: date) -> QuerySet[Any]:
    """The sums of one month of the company, of any day: one row, none without lines."""
    lines = Charge.objects.filter(company=company, month=month.replace(day=1)).order_by()
    return lines.values("month").annotate(
        sum_of_lines=Sum("amount"),
        lines=Count("pk"),
        chats=Count("pk", filter=_CHAT),
        billed=Count("pk", filter=_ONLY["billed"]),
        corrections=Count("pk", filter=_ONLY["corrections"]),
        corrected=Sum("amount", filter=_ONLY["corrections"]),
    )


def total_from(rows: Iterable[Mapping[str, Any]]) -> Total:
    """The row of `month_sums`."""
    sums = next(iter(rows), None)
    if sums is None:
        return Total(NOTHING, 0, 0, 0, 0, 0, NOTHING)
    return Total(
        amount=sums["sum_of_lines"] or NOTHING,
        lines=sums["lines"],
        chats=sums["chats"],
        billed=sums["billed"],
        free=sums["chats"] - sums["billed"],
        corrections=sums["corrections"],
        corrected=sums["corrected"] or NOTHING,
    )


def list_months(company: Company, now: datetime) -> list[date]:
    """The months that have lines, and the present one, newest first."""
    months = set(Charge.objects.filter(company=company).values_list("month", flat=True).distinct())
    return sorted(months | {charge_month(now)}, reverse=True)


def list_uncharged(company: Company) -> list[UnsettledChat]:
    """List settled chats that wait to be charged, by arrival, with the reason: at most 500 with a price and 500
    without.

    Chats that the next sweep will charge aren't in it.
    """
    rates = list_rates(company)
    due = list_due(company, rates)
    decisions = decide_page(company, due, rates, list_marks(due))
    numbers = {record.chat_id: record.number for record in due}
    waiting = [
        UnsettledChat(made.facts.chat_id, numbers[made.facts.chat_id], made.facts.closed_at, made.wait)
        for made in decisions
        if made.wait is not None
    ]
    return [*list_unpriced(company), *waiting]


def count_unpriced(company: Company) -> int:
    """How many settled chats aren't charged because their day has no price."""
    return _unpriced(company, list_rates(company)).count()


def list_unpriced(company: Company) -> list[UnsettledChat]:
    """Settled chats whose day has no price, by arrival, 500 at most."""
    records = _unpriced(company, list_rates(company)).order_by("arrived_at", "chat_id")[:PAGE]
    return [UnsettledChat(record.chat_id, record.number, record.closed_at, Wait.NO_PRICE) for record in records]


def _unpriced(company: Company, rates: list[Rate]) -> QuerySet[ChatRecord]:
    records = ChatRecord.objects.filter(company=company, charged=False, settled_at__isnull=False)
    return records.filter(closed_at__lt=prices_begin(rates)) if rates else records


def _lines(company: Company) -> QuerySet[Charge]:
    return Charge.objects.filter(company=company).select_related("record", "event", "repeat_of")


def _line(row: Charge) -> LedgerLine:
    return LedgerLine(
        charge_id=row.pk,
        chat_id=row.record_id,
        number=row.record.number,
        closed_at=row.record.closed_at,
        component=row.component,
        reason=Reason(row.reason),
        amount=row.amount,
        said_at=row.event.at if row.event else None,
        repeat_of=row.repeat_of_id,
        repeat_of_number=row.repeat_of.number if row.repeat_of else None,
    )
