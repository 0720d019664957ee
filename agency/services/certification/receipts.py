"""Receipts of the instructions that operators have read, and writing them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Lower

from agency.models import Certification, User
from agency.services.audit import note_change
from agency.services.certification.valid_certificates import certifications
from tenants.models import Company


def find_certification(operator_id: UUID, company_id: UUID, now: datetime) -> Certification | None:
    """Return the certification that counts now, with the company's newest version. None looks like no such company."""
    rows = certifications(now).select_related("company__instruction_version")
    return rows.filter(operator=operator_id, company=company_id).first()


@transaction.atomic
def mark_read(*, operator: User, company_id: UUID, major: int, now: datetime) -> bool | None:
    """Write down that an operator has read a company's instruction up to the version that was shown to them.

    A newer one published meanwhile stays unread.

    Returns:
        Whether the newest is read now; None without a certification that counts, or of a version that isn't there.
    """
    held = certifications(now).select_for_update(of=("self",))
    row = held.select_related("company__instruction_version").filter(operator=operator.pk, company=company_id).first()
    if row is None or major > row.company.instruction_version.major:
        return None
    if major > row.read_major:
        note_change(
            actor=operator,
            action="instruction.read",
            now=now,
            company=row.company,
            about=row.operator,
            changes={"major": (row.read_major, major)},
        )
        row.read_major, row.read_at = major, now
        row.save(update_fields=["read_major", "read_at"])
    newest: int = row.company.instruction_version.major
    return row.read_major >= newest


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far one operator has read a company's instruction. `read_at`: empty, they were certified for it unread."""

    public_name: str
    name: str
    major: int
    read_at: datetime | None
    newest: bool


def list_receipts(company: Company, now: datetime) -> list[Receipt]:
    """List how far everybody who may answer for a company has read its instruction, by public name."""
    rows = certifications(now).filter(company=company).select_related("operator__user", "company__instruction_version")
    return [
        Receipt(
            public_name=row.operator.public_name,
            name=row.operator.user.name,
            major=row.read_major,
            read_at=row.read_at,
            newest=row.read_major >= row.company.instruction_version.major,
        )
        for row in rows.order_by(Lower("operator__public_name"), "pk")
    ]
