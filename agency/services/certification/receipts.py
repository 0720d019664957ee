"""Receipts of the instructions that operators have read, and writing them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.models import Certification, User
from agency.services.audit import note_change
from agency.services.certification.valid_certificates import certifications


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
