"""Who sits at the desks now, as a manager sees them: how full, with whose chats, and for how long still."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Lower

from agency.domain.capacity import weighted_load
from agency.domain.routing import Candidate
from agency.models import Operator, PoolEntry, Seat
from agency.services.presence import LEASE
from tenants.models import Company

# A console renews each 5 s: two renewals that didn't come are no slow line any more.
SILENT_AFTER_S = 10.0

Taker = tuple[Operator, Candidate]
Standing = Literal["lost", "silent", "paused", "draining", "full", "free"]


@dataclass(frozen=True, slots=True)
class SeatLine:
    """One taken seat.

    Args:
        load: the weighted one, by which the router ranks.
        chats: its companies with the number of chats and offers of each, the most first.
        renewed: seconds since its console was last heard.
    """

    seat: Seat
    operator: Operator
    load: float
    chats: tuple[tuple[Company, int], ...]
    renewed: float

    @property
    def standing(self) -> Standing:
        """The one thing about it that counts most."""
        if self.renewed >= LEASE.total_seconds():
            return "lost"
        if self.renewed >= SILENT_AFTER_S:
            return "silent"
        if self.seat.paused:
            return "paused"
        if self.seat.draining:
            return "draining"
        return "full" if self.seat.used >= self.seat.capacity else "free"

    @property
    def free(self) -> int:
        """Slots for new chats; those of who drains are a last resort and don't count."""
        if self.standing in ("lost", "paused", "draining"):
            return 0
        return max(0, self.seat.capacity - self.seat.used)


@dataclass(frozen=True, slots=True)
class Desks:
    """The taken seats, by name."""

    lines: list[SeatLine]

    @property
    def here(self) -> list[SeatLine]:
        """Those whose console is there."""
        return [line for line in self.lines if line.standing != "lost"]

    @property
    def free_slots(self) -> int:
        """Chats that could be accepted now by somebody, of any company."""
        return sum(line.free for line in self.here)

    @property
    def slots(self) -> int:
        """Chats that all of them may hold together."""
        return sum(line.seat.capacity for line in self.here)

    @property
    def used(self) -> int:
        """Slots in use."""
        return sum(line.seat.used for line in self.here)

    @property
    def paused(self) -> int:
        """How many are on a break."""
        return sum(line.seat.paused for line in self.here)

    @property
    def draining(self) -> int:
        """How many get no new chats while others can."""
        return sum(line.seat.draining and not line.seat.paused for line in self.here)


def list_desks(now: datetime) -> Desks:
    """Every seat with a lease, or with chats that wait for the sweep; three queries."""
    rows = Seat.objects.filter(Q(lease_until__gt=now) | Q(used__gt=0)).select_related("operator")
    seats = list(rows.order_by(Lower("operator__public_name"), "operator_id"))
    held, companies = _list_held(seats)
    return Desks([_line(seat, held[seat.pk], companies, now) for seat in seats])


def find_seat(operator_id: UUID) -> Seat | None:
    """An operator's seat, taken or not, or None if they never had one."""
    return Seat.objects.select_related("operator__user").filter(pk=operator_id).first()


def names_of(desks: Desks) -> dict[UUID, str]:
    """The names visitors see, by operator."""
    return {line.operator.pk: line.operator.public_name for line in desks.lines}


def list_takers(
    company_id: UUID,
    language: str,
    candidates: Sequence[Candidate],
    *,
    but: Collection[UUID | None],
) -> list[Taker]:
    """Who could be given a chat of this company now: certified, here, not on a break, with a free slot. One query.

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


Held = tuple[UUID, str, str]


def _list_held(
    seats: Iterable[Seat],
) -> tuple[defaultdict[UUID, list[Held]], dict[UUID, Company]]:
    """Each operator's chats and offers as (company, state, turn), and the companies."""
    ids = [seat.pk for seat in seats]
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


def _line(
    seat: Seat, held: Sequence[Held], companies: Mapping[UUID, Company], now: datetime
) -> SeatLine:
    counted = Counter(company for company, _state, _turn in held)
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], companies[pair[0]].name))
    return SeatLine(
        seat=seat,
        operator=seat.operator,
        load=weighted_load((state, turn) for _company, state, turn in held),
        chats=tuple((companies[company_id], n) for company_id, n in ranked),
        renewed=max(0.0, (now - (seat.lease_until - LEASE)).total_seconds()),
    )
