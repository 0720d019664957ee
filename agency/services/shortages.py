"""Companies that too few operators know, and chats that nobody takes: what a manager is alarmed about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from agency.models import PoolEntry
from agency.services.certified import certifications
from agency.services.pool_rules import DEFAULT_MIN_CERTIFIED
from tenants.models import Company

_UNANSWERED = (PoolEntry.State.WAITING, PoolEntry.State.OFFERED)


@dataclass(frozen=True, slots=True)
class Called:
    """Chats that still wait with the lead operators called: how many, the most often one was let pass, since when."""

    chats: int
    bounces: int
    since: datetime | None


def with_certified(companies: QuerySet[Company], now: datetime) -> QuerySet[Company]:
    """The companies with `certified_now`, how many operators may answer for them, and `at_least`, how many must."""
    own = certifications(now).filter(company=OuterRef("pk")).order_by().values("company")
    counted: QuerySet[Company] = companies.annotate(
        certified_now=Coalesce(
            Subquery(own.annotate(n=Count("pk")).values("n"), output_field=IntegerField()),
            Value(0),
        ),
        at_least=Coalesce(F("pool_rule__min_certified"), Value(DEFAULT_MIN_CERTIFIED)),
    )
    return counted


def list_short(now: datetime) -> list[UUID]:
    """Companies for which fewer operators are certified than must be, at their desk or not; one query."""
    short = with_certified(Company.objects.filter(ready=True), now)
    return list(short.filter(certified_now__lt=F("at_least")).values_list("pk", flat=True))


def find_called() -> Called:
    """Chats whose lead operators were called and that nobody answers yet; one query over the live chats."""
    rows = PoolEntry.objects.filter(called_at__isnull=False, state__in=_UNANSWERED)
    found = list(rows.values_list("bounces", "called_at"))
    return Called(
        chats=len(found),
        bounces=max((bounces for bounces, _ in found), default=0),
        since=min((at for _, at in found if at is not None), default=None),
    )
