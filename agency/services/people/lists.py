"""Lists of the agency's people and their certifications, as the manager's pages show them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Func, Q
from django.db.models.functions import Lower

from agency.domain.certification import CURRENT, Standing
from agency.domain.pool.capacity import LEVEL_CAPACITY
from agency.models import Certification, InstructionVersion, Operator, PoolEntry, Seat, User
from agency.services.certification.certify import standing_of
from agency.services.certification.valid_certificates import count_certified
from agency.services.people.addresses import searched_address
from agency.services.people.people import agency_people
from tenants.models import Company

# Forty operators serve 250 companies: nearly every agency's people fit one page.
PAGE = 50
# Names offered to be certified at once; more are found by searching.
OFFERED = 25
SHOWN = ("active", "here", "off", "all")
# Columns that the list of people can be sorted by.
ORDERS: dict[str, Func | F] = {
    "name": Lower("name"),
    "public": Lower("operator__public_name"),
    "level": F("operator__level"),
}
PICKS = ("all", "soon", "unread")


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list, and the head of a person's page."""

    user: User
    operator: Operator | None
    is_here: bool
    is_paused: bool
    held: int
    capacity: int
    certified: int

    @property
    def is_invited(self) -> bool:
        """Whether they still have to choose a first password."""
        return self.user.is_active and not self.user.has_usable_password()


@dataclass(frozen=True, slots=True)
class People:
    """One page of the list. `total` counts all that fit the search."""

    lines: list[PersonLine]
    total: int


@dataclass(frozen=True, slots=True)
class Certificate:
    """An operator's certification for a company.

    `read_at`: when the newest instruction was read, None if it wasn't. `ends_soon`: it counts for 30 days at most.
    """

    operator: Operator
    company: Company
    major: int
    newest: int
    standing: Standing
    certified_at: datetime
    expires_at: datetime | None
    chat_limit: int | None
    has_read: bool
    read_at: datetime | None
    ends_soon: bool
    is_here: bool = False

    @property
    def is_able(self) -> bool:
        """Whether chats of the company may be offered to them."""
        return self.standing.counts and self.operator.user.is_active

    @property
    def can_be_renewed_by_reading(self) -> bool:
        """Whether they have read a newer version than they were certified for."""
        return self.has_read and self.major < self.newest and self.operator.user.is_active

    @property
    def needs_renewal(self) -> bool:
        """Whether it has ended, or will soon."""
        return self.standing.state != CURRENT or self.ends_soon


def list_people(*, query: str, show: str, order: str, window: Callable[[int], slice], now: datetime) -> People:
    """List a page of the agency's people. Five queries however many they are.

    Args:
        query: part of a name, or the beginning of a mail address; "" for everybody.
        show: active, here (at their desk), off (switched off) or all.
        order: a key of ORDERS, with a `-` before it for the other way round.
        window: which of so many people the page shows.
    """
    people = User.objects.filter(agency_people())
    if query:
        people = people.filter(
            Q(name__icontains=query) | _has_address("email", query) | Q(operator__public_name__icontains=query)
        )
    if show in ("active", "off"):
        people = people.filter(is_active=show == "active")
    if show == "here":
        people = people.filter(operator__seat__lease_until__gt=now)
    total = people.count()
    falls, by = order.startswith("-"), ORDERS[order.removeprefix("-")]
    first = by.desc(nulls_last=True) if falls else by.asc(nulls_last=True)
    ordered = people.select_related("operator").order_by(first, Lower("name"), "pk")
    return People(_lines(list(ordered[window(total)]), now), total)


def find_person(user_id: UUID, now: datetime) -> PersonLine | None:
    """One of the agency's people, or None."""
    user = User.objects.filter(agency_people(), pk=user_id).select_related("operator").first()
    return _lines([user], now)[0] if user is not None else None


def list_certificates(operator: Operator, now: datetime) -> list[Certificate]:
    """The companies this operator is certified for, by name."""
    rows = Certification.objects.filter(operator=operator, company__ready=True)
    ordered = rows.select_related("company__instruction_version").order_by(Lower("company__name"))
    return [_certificate(row, operator, row.company, _version(row.company), now) for row in ordered]


def list_certified(company: Company, now: datetime) -> list[Certificate]:
    """The operators certified for this company, by the name visitors see."""
    rows = Certification.objects.filter(company=company).select_related("operator__user")
    version = InstructionVersion.objects.filter(company=company).first()
    here = set(Seat.objects.filter(lease_until__gt=now).values_list("operator_id", flat=True))
    return [
        _certificate(row, row.operator, company, version, now, is_here=row.operator_id in here)
        for row in rows.order_by(Lower("operator__public_name"), "operator_id")
    ]


def find_certificate(operator: Operator, company: Company, now: datetime) -> Certificate | None:
    """This operator's certification for this company, or None."""
    row = Certification.objects.filter(operator=operator, company=company).first()
    version = InstructionVersion.objects.filter(company=company).first()
    return _certificate(row, operator, company, version, now) if row is not None else None


def certificate_of(row: Certification, now: datetime) -> Certificate:
    """A certification that was read with its operator, company and the company's version."""
    return _certificate(row, row.operator, row.company, _version(row.company), now)


def pick(certificates: list[Certificate], show: str) -> list[Certificate]:
    """Those of a list: soon (they end soon), unread (of the newest version), or all of them."""
    if show == "soon":
        return [one for one in certificates if one.ends_soon]
    if show == "unread":
        return [one for one in certificates if not one.has_read]
    return certificates


def list_companies_to_certify(operator: Operator, query: str) -> tuple[list[Company], int]:
    """Companies this operator isn't certified for, by name: the first of them, and how many fit the search."""
    companies = Company.objects.filter(ready=True).exclude(certifications__operator=operator)
    if query:
        companies = companies.filter(Q(name__icontains=query) | Q(slug__icontains=query))
    return list(companies.order_by(Lower("name"))[:OFFERED]), companies.count()


def list_operators_to_certify(company: Company, query: str) -> tuple[list[Operator], int]:
    """Active operators not certified for this company: the first of them, and how many fit the search."""
    operators = Operator.objects.filter(user__is_active=True).exclude(certifications__company=company)
    if query:
        operators = operators.filter(
            Q(public_name__icontains=query) | Q(user__name__icontains=query) | _has_address("user__email", query)
        )
    ordered = operators.select_related("user").order_by(Lower("public_name"), "pk")
    return list(ordered[:OFFERED]), operators.count()


def _has_address(field: str, query: str) -> Q:
    """An address is known by its beginning: all of the agency share what stands behind the @."""
    wanted = searched_address(query)
    return Q(**{f"{field}__{'icontains' if '@' in query else 'istartswith'}": wanted})


def _lines(users: list[User], now: datetime) -> list[PersonLine]:
    ids = [user.pk for user in users]
    seats = {seat.operator_id: seat for seat in Seat.objects.filter(operator__in=ids)}
    held = Counter(PoolEntry.objects.filter(operator__in=ids).values_list("operator_id", flat=True))
    certified = count_certified(ids, now)
    return [_line(user, seats.get(user.pk), held[user.pk], certified, now) for user in users]


def _line(user: User, seat: Seat | None, held: int, certified: dict[UUID, int], now: datetime) -> PersonLine:
    is_here = seat is not None and seat.lease_until > now
    operator = getattr(user, "operator", None)
    capacity = LEVEL_CAPACITY[operator.level] if operator is not None else 0
    return PersonLine(
        user=user,
        operator=operator,
        is_here=is_here,
        is_paused=is_here and seat is not None and seat.paused,
        held=held,
        capacity=seat.capacity if seat is not None else capacity,
        certified=certified.get(user.pk, 0),
    )


def _version(company: Company) -> InstructionVersion | None:
    return getattr(company, "instruction_version", None)


def _certificate(
    row: Certification,
    operator: Operator,
    company: Company,
    version: InstructionVersion | None,
    now: datetime,
    *,
    is_here: bool = False,
) -> Certificate:
    stands = standing_of(row, version, now)
    newest = version.major if version is not None else row.major
    return Certificate(
        operator=operator,
        company=company,
        major=row.major,
        newest=newest,
        standing=stands,
        certified_at=row.certified_at,
        expires_at=row.expires_at,
        chat_limit=row.chat_limit,
        has_read=row.read_major >= newest,
        read_at=row.read_at,
        ends_soon=stands.ends_soon(now),
        is_here=is_here,
    )
