"""The floor beyond an operator's own chats: what waits and why, who is here, the calls for a lead, who could take over.

Only companies the operator is certified for, and no word of a visitor but to a lead operator who reads a chat before
taking it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from agency.domain.pool.routing import Candidate
from agency.live.switchboard import Event
from agency.models import Operator, PoolEntry, Seat
from agency.services.certification.valid_certificates import (
    certifications,
    list_certified,
    list_certified_companies,
)
from agency.services.pool.candidates import list_candidates
from agency.services.pool.refusal_counts import list_crowds
from chat.domain import events
from chat.models import Chat
from chat.services.messaging import list_messages
from chat.services.wire import site_names
from tenants.context import in_company
from tenants.models import Company

State = PoolEntry.State
_WAITING = (State.WAITING, State.OFFERED)
# Waiting chats that one console shows at most: nobody picks from more by hand.
_SHOWN = 200
# The wire has one word for a seat without a slot and for a company's own limit.
_WORDS = {"limit": "full"}


def get_floor(*, operator_id: UUID, now: datetime) -> events.Floor:
    """The waiting chats and the operators here, over the companies this operator is certified for.

    Six queries at most, and for a lead operator one more for each company with open chats.
    """
    companies = list_certified_companies(operator_id, now)
    is_lead = Operator.objects.filter(pk=operator_id, is_lead=True).exists()
    states = (*_WAITING, State.OPEN) if is_lead else _WAITING
    rows = _entries().filter(company__in=companies, state__in=states).order_by("arrived_at")
    shown = list_chats(rows[:_SHOWN], now)
    _number([chat for chat in shown if chat.state == State.OPEN])
    return events.Floor(
        waiting=[chat for chat in shown if chat.state != State.OPEN],
        open=[chat for chat in shown if chat.state == State.OPEN],
        colleagues=_list_colleagues(operator_id, companies, now),
    )


def list_calls(operator: Operator, companies: Collection[UUID], now: datetime) -> list[events.FloorChat]:
    """Return the chats that this operator is called to. No query unless they lead, one if there are none."""
    if not operator.is_lead:
        return []
    return list_chats(_called().filter(company__in=companies).order_by("arrived_at")[:_SHOWN], now)


def list_call_ids(operator: Operator, now: datetime) -> list[UUID]:
    """Return their ids. No query unless this operator leads, else one."""
    if not operator.is_lead:
        return []
    companies = certifications(now).filter(operator=operator.pk).values("company")
    called = _called().filter(company__in=companies).order_by("arrived_at")
    return list(called.values_list("pk", flat=True)[:_SHOWN])


def call_events(entry: PoolEntry, now: datetime) -> list[Event]:
    """Return the events that tell the certified lead operators how a called chat stands, or none if it isn't called."""
    if entry.called_at is None:
        return []
    leads = _leads_of(entry.company_id, now)
    if not leads:
        return []
    (chat,) = list_chats([entry], now)
    event = events.encode(events.CallMade(chat))
    return [(f"u:{operator_id}", event) for operator_id in leads]


def call_gone(entry: PoolEntry, reason: str, now: datetime) -> list[Event]:
    """End the call to the lead operators, if there is one. Returns the events to send. The caller saves the entry."""
    if entry.called_at is None:
        return []
    entry.called_at = None
    event = events.encode(events.CallGone(entry.chat_id, reason))
    return [(f"u:{operator_id}", event) for operator_id in _leads_of(entry.company_id, now)]


def transfer_options(*, entry: PoolEntry, now: datetime) -> events.TransferOptions:
    """List the operators who could take this chat over from its holder, and why the others can't. Three queries."""
    certified = Operator.objects.filter(
        pk__in=certifications(now).filter(company=entry.company_id).values("operator")
    ).exclude(pk=entry.operator_id)
    here = {one.operator_id: one for one in list_candidates(now, [entry.company_id])}
    people = []
    languages: set[str] = set()
    for operator in certified.order_by("public_name", "pk"):
        candidate = here.get(operator.pk)
        refused = why_not(candidate, entry)
        people.append(
            events.FloorPerson(
                id=operator.pk,
                name=operator.public_name,
                used=candidate.used if candidate else 0,
                capacity=candidate.capacity if candidate else 0,
                refused=refused,
            )
        )
        if refused in ("", "language"):
            languages.update(operator.languages)
    return events.TransferOptions(entry.chat_id, people, sorted(languages))


def why_not(candidate: Candidate | None, entry: PoolEntry, *, language: str = "") -> str:
    """Why this certified person can't be asked to take the chat over now: a word of the wire, empty if they can.

    Args:
        candidate: None if they aren't here.
        language: the one asked for; empty: the chat's own.
    """
    if candidate is None or not candidate.leased:
        return "away"
    if candidate.paused:
        return "paused"
    if candidate.draining:
        return "draining"
    limit = candidate.chat_limits.get(entry.company_id)
    at_limit = limit is not None and candidate.chats.get(entry.company_id, 0) >= limit
    if candidate.used >= candidate.capacity or at_limit:
        return "full"
    return "" if (language or entry.language) in candidate.languages else "language"


def list_chats(rows: Iterable[PoolEntry], now: datetime) -> list[events.FloorChat]:
    """Describe these chats as colleagues see them. At most one query for the rows, and one for why they wait."""
    entries = list(rows)
    sites = site_names(entry.site_id for entry in entries)
    reasons = _list_reasons([entry for entry in entries if entry.state == State.WAITING], now)
    return [
        events.FloorChat(
            chat_id=entry.chat_id,
            company_id=entry.company_id,
            site=sites.get(entry.site_id, ""),
            language=entry.language,
            state=str(entry.state),
            fence=entry.fence,
            arrived_at=entry.arrived_at,
            promise_seconds=entry.promise_seconds,
            first_human_at=entry.first_human_at,
            bounces=entry.bounces,
            called=entry.called_at is not None,
            operator=_name_of(entry),
            why=reasons.get(entry.chat_id, ""),
            turn=entry.turn if entry.state == State.OPEN else "",
            turn_at=entry.turn_at if entry.state == State.OPEN else None,
        )
        for entry in entries
    ]


def look_at_chat(*, operator_id: UUID, chat_id: UUID, now: datetime) -> events.ChatLooked | None:
    """Read the newest page of a colleague's open chat. None unless this operator leads and is certified for the
    company.
    """
    entry = _entries().select_related("company").filter(pk=chat_id, state=State.OPEN).first()
    if entry is None or operator_id not in _leads_of(entry.company_id, now):
        return None
    with in_company(entry.company):
        name = Chat.objects.values_list("visitor__name", flat=True).get(pk=chat_id)
        messages = list_messages(chat_id, viewer="operator")
    return events.ChatLooked(chat_id, name, messages)


def _number(chats: list[events.FloorChat]) -> None:
    """Give open chats their own numbers, which their companies hold. One query each."""
    per_company: defaultdict[UUID, list[events.FloorChat]] = defaultdict(list)
    for chat in chats:
        per_company[chat.company_id].append(chat)
    for company in Company.objects.filter(pk__in=per_company):
        own = per_company[company.pk]
        with in_company(company):
            rows = Chat.objects.filter(pk__in=[chat.chat_id for chat in own])
            numbers = dict(rows.values_list("pk", "number"))
        for chat in own:
            chat.number = numbers.get(chat.chat_id, 0)


def _list_reasons(entries: list[PoolEntry], now: datetime) -> dict[UUID, str]:
    if not entries:
        return {}
    crowds = list_crowds({entry.company_id for entry in entries}, now)
    codes = {entry.pk: crowds[entry.company_id, entry.language].code for entry in entries}
    return {chat_id: _WORDS.get(code, code) for chat_id, code in codes.items()}


def _list_colleagues(operator_id: UUID, companies: list[UUID], now: datetime) -> list[events.Colleague]:
    """Everybody else who is here and knows one of these companies."""
    seats = list(
        Seat.objects.filter(lease_until__gt=now)
        .exclude(pk=operator_id)
        .select_related("operator")
        .order_by("operator__public_name", "pk")
    )
    certified = list_certified([seat.operator_id for seat in seats], now)
    shared = set(companies)
    return [
        events.Colleague(
            id=seat.operator_id,
            name=seat.operator.public_name,
            state=_standing(seat),
            used=seat.used,
            capacity=seat.capacity,
        )
        for seat in seats
        if certified[seat.operator_id] & shared
    ]


def _standing(seat: Seat) -> str:
    if seat.paused:
        return "paused"
    if seat.draining:
        return "draining"
    return "full" if seat.used >= seat.capacity else "free"


def _name_of(entry: PoolEntry) -> str:
    person = entry.operator or entry.offered_to
    return person.public_name if person is not None else ""


def _entries() -> QuerySet[PoolEntry]:
    return PoolEntry.objects.select_related("operator", "offered_to")


def _called() -> QuerySet[PoolEntry]:
    return _entries().filter(called_at__isnull=False, state__in=_WAITING)


def _leads_of(company_id: UUID, now: datetime) -> list[UUID]:
    rows = certifications(now).filter(company=company_id, operator__is_lead=True)
    return sorted(rows.values_list("operator_id", flat=True))
