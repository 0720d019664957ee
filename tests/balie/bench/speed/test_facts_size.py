"""How many rows presence and holdings take, and how many bytes: printed, and worked out for 400 people and 3 years."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random

import pytest
from django.db import connection

from agency.models import Assignment, Holding, Operator, PresenceInterval, Seat, User
from tenants.models import Company

pytestmark = [pytest.mark.django_db, pytest.mark.prove]

PEOPLE, DAYS, SLOTS, HOURS, CHAT_MINUTES = 5, 10, 6, 8, 10.0
BEGIN = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
# Chats a minute that an operator could be given: the busy one has every slot taken for two fifths of the day, as the
# crew of docs/pool.md on its real day.
QUIET, BUSY = 0.15, 0.75
# Working days of three years.
OPERATOR_DAYS = 400 * 3 * 220


def day(draw: Random, rate: float) -> Iterator[tuple[float, int, bool]]:
    """Each change of one person's slots in a day: minute, slots in use then, whether a chat began."""
    ends: list[float] = []
    minute = draw.expovariate(rate)
    while minute < HOURS * 60:
        while ends and ends[0] <= minute:
            yield heappop(ends), len(ends), False
        if len(ends) < SLOTS:
            heappush(ends, minute + draw.expovariate(1 / CHAT_MINUTES))
            yield minute, len(ends), True
        minute += draw.expovariate(rate)
    while ends:
        yield heappop(ends), len(ends), False


@pytest.mark.parametrize(("name", "rate", "most"), [("quiet", QUIET, 15), ("busy", BUSY, 320)])
def test_the_rows_of_an_operator_s_day(name: str, rate: float, most: int, acme: Company) -> None:
    draw = Random("facts")
    people = [person(number) for number in range(PEOPLE)]
    move = "UPDATE agency_seat SET used = %s, lease_until = %s, as_of = %s WHERE operator_id = %s"
    with connection.cursor() as cursor:
        for number in range(DAYS):
            morning = BEGIN + timedelta(days=number)
            for one in people:
                home = morning + timedelta(hours=HOURS + 2)
                moves = [(0, home, morning, one.pk)]
                for minute, used, begins in day(draw, rate):
                    now = morning + timedelta(minutes=minute)
                    moves.append((used, home, now, one.pk))
                    if begins:
                        hold(acme, one, now, draw)
                cursor.executemany(move, [*moves, (0, home, home, one.pk)])
        rows, chats = PresenceInterval.objects.count() / (PEOPLE * DAYS), Holding.objects.count() / (PEOPLE * DAYS)
        sizes = []
        for table in ("agency_presenceinterval", "agency_holding"):
            # A copy, as autovacuum keeps it: what one transaction leaves of earlier versions isn't growth.
            cursor.execute(f"CREATE TEMP TABLE copy_of (LIKE {table} INCLUDING ALL)")
            cursor.execute(f"INSERT INTO copy_of SELECT * FROM {table} ORDER BY id")
            cursor.execute("SELECT pg_total_relation_size('copy_of')::float / count(*) FROM copy_of")
            sizes.append(cursor.fetchone()[0])
            cursor.execute("DROP TABLE copy_of")
    growth = OPERATOR_DAYS * (rows * sizes[0] + chats * sizes[1]) / 1e9
    print(
        f"\n{name}: {rows:.0f} rows of presence and {chats:.0f} of holdings an operator's day, {sizes[0]:.0f} and"
        f" {sizes[1]:.0f} bytes each with indexes: {growth:.1f} GB for 400 people in 3 years"
    )
    assert rows <= most
    assert chats > 1


def person(number: int) -> Operator:
    user = User.objects.create_user(f"size-{number}@balie.test", None, name=f"Size {number}")
    operator = Operator.objects.create(user=user, public_name=user.name)
    Seat.objects.create(operator=operator, capacity=SLOTS, lease_until=BEGIN)
    return operator


def hold(company: Company, operator: Operator, now: datetime, draw: Random) -> None:
    """Leave the trail's lines of a chat that is taken, closed and settled."""
    chat_id = uuid.UUID(int=draw.getrandbits(128), version=4)
    line = {"chat_id": chat_id, "company": company, "operator": operator}
    Assignment.objects.create(**line, kind="accept", fence=2, at=now)
    Assignment.objects.create(**line, kind="release", fence=3, at=now + timedelta(minutes=CHAT_MINUTES))
    Holding.objects.filter(chat_id=chat_id).update(wrap_up_to=now + timedelta(minutes=CHAT_MINUTES + 1))
