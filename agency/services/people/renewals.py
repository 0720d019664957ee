"""Certifications of all companies that somebody has to look at, and certifying anew those that were chosen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, DateTimeField, F, Q, QuerySet, When
from django.db.models.functions import Least, Lower

from agency.domain.certification import GRACE, SOON
from agency.models import Certification, User
from agency.services.certification.certify import certify
from agency.services.certification.valid_certificates import certifications
from agency.services.people.lists import Certificate, certificate_of

PAGE = 50
LISTS = ("soon", "ended", "read")
_NEWEST = F("company__instruction_version__major")
_BY_VERSION = Case(
    When(major__lt=_NEWEST, then=F("company__instruction_version__changed_at") + GRACE),
    output_field=DateTimeField(),
)
# Columns that the lists can be sorted by.
ORDERS = {
    "ends": Least(_BY_VERSION, "expires_at"),
    "company": Lower("company__name"),
    "operator": Lower("operator__public_name"),
}


@dataclass(frozen=True, slots=True)
class Renewals:
    """One page of a list. `counts`: how many each of the lists holds."""

    lines: list[Certificate]
    counts: dict[str, int]
    total: int


def list_renewals(*, show: str, query: str, order: str, window: Callable[[int], slice], now: datetime) -> Renewals:
    """List a page of certifications of active operators. The number of queries doesn't grow with them.

    Args:
        show: soon (they count and end soon), ended, or read (for an older version than was read).
        query: part of a company's or an operator's name; "" for all.
        order: a key of ORDERS, with a `-` before it for the other way round.
        window: which of so many lines the page shows.
    """
    lists = {name: _named(rows, query) for name, rows in _lists(now).items()}
    found = lists[show].select_related("operator__user", "company__instruction_version")
    falls, by = order.startswith("-"), ORDERS[order.removeprefix("-")]
    first = by.desc(nulls_last=True) if falls else by.asc(nulls_last=True)
    ordered = found.order_by(first, ORDERS["company"], ORDERS["operator"], "pk")
    counts = {name: rows.count() for name, rows in lists.items()}
    lines = [certificate_of(row, now) for row in ordered[window(counts[show])]]
    return Renewals(lines, counts, counts[show])


@transaction.atomic
def renew(*, chosen: Iterable[tuple[UUID, UUID]], by: User, now: datetime) -> int:
    """Certify anew, each for its company's instruction as it is now. Returns how many that were.

    Args:
        chosen: operator and company of each; those that hold no certification or left are passed over.
    """
    pairs = set(chosen)
    rows = Certification.objects.filter(
        operator__in={operator_id for operator_id, _ in pairs},
        company__in={company_id for _, company_id in pairs},
        operator__user__is_active=True,
        company__ready=True,
    ).select_related("operator__user", "company")
    found = [row for row in rows.order_by("pk") if (row.operator_id, row.company_id) in pairs]
    for row in found:
        certify(operator=row.operator, company=row.company, by=by, now=now)
    return len(found)


def _lists(now: datetime) -> dict[str, QuerySet[Certification]]:
    able = certifications(now)
    active = Certification.objects.filter(company__ready=True, operator__user__is_active=True)
    return {
        "soon": able.filter(Q(expires_at__lte=now + SOON) | Q(major__lt=_NEWEST)),
        "ended": active.exclude(pk__in=able.values("pk")),
        "read": active.filter(major__lt=_NEWEST, read_major__gte=_NEWEST),
    }


def _named(rows: QuerySet[Certification], query: str) -> QuerySet[Certification]:
    if not query:
        return rows
    by_name = Q(company__name__icontains=query) | Q(operator__public_name__icontains=query)
    return rows.filter(by_name | Q(operator__user__name__icontains=query))
