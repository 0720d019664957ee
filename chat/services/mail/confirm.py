"""A recipient says that they want a chat by mail: by a signed link in a mail to them, and only once."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from django.core import signing
from django.db import transaction

from agency.live.switchboard import send_on_commit
from chat.models import TranscriptRequest
from chat.services.finished.rate import RATE_WITHIN
from chat.services.mail import deliveries
from chat.services.mail.limits import recipient_free_from
from chat.services.mail.transcripts import queue_request
from tenants.context import in_company
from tenants.models import Company


def confirm_token(company: Company, request_id: UUID) -> str:
    """Return what lets its bearer confirm this one request of this company, and nothing else."""
    plain = base64.urlsafe_b64encode(request_id.bytes).rstrip(b"=").decode()
    return _signer(company).sign(plain)


def find_request(company: Company, token: str, now: datetime) -> TranscriptRequest | None:
    """Return the request that a token names, with its chat.

    None if it is forged, cut off or another company's, or the chat ended more than 30 days ago.
    """
    try:
        plain = _signer(company).unsign(token)
        request_id = UUID(bytes=base64.urlsafe_b64decode(plain + "=="))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    with in_company(company):
        rows = TranscriptRequest.objects.select_related("chat").filter(
            pk=request_id, chat__closed_at__gt=now - RATE_WITHIN
        )
        request: TranscriptRequest | None = rows.first()
    return request


@transaction.atomic
def confirm(*, company: Company, request_id: UUID, now: datetime) -> bool:
    """Send the whole chat to a recipient who wants it. False if they said so before.

    It leaves at once, or when the hour allows one more mail to them.
    """
    with in_company(company):
        rows = TranscriptRequest.objects.select_for_update(of=("self",)).select_related("chat")
        request = rows.get(pk=request_id)
        if request.confirmed_at is not None:
            return False
        request.confirmed_at = now
        request.save(update_fields=["confirmed_at"])
        due = max(now, recipient_free_from(request.recipient, now))
        queue_request(request, company, now=now, run_after=due)
        events = deliveries.transcript_events(request.chat_id, deliveries.state_wanted(request))
    send_on_commit(events)
    return True


def _signer(company: Company) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"chat.transcript:{company.pk}")
