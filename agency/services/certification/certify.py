"""Certifying operators for companies, taking it back, and how long each certification lasts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from agency.domain.certification import Standing, judge_certification
from agency.models import Certification, InstructionVersion, Operator, User
from agency.services.audit import differences, note_change
from agency.services.certification.rules import find_rule
from tenants import clock
from tenants.models import Company


@dataclass(frozen=True, slots=True)
class Raise:
    """How many operators know a company: what a new major version of its instruction would do, or did, to them.

    `current`: count, and know the newest version. `in_grace`: count, for the version before. `expired`: count no more.
    """

    current: int
    in_grace: int
    expired: int

    @property
    def counting(self) -> int:
        """How many may answer."""
        return self.current + self.in_grace


@transaction.atomic
def certify(
    *,
    operator: Operator,
    company: Company,
    by: User | None = None,
    now: datetime | None = None,
    chat_limit: int | None = None,
) -> Certification:
    """Certify an operator for a company's instruction as it is now, for as long as the company's rule says.

    Somebody certified for a version knows it, so it isn't put before them; that they read it is for their console to
    say.

    Args:
        by: the manager who says so, for the log; None when a command makes a desk.
        chat_limit: most chats of this company at once, for somebody who begins there; None leaves it as it is.
    """
    now = now or clock.now()
    facts = _facts_of(company, now)
    if chat_limit is not None:
        facts["chat_limit"] = chat_limit
    before = Certification.objects.filter(operator=operator, company=company).first()
    if before is not None and before.read_major < facts["major"]:
        facts["read_at"] = None
    given, _ = Certification.objects.update_or_create(operator=operator, company=company, defaults=facts)
    if by is not None:
        note_change(
            actor=by,
            action="certification.given",
            now=now,
            company=company,
            about=operator,
            changes=_changes(before, given),
        )
    return given


def _facts_of(company: Company, now: datetime) -> dict[str, Any]:
    """A certification of now for the company's newest instruction."""
    version, _ = InstructionVersion.objects.get_or_create(company=company)
    days = find_rule(company).certified_days
    return {
        "major": version.major,
        "certified_at": now,
        "expires_at": now + timedelta(days=days) if days else None,
        "read_major": version.major,
    }


def _changes(before: Certification | None, given: Certification) -> dict[str, Any]:
    changes: dict[str, Any] = {"major": (before.major if before else None, given.major)}
    changes |= differences(before or Certification(), given, ("chat_limit",))
    ended = before.expires_at if before else None
    changes["expires_at"] = (_day(ended), _day(given.expires_at))
    return changes


@transaction.atomic
def certify_several(
    *,
    operators: Iterable[Operator],
    companies: Iterable[Company],
    by: User,
    now: datetime,
    chat_limit: int | None = None,
) -> int:
    """Certify each of these operators for each of these companies. Returns how many certifications that were."""
    pairs = [(operator, company) for company in companies for operator in operators]
    for operator, company in pairs:
        certify(operator=operator, company=company, by=by, now=now, chat_limit=chat_limit)
    return len(pairs)


@transaction.atomic
def certify_readers(*, company: Company, by: User, now: datetime) -> int:
    """Certify again every active operator who read a newer version than they were certified for. Returns how many."""
    behind = list_readers(company).select_related("operator__user").order_by("pk")
    return certify_several(operators=[row.operator for row in behind], companies=[company], by=by, now=now)


def list_readers(company: Company) -> QuerySet[Certification]:
    """Certifications for an older version of active operators who have read the newest."""
    newest = F("company__instruction_version__major")
    return Certification.objects.filter(
        company=company, major__lt=newest, read_major__gte=newest, operator__user__is_active=True
    )


@transaction.atomic
def limit_chats(*, operator: Operator, company: Company, limit: int | None, by: User, now: datetime) -> bool:
    """Set how many chats of a company an operator may hold at once. Chats above it are kept. False if nothing differs.

    Args:
        limit: 1 or more; None: as many as their seat holds.
    """
    held = Certification.objects.select_for_update().filter(operator=operator, company=company)
    row = held.first()
    if row is None or row.chat_limit == limit:
        return False
    changes = {"chat_limit": (row.chat_limit, limit)}
    held.update(chat_limit=limit)
    note_change(
        actor=by,
        action="certification.limited",
        now=now,
        company=company,
        about=operator,
        changes=changes,
    )
    return True


@transaction.atomic
def revoke(
    *,
    operator: Operator,
    company: Company,
    by: User | None = None,
    now: datetime | None = None,
    handed_over: int | None = None,
) -> bool:
    """Take a certification back: nothing of the company is offered or shown from here on. False if there was none.

    The seat goes on: there may be chats to finish, of this company and of others.

    Args:
        handed_over: how many chats of the company were taken from the operator, for the log; None: they finish what
            they hold.
    """
    now = now or clock.now()
    held = Certification.objects.select_for_update().filter(operator=operator, company=company)
    major = held.values_list("major", flat=True).first()
    if major is None:
        return False
    held.delete()
    if by is not None:
        changes: dict[str, Any] = {"major": (major, None)}
        if handed_over is not None:
            changes["handed_over"] = (None, handed_over)
        note_change(
            actor=by,
            action="certification.revoked",
            now=now,
            company=company,
            about=operator,
            changes=changes,
        )
    return True


def raise_major(company: Company, *, by: User | None = None, now: datetime | None = None) -> int:
    """A new major instruction version: certifications for older ones no longer count. The new number."""
    with transaction.atomic():
        version, _ = InstructionVersion.objects.select_for_update().get_or_create(company=company)
        version.major += 1
        version.changed_at = now or clock.now()
        version.save()
        if by is not None:
            note_change(
                actor=by,
                action="instruction.raised",
                now=now or clock.now(),
                company=company,
                about=company,
                changes={"major": (version.major - 1, version.major)},
            )
    return version.major


def note_instruction(company: Company, published_at: datetime | None) -> None:
    """Store since when an instruction is in force. None: the last one was withdrawn. The first date stands."""
    version, _ = InstructionVersion.objects.get_or_create(company=company)
    if (version.published_at is None) != (published_at is None):
        version.published_at = published_at
        version.save(update_fields=["published_at"])


def list_without_instruction(companies: Iterable[Company]) -> list[Company]:
    """Those of the companies that no instruction is in force for, so that there is nothing to know."""
    ids = [company.pk for company in companies]
    missing = Company.objects.filter(pk__in=ids, instruction_version__published_at__isnull=True)
    return list(missing.order_by("name"))


def standing_of(row: Certification, version: InstructionVersion | None, now: datetime) -> Standing:
    """Return how a certification stands against its company's newest version. Without one it is for the newest."""
    return judge_certification(
        major=row.major,
        newest=version.major if version is not None else row.major,
        changed_at=version.changed_at if version is not None else now,
        expires_at=row.expires_at,
        now=now,
    )


def _day(at: datetime | None) -> str | None:
    return timezone.localdate(at).isoformat() if at is not None else None


def count_standings(company_id: UUID, now: datetime) -> Raise:
    """How many active operators are certified for a company, by what they know."""
    version = InstructionVersion.objects.filter(company=company_id).first()
    rows = Certification.objects.filter(company=company_id, operator__user__is_active=True)
    counting = [row.major for row in rows if standing_of(row, version, now).counts]
    behind = sum(version is not None and major < version.major for major in counting)
    return Raise(len(counting) - behind, behind, len(rows) - len(counting))
