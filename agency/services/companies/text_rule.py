"""Whether managers may publish a company's texts without its approval."""

from datetime import datetime

from django.db import transaction

from agency.models import User
from agency.services.audit import note_change
from tenants.models import Company


@transaction.atomic
def let_managers_publish(*, company: Company, free: bool, by: User, now: datetime) -> bool:
    """Let managers publish what the company didn't approve, or no longer. False if it was so already."""
    if not Company.objects.filter(pk=company.pk, managers_publish=not free).update(managers_publish=free):
        return False
    note_change(
        actor=by,
        action="text.rule_changed",
        now=now,
        company=company,
        about=company,
        changes={"managers_publish": (not free, free)},
    )
    return True
