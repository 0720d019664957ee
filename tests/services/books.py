"""Lines of the ledger, and whether its books agree."""

from datetime import timedelta
from decimal import Decimal

from agency.models import ChatRecord
from billing.models import Charge
from billing.services import reconcile
from tests.services.settled import NOW

HOUR = timedelta(hours=1)

COMPONENT = Charge.Component


def lines(record: ChatRecord) -> list[tuple[str, str, Decimal]]:
    """Component, reason and amount of a chat's lines, in order."""
    rows = Charge.objects.filter(record=record).order_by("event__at", "created_at")
    own = [(row.component, row.reason, row.amount) for row in rows]
    return sorted(own, key=lambda line: line[0] != COMPONENT.CHAT)


def charge(record: ChatRecord) -> Charge:
    return Charge.objects.get(record=record, component=COMPONENT.CHAT)


def assert_books_agree() -> None:
    late = NOW + timedelta(days=60)
    assert [str(one) for one in reconcile.list_differences(late)] == []
