"""A visitor's own chat: what their browser shows of it, and the page they are on."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.live.switchboard import send_on_commit
from agency.models import PoolEntry
from agency.services.pool import entries
from chat.domain import events
from chat.domain.budget import Budget
from chat.models import Chat, Message
from chat.services.console.endings import list_endings
from chat.services.messaging import MessagePage, append_system, list_messages
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import SiteFacts


def find_visitor_chat(
    *, site: SiteFacts, visitor_id: UUID, chat_id: UUID | None, page: MessagePage
) -> events.VisitorChat | None:
    """Return the visitor's unfinished chat on this site, else the one asked for if it is theirs, else None."""
    company = Company.objects.get(pk=site.company_id)
    with in_company(company):
        own = Chat.objects.filter(visitor=visitor_id, site_id=site.id)
        chat = own.filter(closed_at__isnull=True).first()
        if chat is None and chat_id is not None:
            chat = own.filter(pk=chat_id).first()
        if chat is None:
            return None
        messages = list_messages(chat.pk, page=page, viewer="visitor")
        answers = Message.objects.filter(chat=chat, kind=Message.Kind.TEXT, side="operator")
        answered = answers.exists()
        last = Message.objects.filter(chat=chat).aggregate(last=Max("seq"))["last"] or 0
        ending = list_endings([chat.pk])[chat.pk]
    entry = PoolEntry.objects.select_related("operator").filter(pk=chat.pk).first()
    return events.VisitorChat(
        id=chat.pk,
        state=wire_state(entry),
        last_seq=last,
        arrived_at=chat.opened_at,
        promise_seconds=entry.promise_seconds if entry else DEFAULT_PROMISE_SECONDS,
        operator=entry.operator.public_name if entry and entry.operator else None,
        operator_read=entry.operator_read if entry else 0,
        visitor_read=entry.visitor_read if entry else 0,
        answered=answered,
        messages=messages,
        rating=ending.rating,
        transcripts=ending.transcripts,
    )


@transaction.atomic
def note_page(*, chat_id: UUID, visitor_id: UUID, url: str, title: str, now: datetime) -> bool:
    """Store that the visitor of a live chat is on another page. False if it is the page known last."""
    entry = entries.find_locked(chat_id)
    if entry is None or entry.visitor_id != visitor_id or entry.state == PoolEntry.State.WRAP_UP:
        return False
    with in_company(entry.company):
        pages = Message.objects.filter(chat_id=chat_id, kind=Message.Kind.SYSTEM, data__code="page")
        last = pages.order_by("-seq").values_list("data__url", flat=True).first()
        if last is None:
            last = Chat.objects.values_list("page_url", flat=True).get(pk=chat_id)
    if url in ("", last):
        return False
    whole_at = Budget(settings.FRAME_RATE, settings.FRAME_BURST).spend(entry.visitor_whole_at, now)
    if whole_at is None:
        return False
    entry.visitor_whole_at = whole_at
    posted = append_system(entry, now=now, code="page", url=url, title=title)
    entry.visitor_seen_at = max(entry.visitor_seen_at, now)
    entry.save()
    send_on_commit(posted)
    return True


def wire_state(entry: PoolEntry | None) -> str:
    """A visitor's view of a chat's state: waiting, open or closed."""
    if entry is None or entry.state == PoolEntry.State.WRAP_UP:
        return "closed"
    return "open" if entry.state == PoolEntry.State.OPEN else "waiting"
