"""Desks in use now, as a manager sees them: how full, with whose chats, and for how long still."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from agency.domain.pool.capacity import weighted_load
from agency.domain.pool.routing import Candidate
from agency.models import Operator, PoolEntry, Seat
from agency.services.certification.valid_certificates import certifications
from agency.services.pool.seats import LEASE
from tenants.models import Company

# A console renews each 5 s: two renewals that didn't come are no slow line any more.
SILENT_AFTER = timedelta(seconds=10)
# Desks that one page shows at most.
SHOWN = 25

Taker = tuple[Operator, Candidate]
Standing = Literal["lost", "silent", "paused", "draining", "full", "free"]


@dataclass(frozen=True, slots=True)
class Desk:
    """One taken seat in a few facts. `heard_at` is when its console last said that it is there."""

    operator_id: UUID
    name: str
    heard_at: datetime
    standing: Standing
    paused: bool
    draining: bool
    used: int
    capacity: int

    @property
    def free(self) -> int:
        """Slots for new chats."""
        if self.standing in ("lost", "paused", "draining"):
            return 0
        return max(0, self.capacity - self.used)


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A desk as it is shown.

    Args:
        load: the weighted one, by which the router ranks.
        chats: its companies with the number of chats and offers of each, the most first.
    """

    desk: Desk
    seat: Seat
    load: float
    chats: tuple[tuple[Company, int], ...]


@dataclass(frozen=True, slots=True)
class Desks:
    """The taken seats. `lines` are those shown of the `total` that were asked for, after the `first`."""

    every: list[Desk]
    lines: list[SeatLine]
    total: int
    first: int

    @property
    def here(self) -> list[Desk]:
        """Those whose console is there."""
        return [desk for desk in self.every if desk.standing != "lost"]

    @property
    def free_slots(self) -> int:
        """Chats that could be accepted now by somebody, of any company."""
        return sum(desk.free for desk in self.here)

    @property
    def slots(self) -> int:
        """Chats that all of them may hold together."""
        return sum(desk.capacity for desk in self.here)

    @property
    def used(self) -> int:
        """Slots in use."""
        return sum(desk.used for desk in self.here)

    @property
    def paused(self) -> int:
        """How many are on a break."""
        return sum(desk.paused for desk in self.here)

    @property
    def draining(self) -> int:
        """How many get no new chats while others can."""
        return sum(desk.draining and not desk.paused for desk in self.here)

    @property
    def names(self) -> dict[UUID, str]:
        """The names visitors see, by operator."""
        return {desk.operator_id: desk.name for desk in self.every}


def list_desks(
    now: datetime,
    *,
    name: str = "",
    company_id: UUID | None = None,
    standings: Collection[Standing] = (),
    start: int = 0,
) -> Desks:
    """Every seat with a lease, or with chats that wait for the sweep, and 25 of them in full, by name.

    Four queries, and one more with a company.

    Args:
        name: in full only those whose name holds this, in capitals or not.
        company_id: in full only those certified for this company.
        standings: in full only those that stand so; empty for all.
        start: how many of these to leave out.
    """
    every = _list_every(now)
    wanted = [
        desk
        for desk in every
        if name.casefold() in desk.name.casefold() and (not standings or desk.standing in standings)
    ]
    if company_id is not None:
        certified = certifications(now).filter(company=company_id)
        able = set(certified.values_list("operator_id", flat=True))
        wanted = [desk for desk in wanted if desk.operator_id in able]
    start = min(start, max(0, (len(wanted) - 1) // SHOWN * SHOWN))
    return Desks(every, _in_full(wanted[start : start + SHOWN]), len(wanted), start)


def find_seat(operator_id: UUID) -> Seat | None:
    """An operator's seat, taken or not, or None if they never had one."""
    return Seat.objects.select_related("operator__user").filter(pk=operator_id).first()


def list_takers(
    company_id: UUID,
    language: str,
    candidates: Sequence[Candidate],
    *,
    but: Collection[UUID | None],
) -> list[Taker]:
    """List the operators who could be given a chat of this company now: certified, here, not on a break, with a free
    slot.
    One query.

    Args:
        but: who has it or is asked already.
    """
    able = {
        one.operator_id: one
        for one in candidates
        if company_id in one.certified
        and language in one.languages
        and not one.paused
        and one.used < one.capacity
        and one.operator_id not in but
    }
    found = Operator.objects.filter(pk__in=able).order_by(Lower("public_name"), "pk")
    return [(operator, able[operator.pk]) for operator in found]


def _list_every(now: datetime) -> list[Desk]:
    rows = Seat.objects.filter(Q(lease_until__gt=now) | Q(used__gt=0))
    facts = rows.order_by(Lower("operator__public_name"), "operator_id").values_list(
        "operator_id",
        "operator__public_name",
        "lease_until",
        "paused",
        "draining",
        "used",
        "capacity",
    )
    return [
        Desk(
            operator_id=operator_id,
            name=name,
            heard_at=lease_until - LEASE,
            standing=_standing(now - (lease_until - LEASE), paused, draining, used >= capacity),
            paused=paused,
            draining=draining,
            used=used,
            capacity=capacity,
        )
        for operator_id, name, lease_until, paused, draining, used, capacity in facts
    ]


def _standing(unheard: timedelta, paused: bool, draining: bool, full: bool) -> Standing:
    """The one thing about a seat that counts most."""
    if unheard >= LEASE:
        return "lost"
    if unheard >= SILENT_AFTER:
        return "silent"
    if paused:
        return "paused"
    if draining:
        return "draining"
    return "full" if full else "free"


Held = tuple[UUID, str, str]


def _in_full(desks: Sequence[Desk]) -> list[SeatLine]:
    seats = Seat.objects.select_related("operator").in_bulk([desk.operator_id for desk in desks])
    held, companies = _list_held(seats)
    return [
        _line(desk, seats[desk.operator_id], held[desk.operator_id], companies)
        for desk in desks
        if desk.operator_id in seats
    ]


def _list_held(
    ids: Iterable[UUID],
) -> tuple[defaultdict[UUID, list[Held]], dict[UUID, Company]]:
    """Each operator's chats and offers as (company, state, turn), and the companies."""
    ids = list(ids)
    held: defaultdict[UUID, list[Held]] = defaultdict(list)
    busy = PoolEntry.objects.filter(Q(operator__in=ids) | Q(offered_to__in=ids))
    for holder, asked, company, state, turn in busy.values_list(
        "operator_id", "offered_to_id", "company_id", "state", "turn"
    ):
        if holder is not None:
            held[holder].append((company, state, turn))
        if asked is not None:
            held[asked].append((company, "offered", turn))
    known = {company for items in held.values() for company, _state, _turn in items}
    return held, Company.objects.only("name", "monogram").in_bulk(known)


def _line(desk: Desk, seat: Seat, held: Sequence[Held], companies: Mapping[UUID, Company]) -> SeatLine:
    counted = Counter(company for company, _state, _turn in held)
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], companies[pair[0]].name))
    return SeatLine(
        desk=desk,
        seat=seat,
        load=weighted_load((state, turn) for _company, state, turn in held),
        chats=tuple((companies[company_id], n) for company_id, n in ranked),
    )
