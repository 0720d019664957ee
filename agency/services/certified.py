"""Who may be offered whose chats: certified for the current instruction, or in its grace."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from agency.models import Certification

# An operator certified for the version before the newest may go on for a week.
GRACE = timedelta(days=7)


def list_certified_companies(operator_id: UUID, now: datetime) -> list[UUID]:
    """The companies this operator may be offered chats of: certified for the current instruction, or in its grace."""
    return sorted(list_certified([operator_id], now)[operator_id])


def count_certified(operator_ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """For how many companies each of these operators may be offered chats; one query."""
    return {pk: len(companies) for pk, companies in list_certified(operator_ids, now).items()}


def list_certified(operator_ids: Iterable[UUID], now: datetime) -> defaultdict[UUID, set[UUID]]:
    """The companies each of these operators may be offered chats of; one query."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    rows = certifications(now).filter(operator__in=operator_ids)
    for operator_id, company_id in rows.values_list("operator_id", "company_id"):
        found[operator_id].add(company_id)
    return found


def certifications(now: datetime) -> QuerySet[Certification]:
    """Those that count now."""
    current = Q(company__instruction_version__major__lte=F("major"))
    in_grace = Q(
        company__instruction_version__major=F("major") + 1,
        company__instruction_version__changed_at__gt=now - GRACE,
    )
    return Certification.objects.filter(
        current | in_grace, company__ready=True, operator__user__is_active=True
    )
