"""Companies that too few operators know, and chats that nobody takes: what a manager is alarmed about."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from agency.models import PoolEntry
from agency.services.certified import count_by_company
from agency.services.pool_rules import DEFAULT_MIN_CERTIFIED
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


def list_short(now: datetime) -> list[UUID]:
    """Companies for which fewer operators are certified than must be, at their desk or not; two queries."""
    needed = Company.objects.filter(ready=True).annotate(at_least=AT_LEAST)
    counts = count_by_company(now)
    return [
        pk
        for pk, at_least in needed.values_list("pk", "at_least")
        if counts.get(pk, (0, 0))[0] < at_least
    ]


def find_called() -> Called:
    """Chats whose lead operators were called and that nobody answers yet; one query over the live chats."""
    rows = PoolEntry.objects.filter(called_at__isnull=False, state__in=_UNANSWERED)
    found = list(rows.values_list("bounces", "called_at"))
    return Called(
        chats=len(found),
        bounces=max((bounces for bounces, _ in found), default=0),
        since=min((at for _, at in found if at is not None), default=None),
    )
