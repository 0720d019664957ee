"""A full desk for `bench pool`: operators, companies and open chats of which some wait, as rows of
the shared schema.
"""

import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from agency.models import (
    Assignment,
    InstructionVersion,
    Operator,
    PoolEntry,
    Seat,
    User,
)
from tenants import clock
from tenants.models import Company, Site

OPERATORS, OPEN, WAITING, SLOTS = 400, 2_200, 200, 6
# People certified for each company, however many companies there are; `everybody` is the widest choice a decision can
# have.
CERTIFIED = 40
_TABLES = (
    "agency_assignment, agency_holding, agency_poolentry, agency_presenceinterval, agency_seat, agency_certification"
)


def lay_desk(companies: int, *, certified: int = CERTIFIED) -> None:
    """Seat the operators: each second one has one slot free, the others none. Half of the 2,200 held chats are silent.

    200 chats wait, with 30 s between the first promise and the last.
    """
    now = clock.now()
    empty_desk()
    sites = _companies(companies)
    operators = _operators()
    with connection.cursor() as cursor:
        companies_of = [site.company_id for site in sites]
        cursor.execute(_CERTIFY, [operators, certified, companies_of, certified])
    held = [_entry(number, sites, now, state="open", operator_id=operators[_holder(number)]) for number in range(OPEN)]
    PoolEntry.objects.bulk_create(held, batch_size=1_000)
    Seat.objects.bulk_create(
        Seat(
            operator_id=operator,
            lease_until=now + timedelta(hours=2),
            capacity=SLOTS,
            used=SLOTS - place % 2,
            idle_since=now - timedelta(seconds=place),
        )
        for place, operator in enumerate(operators)
    )
    PoolEntry.objects.bulk_create([_entry(number, sites, now) for number in range(WAITING)])
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {_TABLES}")


def empty_desk() -> None:
    """Empty the bench's own database, log and ledger too: they refuse it while their triggers are on."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {_TABLES}")
        cursor.execute("TRUNCATE tenants_company, agency_user CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")


# Each company's people follow on those of the company before it, round and round.
_CERTIFY = """
INSERT INTO agency_certification (company_id, operator_id, major, read_major, certified_at)
SELECT c.id, (%s::uuid[])[1 + (c.place * %s + one) %% 400], 1, 1, now()
FROM unnest(%s::uuid[]) WITH ORDINALITY AS c (id, place), generate_series(0, %s - 1) AS one
"""


def put_back() -> None:
    """Take every offer back: the same chats wait again for the same seats, their promises as far away as then."""
    now = clock.now()
    PoolEntry.objects.filter(state=PoolEntry.State.OFFERED).update(
        state=PoolEntry.State.WAITING, offered_to=None, offer_expires_at=None
    )
    for number, chat_id in enumerate(_waiting().values_list("pk", flat=True)):
        _waiting().filter(pk=chat_id).update(arrived_at=now - timedelta(seconds=number % 31))
    Assignment.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE agency_seat s SET used = "
            "(SELECT count(*) FROM agency_poolentry e WHERE e.operator_id = s.operator_id)"
        )
        cursor.execute(f"VACUUM ANALYZE {_TABLES}")


def _waiting() -> QuerySet[PoolEntry]:
    return PoolEntry.objects.filter(state=PoolEntry.State.WAITING)


def _holder(number: int) -> int:
    """Five chats each, then a sixth to each second operator."""
    return number % OPERATORS if number < OPERATORS * (SLOTS - 1) else number % (OPERATORS // 2) * 2


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
                live_at=clock.now(),
            )
            for number in range(count)
        ]
    )
    InstructionVersion.objects.bulk_create([InstructionVersion(company=one) for one in companies])
    return Site.objects.bulk_create([Site(company=one, name=one.name) for one in companies])


def _operators() -> list[uuid.UUID]:
    users = User.objects.bulk_create(
        [User(email=f"pool-{number}@balie.test", name="Pool") for number in range(OPERATORS)]
    )
    Operator.objects.bulk_create([Operator(user=user, public_name="Pool", languages=["nl", "en"]) for user in users])
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
