"""The state of a console or a panel, read fresh. Snapshot plus events must equal a fresh snapshot."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from agency.models import Operator, PoolEntry, Seat, User
from agency.services.certification import valid_certificates
from agency.services.pool import entries as pool_entries
from agency.services.pool import seats
from chat.domain import events
from chat.domain.leads import LeadSource
from chat.models import Chat, Lead
from chat.services.console.endings import Ending, list_endings
from chat.services.console.floor import list_call_ids, list_calls
from chat.services.console.transfer_note import find_passing_note
from chat.services.messaging import PAGE_BYTES, list_messages
from chat.services.wire import OfferFacts, console_limits, entry_of, offer_of, seat_of, site_names
from tenants.context import in_company
from tenants.models import Company

_OPERATOR = "operator"
_HAS_LEAD = Exists(Lead.objects.filter(source=LeadSource.CHAT, source_id=OuterRef("pk")))
# Bytes of messages that a snapshot has for all its chats together: a console on 0.5 Mbit/s has it before it gives the
# line up (6 s). Older messages are fetched.
SNAPSHOT_BYTES = 4 * PAGE_BYTES


def console_chats(entries: Collection[PoolEntry]) -> list[events.ConsoleChat]:
    """These chats as their operator sees them: five queries per company held, plus one per chat."""
    per_company: defaultdict[UUID, list[PoolEntry]] = defaultdict(list)
    for entry in entries:
        per_company[entry.company_id].append(entry)
    room = min(PAGE_BYTES, SNAPSHOT_BYTES // max(1, len(entries)))
    sites = site_names(entry.site_id for own in per_company.values() for entry in own)
    found = []
    for own in per_company.values():
        with in_company(own[0].company):
            rows = Chat.objects.filter(pk__in=[entry.chat_id for entry in own]).annotate(has_lead=_HAS_LEAD)
            chats: dict[UUID, Any] = {row.pk: row for row in rows.select_related("visitor")}
            visitors = [row.visitor_id for row in chats.values()]
            counts = Counter(Chat.objects.filter(visitor__in=visitors).values_list("visitor", flat=True))
            endings = list_endings(chats)
            found += [
                _console_chat(
                    entry,
                    chats[entry.chat_id],
                    sites.get(entry.site_id, ""),
                    counts[chats[entry.chat_id].visitor_id] - 1,
                    endings[entry.chat_id],
                    room,
                )
                for entry in own
                if entry.chat_id in chats
            ]
    return sorted(found, key=lambda chat: (chat.entry.arrived_at, chat.entry.chat_id))


def console_chat(entry: PoolEntry) -> events.ConsoleChat:
    """One chat as its operator sees it."""
    return console_chats([entry])[0]


def console_snapshot(user: User, *, now: datetime) -> events.Snapshot:
    """Everything one operator's console shows."""
    operator: Operator = user.operator
    companies_of = valid_certificates.list_certified_companies(operator.pk, now)
    unread = valid_certificates.list_unread(operator.pk, now)
    held, offered = pool_entries.list_held(operator.pk), pool_entries.list_offered(operator.pk)
    wanted = {*companies_of, *(entry.company_id for entry in (*held, *offered))}
    companies = Company.objects.filter(pk__in=wanted).order_by("name")
    return events.Snapshot(
        server_time=now,
        me=events.Me(user.pk, operator.public_name, user.language, operator.is_lead),
        seat=seat_of(seats.find_or_make_seat(operator)),
        limits=console_limits(),
        companies=[
            events.ConsoleCompany(row.pk, row.name, row.monogram, row.tone, row.language, row.pk in unread)
            for row in companies
        ],
        chats=console_chats(held),
        offers=_offers(operator, offered, unread),
        calls=list_calls(operator, companies_of, now),
    )


def renewal(seat: Seat, *, now: datetime) -> events.SeatRenewed:
    """Return the answer to a lease renewal: the seat and, in short, all it holds."""
    return events.SeatRenewed(
        seat=seat_of(seat),
        server_time=now,
        held=[
            events.HeldChat(
                entry.chat_id,
                str(entry.state),
                entry.fence,
                entry.last_seq,
                entry.operator_read,
                entry.visitor_read,
                entry.visitor_seen_at,
            )
            for entry in pool_entries.list_held(seat.operator_id)
        ],
        offers=[entry.chat_id for entry in pool_entries.list_offered(seat.operator_id)],
        calls=list_call_ids(seat.operator, now),
        unread=sorted(valid_certificates.list_unread(seat.operator_id, now)),
    )


def _offers(operator: Operator, entries: list[PoolEntry], unread: Collection[UUID]) -> list[events.Offer]:
    """List the offers that ring at this operator. Two queries where there are any."""
    if not entries:
        return []
    sites = site_names(entry.site_id for entry in entries)
    bounced = pool_entries.bounced_by(entry.chat_id for entry in entries)
    return [
        offer_of(
            entry,
            OfferFacts(
                site=sites.get(entry.site_id, ""),
                again=operator.pk in bounced.get(entry.chat_id, ()),
                unread=entry.company_id in unread,
                is_lead=operator.is_lead,
            ),
            note=find_passing_note(entry),
        )
        for entry in entries
    ]


def _console_chat(
    entry: PoolEntry, chat: Any, site: str, earlier: int, ending: Ending, room: int
) -> events.ConsoleChat:
    return events.ConsoleChat(
        entry=entry_of(entry),
        site=site,
        number=chat.number,
        visitor_name=chat.visitor.name,
        visitor_id=chat.visitor_id,
        language=chat.language,
        page_url=chat.page_url,
        page_title=chat.page_title,
        referrer=chat.referrer,
        earlier=earlier,
        messages=list_messages(chat.pk, viewer=_OPERATOR, room=room),
        rating=ending.rating,
        transcripts=ending.transcripts,
        lead=chat.has_lead,
    )
