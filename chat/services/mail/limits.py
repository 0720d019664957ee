"""How many mails of chats one recipient, and one site, can be made to send in an hour."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection

from agency.domain import keys
from agency.models import OutboxRow
from chat.models import Delivery, TranscriptRequest

# A visitor, a partner and the office; nobody needs a fourth.
ADDRESSES_PER_CHAT = 3
WITHIN = timedelta(hours=1)
# Over all companies together, so that nobody can be buried in mail of many chats.
MAILS_PER_RECIPIENT = 5
# Of one site. Twice what its operators can answer in an hour when all of its visitors ask; a script asks for thousands.
REQUESTS_PER_SITE = 300
# Mails that only ask whether somebody wants the chat: nobody of the agency has written in it.
CONFIRMATIONS_PER_SITE = 30
_RECIPIENT, _SITE = 7116, 7117


def is_site_full(site_id: UUID, now: datetime) -> bool:
    """True if a site's visitors have asked for all that an hour allows. In the company's context.

    Takes the site's lock until the transaction ends.
    """
    _lock(_SITE, str(site_id))
    asked = TranscriptRequest.objects.filter(chat__site_id=site_id, created_at__gt=now - WITHIN)
    return asked.count() >= REQUESTS_PER_SITE


def recipient_free_from(recipient: str, now: datetime) -> datetime:
    """From when this recipient may be mailed again, `now` or earlier if at once.

    Takes the recipient's lock until the transaction ends, so two that count at the same time don't both find room.
    """
    key = recipient_key(recipient)
    _lock(_RECIPIENT, key)
    planned = OutboxRow.objects.filter(recipient_key=key, run_after__gt=now - WITHIN)
    last = planned.order_by("-run_after").values_list("run_after", flat=True)
    return _end_of_hour(list(last[:MAILS_PER_RECIPIENT]), MAILS_PER_RECIPIENT, now)


def confirmation_free_from(site_id: UUID, now: datetime) -> datetime:
    """Return from when this site may send a mail that asks for confirmation. In the company's context.

    Takes the site's lock until the transaction ends.
    """
    _lock(_SITE, str(site_id))
    made = Delivery.objects.filter(kind="confirmation", chat__site_id=site_id)
    newest = made.order_by("-created_at").values_list("pk", flat=True)[:CONFIRMATIONS_PER_SITE]
    planned = OutboxRow.objects.filter(object_id__in=list(newest), run_after__gt=now - WITHIN)
    last = planned.order_by("-run_after").values_list("run_after", flat=True)
    return _end_of_hour(list(last), CONFIRMATIONS_PER_SITE, now)


def recipient_key(recipient: str) -> str:
    """Return a key that recognises a recipient over all companies. It is the agency's own, which no company's secret
    reveals.
    """
    return keys.address_key(settings.SECRET_KEY, recipient)


def _end_of_hour(last: list[datetime], most: int, now: datetime) -> datetime:
    """Return when the oldest of the last `most` mails is an hour ago, or `now` if there are fewer."""
    return last[most - 1] + WITHIN if len(last) >= most else now


def _lock(kind: int, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [kind, key])
