"""What a console or a panel shows, read fresh. Snapshot plus events must equal a fresh snapshot."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agency.models import Operator, PoolEntry, Seat, User
from agency.services import certified, pool, presence
from chat.domain import events
from chat.models import Chat, Text
from chat.services.endings import Ending, list_endings
from chat.services.messaging import list_messages
from chat.services.texts import list_texts
from tenants.context import in_company
from tenants.models import Company, Site

_OPERATOR = "operator"


def entry_of(entry: PoolEntry) -> events.Entry:
    """The live facts as they go over the wire."""
    return events.Entry(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        state=str(entry.state),
        fence=entry.fence,
        last_seq=entry.last_seq,
        turn=entry.turn,
        turn_at=entry.turn_at,
        arrived_at=entry.arrived_at,
        promise_seconds=entry.promise_seconds,
        first_human_at=entry.first_human_at,
        visitor_seen_at=entry.visitor_seen_at,
        visitor_read=entry.visitor_read,
        operator_read=entry.operator_read,
        wrap_up_at=entry.wrap_up_at,
    )


def seat_of(seat: Seat) -> events.Seat:
    """The seat as it goes over the wire."""
    return events.Seat(
        epoch=seat.epoch,
        capacity=seat.capacity,
        used=seat.used,
        paused=seat.paused,
        pause_reason=seat.pause_reason,
        draining=seat.draining,
        lease_until=seat.lease_until,
    )


def offer_of(entry: PoolEntry, site_name: str) -> events.Offer:
    """The offer as it goes over the wire: no word of the visitor."""
    assert entry.offer_expires_at is not None
    return events.Offer(
        chat_id=entry.chat_id,
        company_id=entry.company_id,
        site=site_name,
        language=entry.language,
        fence=entry.fence,
        arrived_at=entry.arrived_at,
        promise_seconds=entry.promise_seconds,
        first_human_at=entry.first_human_at,
        expires_at=entry.offer_expires_at,
    )


def console_chats(entries: Iterable[PoolEntry]) -> list[events.ConsoleChat]:
    """These chats as their operator sees them: five queries per company held, plus one per chat."""
    per_company: defaultdict[UUID, list[PoolEntry]] = defaultdict(list)
    for entry in entries:
        per_company[entry.company_id].append(entry)
    sites = site_names(entry.site_id for own in per_company.values() for entry in own)
    found = []
    for own in per_company.values():
        with in_company(own[0].company):
            rows = Chat.objects.filter(pk__in=[entry.chat_id for entry in own])
            chats = {row.pk: row for row in rows.select_related("visitor")}
            visitors = [row.visitor_id for row in chats.values()]
            counts = Counter(
                Chat.objects.filter(visitor__in=visitors).values_list("visitor", flat=True)
            )
            endings = list_endings(chats)
            found += [
                _console_chat(
                    entry,
                    chats[entry.chat_id],
                    sites.get(entry.site_id, ""),
                    counts[chats[entry.chat_id].visitor_id] - 1,
                    endings[entry.chat_id],
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
    companies_of = certified.list_certified_companies(operator.pk, now)
    held, offered = pool.list_held(operator.pk), pool.list_offered(operator.pk)
    wanted = {*companies_of, *(entry.company_id for entry in (*held, *offered))}
    companies = Company.objects.filter(pk__in=wanted).order_by("name")
    sites = site_names(entry.site_id for entry in offered)
    return events.Snapshot(
        server_time=now,
        me=events.Me(user.pk, operator.public_name, user.language),
        seat=seat_of(presence.find_or_make_seat(operator)),
        companies=[
            events.ConsoleCompany(row.pk, row.name, row.monogram, row.tone, row.language)
            for row in companies
        ],
        chats=console_chats(held),
        offers=[offer_of(entry, sites.get(entry.site_id, "")) for entry in offered],
    )


def renewal(seat: Seat, *, now: datetime) -> events.SeatRenewed:
    """What a lease renewal answers: the seat and, in short, all it holds."""
    return events.SeatRenewed(
        seat=seat_of(seat),
        server_time=now,
        held=[
            events.Held(
                entry.chat_id,
                str(entry.state),
                entry.fence,
                entry.last_seq,
                entry.operator_read,
                entry.visitor_read,
                entry.visitor_seen_at,
            )
            for entry in pool.list_held(seat.operator_id)
        ],
        offers=[entry.chat_id for entry in pool.list_offered(seat.operator_id)],
    )


def company_texts(company: Company) -> list[events.Text]:
    """A company's script, canned replies and instruction in force."""
    with in_company(company):
        rows = list_texts(Text.Kind.SCRIPT, Text.Kind.CANNED, Text.Kind.INSTRUCTION)
    return [
        events.Text(
            id=row.pk,
            kind=str(row.kind),
            key=row.key,
            language=row.language,
            version=row.version,
            title=row.title,
            body=row.body,
            data=row.data,
        )
        for row in rows
    ]


def site_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of sites by id."""
    return dict(Site.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def _console_chat(
    entry: PoolEntry, chat: Chat, site: str, earlier: int, ending: Ending
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
        messages=list_messages(chat.pk, viewer=_OPERATOR),
        rating=ending.rating,
        transcripts=ending.transcripts,
    )
