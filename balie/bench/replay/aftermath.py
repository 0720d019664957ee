"""Check what has to follow from the chats of a replay: records, ledger lines, mails."""

import email
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from email import policy
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import Error, connection

from agency.models import ChatRecord, OutboxRow, PoolEntry
from balie.bench.replay.robots.dialogue_state import Talk
from balie.bench.replay.robots.visitor_wishes import wants_transcript
from balie.bench.replay.setup import Stage
from balie.steps import reconcile
from billing.models import Charge
from chat.models import Chat, Delivery
from tenants.context import in_company

# A wrap-up may end by time (120 s), and a killed worker's mail waits for its lease (30 s), again if that worker dies
# too.
LIMIT_S = 300.0
_LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Mails:
    """The mails of this replay as the server took them."""

    recipients: int
    doubled: int
    doubled_same_id: int


def wait_until_done(stage: Stage, chats: Iterable[str], *, limit_s: float = LIMIT_S) -> bool:
    """Wait until every chat is settled and charged and all its mail is sent. False if that takes too long.

    The database may be away meanwhile.
    """
    ids = [UUID(chat) for chat in chats]
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        try:
            if not _is_busy(stage, ids):
                return True
        except Error:
            connection.close()
        time.sleep(_LOOK_EVERY_S)
    return False


def count(stage: Stage, talks: list[Talk], mail: Path) -> dict[str, Any]:
    """The part of the answer that came after the chats.

    Args:
        mail: the folder (a Maildir) in which the run's mail server keeps everything.
    """
    begun = [talk for talk in talks if talk.chat_id is not None]
    ids = [UUID(talk.chat_id) for talk in begun if talk.chat_id is not None]
    found = read_mails(mail, {f"r{chat_id}@replay.test" for chat_id in ids})
    return {
        "chats_closed": _count_closed(stage, ids),
        "records": ChatRecord.objects.filter(pk__in=ids, settled_at__isnull=False).count(),
        "charges_or_reasons": Charge.objects.filter(record__in=ids, component="chat").count(),
        "transcripts_due": sum(wants_transcript(talk) for talk in begun),
        "transcripts_mailed": found.recipients,
        "transcripts_refused": _count_refused(stage, ids),
        "mail_duplicates": found.doubled,
        "mail_duplicates_same_id": found.doubled_same_id,
        "rated": sum(talk.rated for talk in begun),
        "differences": len(reconcile.compare().differences),
    }


def read_mails(folder: Path, addresses: set[str]) -> Mails:
    """Count the messages to these addresses: how many recipients, and what came to one more than once."""
    ids: dict[str, Counter[str]] = {}
    for path in (folder / "new").glob("*"):
        with path.open("rb") as file:
            message = email.message_from_binary_file(file, policy=policy.default)
        to = str(message["To"]).strip().strip("<>")
        if to in addresses:
            ids.setdefault(to, Counter())[str(message["Message-ID"])] += 1
    return Mails(
        recipients=len(ids),
        doubled=sum(found.total() - 1 for found in ids.values()),
        doubled_same_id=sum(found.total() - len(found) for found in ids.values()),
    )


def _is_busy(stage: Stage, ids: list[UUID]) -> bool:
    if PoolEntry.objects.filter(pk__in=ids).exists():
        return True
    charged = Charge.objects.filter(record__in=ids, component="chat").count()
    if charged < ChatRecord.objects.filter(pk__in=ids).count():
        return True
    for stand in stage.stands:
        with in_company(stand.company):
            mails = list(Delivery.objects.filter(chat__in=ids).values_list("pk", flat=True))
        if OutboxRow.objects.filter(object_id__in=mails, state=OutboxRow.State.QUEUED).exists():
            return True
    return False


def _count_refused(stage: Stage, ids: list[UUID]) -> int:
    """Mails that the server refused for good: managers see each of them."""
    refused = 0
    for stand in stage.stands:
        with in_company(stand.company):
            mails = list(Delivery.objects.filter(chat__in=ids).values_list("pk", flat=True))
        dead = OutboxRow.objects.filter(object_id__in=mails, state=OutboxRow.State.DEAD)
        refused += dead.count()
    return refused


def _count_closed(stage: Stage, ids: list[UUID]) -> int:
    closed = 0
    for stand in stage.stands:
        with in_company(stand.company):
            closed += Chat.objects.filter(pk__in=ids, closed_at__isnull=False).count()
    return closed
