"""Certifying operators for companies, taking it back, and how long each certification lasts."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agency.models import Certification, InstructionVersion, Operator, User
from agency.services.audit import note_change
from agency.services.certified import GRACE
from tenants.models import Company

CURRENT, IN_GRACE, EXPIRED = "current", "grace", "expired"


@dataclass(frozen=True, slots=True)
class Raise:
    """What a new major version of a company's instruction would do, or did, to those certified."""

    current: int
    in_grace: int
    expired: int


@transaction.atomic
def certify(
    *, operator: Operator, company: Company, by: User | None = None, now: datetime | None = None
) -> Certification:
    """Certify an operator for a company's instruction as it is now.

    Args:
        by: the manager who says so, for the log; None when a command makes a desk.
    """
    now = now or timezone.now()
    version, _ = InstructionVersion.objects.get_or_create(company=company)
    before = Certification.objects.filter(operator=operator, company=company).first()
    certification, _ = Certification.objects.update_or_create(
        operator=operator,
        company=company,
        defaults={"major": version.major, "certified_at": now},
    )
    if by is not None:
        note_change(
            actor=by,
            action="certification.given",
            now=now,
            company=company,
            about=operator,
            changes={"major": (before.major if before else None, version.major)},
        )
    return certification


@transaction.atomic
def certify_several(
    *, operators: Iterable[Operator], companies: Iterable[Company], by: User, now: datetime
) -> int:
    """Certify each of these operators for each of these companies; how many certifications that were."""
    pairs = [(operator, company) for company in companies for operator in operators]
    for operator, company in pairs:
        certify(operator=operator, company=company, by=by, now=now)
    return len(pairs)


@transaction.atomic
def revoke(
    *, operator: Operator, company: Company, by: User | None = None, now: datetime | None = None
) -> bool:
    """Take a certification back; open consoles of the operator close within 2 s. False if there was none."""
    held = Certification.objects.select_for_update().filter(operator=operator, company=company)
    major = held.values_list("major", flat=True).first()
    if major is None:
        return False
    held.delete()
    end_access(operator.user)
    if by is not None:
        note_change(
            actor=by,
            action="certification.revoked",
            now=now or timezone.now(),
            company=company,
            about=operator,
            changes={"major": (major, None)},
        )
    return True


def end_access(user: User) -> None:
    """Close every open socket of somebody whose rights have shrunk, within 2 s."""
    User.objects.filter(pk=user.pk).update(access_epoch=F("access_epoch") + 1)


def raise_major(company: Company, *, by: User | None = None, now: datetime | None = None) -> int:
    """A new major instruction version: certifications for older ones no longer count. The new number."""
    with transaction.atomic():
        version, _ = InstructionVersion.objects.select_for_update().get_or_create(company=company)
        version.major += 1
        version.save()
        if by is not None:
            note_change(
                actor=by,
                action="instruction.raised",
                now=now or timezone.now(),
                company=company,
                about=company,
                changes={"major": (version.major - 1, version.major)},
            )
    return version.major


def standing(major: int, version: InstructionVersion | None, now: datetime) -> str:
    """Whether a certification for `major` counts: current, grace (counts for a week after the change), expired."""
    if version is None or major >= version.major:
        return CURRENT
    if major == version.major - 1 and now < version.changed_at + GRACE:
        return IN_GRACE
    return EXPIRED


def count_standings(company_id: UUID, now: datetime) -> Raise:
    """How many active operators are certified for a company, by standing."""
    version = InstructionVersion.objects.filter(company=company_id).first()
    majors = Certification.objects.filter(
        company=company_id, operator__user__is_active=True
    ).values_list("major", flat=True)
    seen = Counter(standing(major, version, now) for major in majors)
    return Raise(seen[CURRENT], seen[IN_GRACE], seen[EXPIRED])
