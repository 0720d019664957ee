"""Lines of the ledger, and whether its books agree."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from agency.models import ChatRecord
from agency.services.reconcile import Difference
from billing.models import Charge
from billing.services import reconcile
from tenants.models import Company
from tests.billing.services.settled import NOW

HOUR = timedelta(hours=1)

COMPONENT = Charge.Component


def lines(record: ChatRecord) -> list[tuple[str, str, Decimal]]:
    """Component, reason and amount of a chat's lines, in order."""
    rows = Charge.objects.filter(record=record).order_by("event__at", "created_at")
    own = [(row.component, row.reason, row.amount) for row in rows]
    return sorted(own, key=lambda line: line[0] != COMPONENT.CHAT)


def charge(record: ChatRecord) -> Charge:
    return Charge.objects.get(record=record, component=COMPONENT.CHAT)


def ledger_differences(at: datetime) -> list[Difference]:
    """Return what is wrong with the ledgers of all companies."""
    companies = Company.objects.order_by("slug")
    with transaction.atomic():
        return [one for company in companies for one in reconcile.list_differences(company, at)]


def assert_books_agree() -> None:
    assert [str(one) for one in ledger_differences(NOW + timedelta(days=60))] == []
