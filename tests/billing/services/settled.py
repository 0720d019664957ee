"""Records of finished chats and prices, as the ledger's tests need them: without playing the chats."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from agency.domain import keys
from agency.models import ChatRecord, User
from billing.models import Price
from billing.services.prices import set_price
from tenants.models import Company

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def utc(text: str) -> datetime:
    """Return an instant from its ISO text."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def add_record(company: Company, arrived_at: datetime = NOW, **facts: Any) -> ChatRecord:
    """One chat of ten minutes that is over, settled and billable unless `facts` say otherwise. `address`: the
    visitor's.
    """
    visitor_id = facts.pop("visitor_id", None) or uuid.uuid4()
    closed_at = facts.pop("closed_at", arrived_at + timedelta(minutes=10))
    fields = {
        "chat_id": uuid.uuid4(),
        "site_id": uuid.uuid4(),
        "language": "nl",
        "first_human_at": arrived_at + timedelta(seconds=11),
        "closed_at": closed_at,
        "settled_at": closed_at + timedelta(seconds=30),
        "close_reason": "operator",
        "outcome": "resolved",
        "promise_seconds": 20,
        "visitor_texts": 2,
        "operator_texts": 3,
        "number": ChatRecord.objects.filter(company=company).count() + 1,
        "visitor_key": keys.visitor_key(company.secret, str(visitor_id)),
        "address_key": keys.address_key(company.secret, facts.pop("address", "")),
        **facts,
    }
    return ChatRecord.objects.create(company=company, visitor_id=visitor_id, arrived_at=arrived_at, **fields)


def give_price(company: Company, amount: str = "4.50", since: date = date(2026, 1, 1)) -> Price:
    """Set a price as Maud. Returns it."""
    maud = User.objects.get(email="maud@balie.test")
    return set_price(company=company, amount=Decimal(amount), valid_from=since, by=maud, now=NOW)
