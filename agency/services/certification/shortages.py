"""Companies that too few operators know, and chats that nobody takes: what a manager is alarmed about."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from agency.models import PoolEntry
from agency.services.certification.rules import DEFAULT_MIN_CERTIFIED
from agency.services.certification.valid_certificates import certifications
from tenants.models import Company

_UNANSWERED = (PoolEntry.State.WAITING, PoolEntry.State.OFFERED)


@dataclass(frozen=True, slots=True)
class Called:
    """Chats that still wait with the lead operators called: how many, the most often one was let pass, since when."""

    chats: int
    bounces: int
    since: datetime | None


# How many operators must be certified for a company, by its own rule.
AT_LEAST = Coalesce(F("pool_rule__min_certified"), Value(DEFAULT_MIN_CERTIFIED))


def count_short(now: datetime) -> int:
    """Count the live companies with fewer certified operators than they must have, at their desks or not. One query."""
    known = certifications(now).filter(company=OuterRef("pk")).order_by().values("company")
    certified = Coalesce(Subquery(known.annotate(n=Count("pk")).values("n")), 0)
    companies = Company.objects.filter(ready=True, live_at__isnull=False).annotate(at_least=AT_LEAST, n=certified)
    return int(companies.filter(n__lt=F("at_least")).count())


def find_called() -> Called:
    """Count chats whose lead operators were called and that nobody answers yet. One query over the live chats."""
    rows = PoolEntry.objects.filter(called_at__isnull=False, state__in=_UNANSWERED)
    found = list(rows.values_list("bounces", "called_at"))
    return Called(
        chats=len(found),
        bounces=max((bounces for bounces, _ in found), default=0),
        since=min((at for _, at in found if at is not None), default=None),
    )
