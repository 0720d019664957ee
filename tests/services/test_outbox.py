"""What an outbox row says of a try that failed."""

import smtplib
import uuid

import pytest

from agency.models import OutboxRow
from agency.services import outbox
from tenants.models import Company
from tests.services.stage import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            smtplib.SMTPRecipientsRefused({"vragen@acme.test": (550, b"vragen@acme.test unknown")}),
            "SMTPRecipientsRefused: 550",
        ),
        (smtplib.SMTPDataError(554, b"no mail for vragen@acme.test"), "SMTPDataError: 554"),
        (ValueError("vragen@acme.test"), "ValueError"),
        (outbox.GiveUp("the mail was erased"), "GiveUp: the mail was erased"),
    ],
)
def test_the_shared_row_names_no_address(
    acme: Company, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(row: OutboxRow) -> None:
        raise error

    monkeypatch.setitem(outbox._handlers, "test", fail)
    OutboxRow.objects.all().delete()
    row = outbox.enqueue(
        company=acme, kind="test", object_id=uuid.uuid4(), external_key="x", dedup="x"
    )
    OutboxRow.objects.update(run_after=NOW)
    assert outbox.drain(now=lambda: NOW) == 0
    row.refresh_from_db()
    assert row.error == said
