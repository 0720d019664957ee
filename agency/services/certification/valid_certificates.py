"""Certifications that count now, by version and by date, and what was read: they say who may be offered whose chats."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Lower

from agency.domain.certification import GRACE
from agency.models import Certification
from tenants.models import Company

_HAS_READ = Q(read_major__gte=F("company__instruction_version__major"))


@dataclass(frozen=True, slots=True)
class Known:
    """An operator's standing with a company they are certified for.

    `read`: the newest instruction was read. `chat_limit`: most chats of it at once; None: as many as the seat holds.
    """

    read: bool
    chat_limit: int | None


def certifications(now: datetime) -> QuerySet[Certification]:
    """Those that count now: the rule of `agency.domain.certification` in SQL."""
    newest = F("company__instruction_version__major")
    by_version = Q(major__gte=newest) | Q(major=newest - 1, company__instruction_version__changed_at__gt=now - GRACE)
    by_date = Q(expires_at__isnull=True) | Q(expires_at__gt=now - GRACE)
    return Certification.objects.filter(by_version, by_date, company__ready=True, operator__user__is_active=True)


def count_by_company(now: datetime, company_ids: Iterable[UUID] | None = None) -> dict[UUID, tuple[int, int]]:
    """Count the operators who may answer for each company, and how many of them are at their desks. One GROUP BY.

    Args:
        company_ids: of these companies only. A company that nobody may answer for isn't in the answer.
    """
    rows = certifications(now)
    if company_ids is not None:
        rows = rows.filter(company__in=company_ids)
    here = Count("pk", filter=Q(operator__seat__lease_until__gt=now))
    counted = rows.order_by().values("company_id").annotate(n=Count("pk"), here=here)
    return {row["company_id"]: (row["n"], row["here"]) for row in counted}


def counts_sql(row: str, version: str) -> str:
    """The same for prepared statements: whether a certification counts, by the aliases of its row and its company's
    version.

    The statement's fact `graced` is the moment less GRACE.
    """
    return (
        f"({row}.major >= {version}.major"
        f" OR {row}.major = {version}.major - 1 AND {version}.changed_at > %(graced)s)"
        f" AND ({row}.expires_at IS NULL OR {row}.expires_at > %(graced)s)"
    )


def list_certified_companies(operator_id: UUID, now: datetime) -> list[UUID]:
    """The companies this operator may be offered chats of."""
    return sorted(list_certified([operator_id], now)[operator_id])


def count_certified(operator_ids: Iterable[UUID], now: datetime) -> dict[UUID, int]:
    """Count the companies each of these operators may be offered chats of. One query."""
    return {pk: len(companies) for pk, companies in list_certified(operator_ids, now).items()}


def list_certified(operator_ids: Iterable[UUID], now: datetime) -> defaultdict[UUID, set[UUID]]:
    """Return the companies each of these operators may be offered chats of. One query."""
    found: defaultdict[UUID, set[UUID]] = defaultdict(set)
    rows = certifications(now).filter(operator__in=operator_ids)
    for operator_id, company_id in rows.values_list("operator_id", "company_id"):
        found[operator_id].add(company_id)
    return found


def list_known(
    operator_ids: Iterable[UUID], now: datetime, company_ids: Iterable[UUID] | None = None
) -> dict[UUID, dict[UUID, Known]]:
    """Return the same by operator and company, with what was read and how many chats at once. One query.

    Args:
        company_ids: of these companies only.
    """
    found: defaultdict[UUID, dict[UUID, Known]] = defaultdict(dict)
    rows = certifications(now).filter(operator__in=operator_ids).annotate(has_read=_HAS_READ)
    if company_ids is not None:
        rows = rows.filter(company__in=company_ids)
    for operator_id, company_id, read, limit in rows.values_list("operator_id", "company_id", "has_read", "chat_limit"):
        found[operator_id][company_id] = Known(read, limit)
    return dict(found)


def public_names(company: Company, now: datetime) -> QuerySet[Any]:
    """The operators who may answer for this company now, by the names that visitors see."""
    rows = certifications(now).filter(company=company)
    return rows.order_by(Lower("operator__public_name")).values_list("operator__public_name", flat=True)


def list_unread(operator_id: UUID, now: datetime) -> set[UUID]:
    """List the companies this operator may answer for whose newest instruction they haven't read. One query."""
    rows = certifications(now).filter(operator=operator_id).exclude(_HAS_READ)
    return set(rows.values_list("company_id", flat=True))
