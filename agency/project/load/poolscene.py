"""A full desk for `bench pool`: operators, companies and open chats of which some wait, as rows of the shared schema."""

import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from agency.models import (
    Assignment,
    Certification,
    InstructionVersion,
    Operator,
    PoolEntry,
    Seat,
    User,
)
from tenants.models import Company, Site

OPERATORS, OPEN, WAITING, SLOTS = 400, 2_200, 200, 6
_TABLES = "agency_assignment, agency_poolentry, agency_seat, agency_certification"


def lay_desk(companies: int) -> None:
    """Everybody certified for everybody, the widest choice a decision can have; one slot in twelve is free.

    2,200 chats are held, each second one silent, and 200 wait with 30 s between the first promise and the last.
    """
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {_TABLES}")
        cursor.execute("TRUNCATE tenants_company, agency_user CASCADE")
    sites = _companies(companies)
    operators = _operators(now)
    Certification.objects.bulk_create(
        [
            Certification(operator_id=operator, company_id=site.company_id)
            for site in sites
            for operator in operators
        ],
        batch_size=5_000,
    )
    held = [
        _entry(number, sites, now, state="open", operator_id=operators[number % OPERATORS])
        for number in range(OPEN)
    ]
    PoolEntry.objects.bulk_create(held, batch_size=1_000)
    Seat.objects.bulk_create(
        [
            Seat(
                operator_id=operator,
                lease_until=now + timedelta(hours=1),
                capacity=SLOTS,
                used=len(range(place, OPEN, OPERATORS)),
                idle_since=now - timedelta(seconds=place),
            )
            for place, operator in enumerate(operators)
        ]
    )
    PoolEntry.objects.bulk_create([_entry(number, sites, now) for number in range(WAITING)])
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_TABLES}")


def put_back() -> None:
    """Take every offer back, so that the same chats wait again for the same seats."""
    offered = PoolEntry.objects.filter(state=PoolEntry.State.OFFERED)
    offered.update(state=PoolEntry.State.WAITING, offered_to=None, offer_expires_at=None)
    Assignment.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agency_seat s SET used = "
            "(SELECT count(*) FROM agency_poolentry e WHERE e.operator_id = s.operator_id)"
        )
        cursor.execute(f"VACUUM ANALYZE {_TABLES}")


def _companies(count: int) -> list[Site]:
    companies = Company.objects.bulk_create(
        [
            Company(
                slug=f"pool-{number}",
                schema_name=f"t_pool_{number}",
                name=f"Pool {number}",
                # Two characters that no other company has.
                monogram=chr(0x4E00 + number),
                ready=True,
            )
            for number in range(count)
        ]
    )
    InstructionVersion.objects.bulk_create([InstructionVersion(company=one) for one in companies])
    return Site.objects.bulk_create([Site(company=one, name=one.name) for one in companies])


def _operators(now: datetime) -> list[uuid.UUID]:
    users = User.objects.bulk_create(
        [User(email=f"pool-{number}@balie.test", name="Pool") for number in range(OPERATORS)]
    )
    Operator.objects.bulk_create(
        [Operator(user=user, public_name="Pool", languages=["nl", "en"]) for user in users]
    )
    return [user.pk for user in users]


def _entry(number: int, sites: list[Site], now: datetime, **facts: object) -> PoolEntry:
    site = sites[number % len(sites)]
    return PoolEntry(
        company_id=site.company_id,
        site_id=site.pk,
        visitor_id=uuid.uuid4(),
        turn="visitor" if number % 2 else "operator",
        turn_at=now,
        arrived_at=now - timedelta(seconds=number % 31),
        visitor_seen_at=now,
        **facts,
    )
