"""Several reads in one round trip answer as each of them alone does."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count, F, Max, Value
from django.test.utils import CaptureQueriesContext

from agency.models import ChatRecord, Operator, Promise
from billing.models import Price
from chat.models import Chat, Message
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.round_trip import read_together
from tests.agency.services.pool.history import add_chat

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


def test_what_is_read_together_is_as_if_read_alone(acme: Company, alice: Operator) -> None:
    for number in (1, 2, 3):
        add_chat(acme, number, NOON, waited=8, good=True, said=("Hoi 'daar' \"é\" \\ 😀",))
    Promise.objects.create(company=acme, version=7, seconds=30, share=Decimal("0.85"), valid_from=NOON)
    Price.objects.create(company=acme, amount=Decimal("1.10"), valid_from=NOON.date())
    with in_company(acme):
        asked = [
            ChatRecord.objects.filter(company=acme).order_by("-number"),
            ChatRecord.objects.filter(company=acme).order_by("number").values_list("pk", "arrived_at", "outcome")[:2],
            Promise.objects.filter(company=acme),
            Price.objects.filter(company=acme).values("amount", "valid_from"),
            Site.objects.annotate(seen=Max("sightings__last_at")).order_by("key"),
            Site.objects.order_by("key").values_list("origins", flat=True),
            Message.objects.order_by("chat", "seq"),
            Chat.objects.order_by("number").values_list("visitor__name", F("number")),
            ChatRecord.objects.order_by().values(one=Value(1)).annotate(n=Count("pk")),
            Chat.objects.defer("search").order_by("number"),
            Operator.objects.none(),
            Operator.objects.filter(pk__in=[]),
        ]
        with CaptureQueriesContext(connection) as queries:
            together = read_together(*asked)
            assert len(queries) == 1
        for queryset, rows in zip(asked, together, strict=True):
            alone = list(queryset)
            assert rows == alone
            assert [vars(row) | {"_state": 0} for row in rows if hasattr(row, "_state")] == [
                vars(row) | {"_state": 0} for row in alone if hasattr(row, "_state")
            ]
