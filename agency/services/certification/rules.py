"""How the pool serves one company: how many must know it, how long they are certified, how busy they may be."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agency.models import PoolRule, User
from agency.services.audit import differences, note_change
from tenants.models import Company

DEFAULT_MIN_CERTIFIED: int = PoolRule._meta.get_field("min_certified").default
FIELDS = ("min_certified", "load_limit", "certified_days")


def find_rule(company: Company) -> PoolRule:
    """Return the company's rule, or the defaults, not stored, where it has none of its own."""
    return PoolRule.objects.filter(company=company).first() or PoolRule(company=company)


@transaction.atomic
def change_rule(*, company: Company, facts: dict[str, Any], by: User, now: datetime) -> bool:
    """Store how the pool serves a company. Certifications given before keep their date. False if nothing differs.

    Args:
        facts: min_certified, load_limit (None: each operator's own), certified_days (None: without end).
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    before = find_rule(company)
    after = PoolRule(company=company, **{field: facts[field] for field in FIELDS})
    changes = differences(before, after, FIELDS)
    if not changes:
        return False
    PoolRule.objects.update_or_create(company=company, defaults={field: facts[field] for field in FIELDS})
    note_change(
        actor=by,
        action="pool_rule.changed",
        now=now,
        company=company,
        about=company,
        changes=changes,
    )
    return True
