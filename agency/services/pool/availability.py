"""What each site offers now, and how much is left to give. One reading of all sites is cheap, and the same whoever
asks.

The parts that change by hand are kept (agency/services/pool/site_facts.py), so a reading is a version and three small
queries: seats, chats that wait, reservations.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from agency.domain.hours import hours as clock
from agency.domain.pool import overflow, reasons, site_reasons
from agency.domain.pool.overflow import FULL, OPEN, HeldSlots
from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.site_reasons import SiteStaff
from agency.domain.pool.slots import Slots
from agency.models import PoolEntry, Reservation, Seat
from agency.services.hours.agreement import list_hours
from agency.services.pool import arrival_rates, site_facts
from agency.services.pool.arrival_rates import Tempo
from agency.services.pool.candidates import Staff, count_staff
from agency.services.pool.site_facts import PoolFacts
from tenants.models import Company, Site

CHAT = "chat"


@dataclass(frozen=True, slots=True)
class SlotRoom:
    """Seats that could be offered a chat of one company in one language.

    `free_slots` of them now, `left` of those after every waiting chat and reservation that competes for them has one;
    `busy` and `slots` are the slots in use and all slots.
    """

    seats: int
    free_slots: int
    left: int
    busy: int
    slots: int


@dataclass(frozen=True, slots=True)
class SiteState:
    """The offer of a site. `mode`: chat, or its answer when nobody can be asked, and then `reason` why. Of a company
    that isn't live it is hidden. `level`: see domain.pool.overflow.
    """

    site: Site
    mode: str
    level: str
    promise_seconds: int
    closes_at: datetime | None
    opens_at: datetime | None
    seats: int
    free_slots: int
    left: int
    slots: int
    reason: PoolReason = reasons.NONE


@dataclass(slots=True)
class Picture:
    """The memory of one process between readings. A new one knows nothing and shows what it measures."""

    standing: PoolFacts | None = None
    tempo: Tempo | None = None
    levels: dict[UUID, HeldSlots] = field(default_factory=dict)


class Pool:
    """The seats as they are now: who has room for one more chat of which company."""

    def __init__(self, known: PoolFacts, now: datetime) -> None:
        self.known = known
        leased = Seat.objects.filter(lease_until__gt=now).values_list("pk", "capacity", "used", "paused", "draining")
        rows = [(known.numbers[pk], *facts) for pk, *facts in leased if pk in known.numbers]
        seats = [(number, capacity, used) for number, capacity, used, paused, draining in rows if not paused | draining]
        self.here = sum(1 << number for number, _, _ in seats)
        self._paused = sum(1 << number for number, _, _, paused, _ in rows if paused)
        self._draining = sum(1 << number for number, _, _, paused, draining in rows if draining and not paused)
        self._all = Slots({number: capacity for number, capacity, _ in seats})
        self._used = Slots({number: used for number, _, used in seats})
        self._free = Slots({number: capacity - used for number, capacity, used in seats})
        self._left = Slots({number: capacity - used for number, capacity, used in seats})
        self._may = _remaining(known) if known.limits else {}
        self._left.take_all(self._claims(now))
        self._rooms: dict[tuple[UUID, str], SlotRoom] = {}

    def room(self, company_id: UUID, language: str) -> SlotRoom:
        """Count the room for this company's chats, once for all its sites of that language."""
        found = self._rooms.get((company_id, language))
        if found is None:
            seats = self.known.who(company_id, language) & self.here
            may = self._may.get(company_id)
            found = self._rooms[company_id, language] = SlotRoom(
                seats=seats.bit_count(),
                free_slots=self._free.count(seats, may),
                left=self._left.count(seats, may),
                busy=self._used.count(seats),
                slots=self._all.count(seats),
            )
        return found

    def staff(self, company_id: UUID, language: str) -> SiteStaff:
        """Count who could answer this company's chats, were they here and free."""
        able = self.known.who(company_id, language)
        return SiteStaff(
            certified=self.known.certified.get(company_id, 0).bit_count(),
            able=able.bit_count(),
            paused=(able & self._paused).bit_count(),
            draining=(able & self._draining).bit_count(),
        )

    def _claims(self, now: datetime) -> list[int]:
        """List the operators who could take each waiting chat, oldest first, and then each reserved one."""
        waiting = PoolEntry.objects.filter(state=PoolEntry.State.WAITING).order_by("arrived_at")
        claims = [self._able(*one) for one in waiting.values_list("company", "language")]
        sites = {site.pk: site for site in self.known.sites}
        reserved = Reservation.objects.filter(expires_at__gt=now).values_list("site_id", flat=True)
        found = [sites[pk] for pk in reserved if pk in sites]
        return claims + [self._able(site.company_id, site.language) for site in found]

    def _able(self, company_id: UUID, language: str) -> int:
        seats = self.known.who(company_id, language)
        for number, more in self._may.get(company_id, {}).items():
            if more <= 0:
                seats &= ~(1 << number)
        return seats


def list_site_states(now: datetime, picture: Picture | None = None) -> list[SiteState]:
    """Every site of every ready company.

    Args:
        picture: what this process knew before; it is brought up to date.
    """
    picture = picture if picture is not None else Picture()
    known = picture.standing = site_facts.refresh(picture.standing, now)
    pace = picture.tempo = arrival_rates.refresh(picture.tempo, now)
    pool = Pool(known, now)
    everybody = max(1, pool.here.bit_count())
    levels, picture.levels = picture.levels, {}
    states = []
    for site in known.sites:
        closes, opens = known.doors(site.company_id, now)
        promise = known.promise_of(site.company_id)
        room = pool.room(site.company_id, site.language)
        level = FULL
        is_live = site.company.live_at is not None
        if is_live and closes is not None and room.seats:
            measured = _level(room, pace, site.company_id, room.seats / everybody, promise)
            held = overflow.settle(levels.get(site.pk), measured, now)
            picture.levels[site.pk] = held
            level = held.level
        states.append(
            SiteState(
                site=site,
                mode=_mode(site, level),
                level=level,
                promise_seconds=promise,
                closes_at=closes,
                opens_at=opens,
                seats=room.seats,
                free_slots=room.free_slots,
                left=room.left,
                slots=room.slots,
                reason=_why(site, pool, is_open=closes is not None) if level == FULL else reasons.NONE,
            )
        )
    return states


def _mode(site: Site, level: str) -> str:
    if site.company.live_at is None:
        return Site.Unstaffed.HIDDEN
    return site.unstaffed if level == FULL else CHAT


def _why(site: Site, pool: Pool, *, is_open: bool) -> PoolReason:
    """Return why nobody can be asked at a site."""
    if site.company.live_at is None:
        return site_reasons.not_live()
    if not is_open:
        return site_reasons.outside_hours()
    room = pool.room(site.company_id, site.language)
    if not room.seats:
        return site_reasons.why_nobody(pool.staff(site.company_id, site.language), site.language)
    return site_reasons.overflow(slots=room.slots, free=room.free_slots, left=room.left)


def find_staff(company: Company, language: str, now: datetime) -> Staff | None:
    """List the operators who could be offered a first message that comes now, or None if it isn't taken: the company
    isn't live, it is out of hours, or nobody is here.

    Everybody at their limit is no reason to refuse: the visitor waits.
    """
    if company.live_at is None or not clock.is_open(list_hours([company])[company.pk], now):
        return None
    staff = count_staff(company.pk, language, now)
    return staff if staff.seats else None


def may_invite(room: SlotRoom, level: str) -> bool:
    """Whether one more visitor may be invited: all is open, and more is left than is kept for those who come by
    themselves.
    """
    return level == OPEN and room.left > overflow.kept_for_others(room.slots)


def _level(room: SlotRoom, pace: Tempo, company_id: UUID, share: float, promise_seconds: int) -> str:
    wait = overflow.forecast_wait(
        left=room.left,
        busy=room.busy,
        slots=room.slots,
        arrivals=pace.arrivals_at(company_id, share),
        aht=pace.aht_of(company_id),
    )
    return overflow.level(left=room.left, wait=wait, promise_seconds=promise_seconds)


def _remaining(known: PoolFacts) -> Mapping[UUID, dict[int, int]]:
    """How many more chats of a company those may have who are limited to so many at once."""
    people = {pk for pk, number in known.numbers.items() if any(number in of for of in known.limits.values())}
    holds = PoolEntry.objects.exclude(state=PoolEntry.State.WRAP_UP).filter(
        Q(operator__in=people) | Q(offered_to__in=people), company__in=list(known.limits)
    )
    counted = holds.values_list("company", Coalesce("offered_to", "operator")).annotate(n=Count("pk"))
    held = {(company_id, known.numbers[pk]): n for company_id, pk, n in counted}
    return {
        company_id: {number: most - held.get((company_id, number), 0) for number, most in of.items()}
        for company_id, of in known.limits.items()
    }
