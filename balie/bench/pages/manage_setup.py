"""A whole agency for `bench manage`: 400 operators, 250 companies, their plan, certifications, chats and desks."""

import random
import uuid
from datetime import datetime, timedelta

from django.db import connection

from agency.domain.hours.hours import DAY
from agency.domain.hours.periods import day_bounds, local_day
from agency.domain.shifts.shift_times import monday_of
from agency.models import (
    Certification,
    ChatRecord,
    Operator,
    OutboxRow,
    PoolEntry,
    Seat,
    Shift,
    User,
)
from agency.services.alarms import count_alarms
from agency.services.audit import note_change
from agency.services.shifts.shifts import ZONE
from balie.steps.onboard import onboard, open_always
from chat.models import Chat, Message, Text, Visitor
from tenants import clock
from tenants.context import in_company
from tenants.models import Company

OPERATORS, COMPANIES, EACH, HERE, LIVE = 400, 250, 20, 150, 600
DAYS, RECORDS_A_DAY, CHANGES = 14, 8, 2_000
_TEXT = {
    "kind": "greeting",
    "key": "general",
    "body": "Hallo! Waar kan ik mee helpen?",
    "data": {"patterns": ["*"], "starts": []},
}


def lay_agency(*, operators: int, companies: int) -> dict[str, str]:
    """Create the rows from a fixed seed, so that each run is alike, and return the ids that the pages are asked for.

    The first company has every operator certified, and the first operator is certified for every company.
    """
    now, dice = clock.now(), random.Random(7)
    maud = User.objects.create_user("bench@balie.test", None, name="Maud", is_manager=True)
    firms = [_company(number, now) for number in range(companies)]
    people = _people(operators)
    _certify(people, firms, now)
    shift_id = _plan(people, now)
    _records(people, firms, now, dice)
    live = _desks(people, firms, now)
    for number in range(CHANGES):
        firm = firms[number % len(firms)]
        changes = {"name": (f"was {number}", firm.name)}
        note_change(actor=maud, action="company.changed", now=now, company=firm, about=firm, changes=changes)
    count_alarms(clock.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    first = firms[0]
    chat_id, text_id = _tenant_rows(first, people[0])
    return {
        "company_id": str(first.pk),
        "site_id": str(first.sites.values_list("pk", flat=True)[0]),
        "person_id": str(people[0].pk),
        "shift_id": shift_id,
        "text_id": text_id,
        "chat_id": chat_id,
        "live_id": live,
    }


def _company(number: int, now: datetime) -> Company:
    company, _site = onboard(
        slug=f"firma-{number:03}",
        name=f"Firma {number:03}",
        monogram=chr(0x4E00 + number),
        brand="#0c5b5e",
        site={"name": "Winkel", "origins": [f"https://firma-{number}.example"]},
        texts=[_TEXT],
        now=now,
    )
    open_always(company, "Bench")
    return company


def _people(count: int) -> list[Operator]:
    users = User.objects.bulk_create(
        User(email=f"o{number}@balie.test", name=f"Medewerker {number:03}") for number in range(count)
    )
    return Operator.objects.bulk_create(
        Operator(user=user, public_name=f"Naam {number:03}", languages=["nl", "en"])
        for number, user in enumerate(users)
    )


def _certify(people: list[Operator], firms: list[Company], now: datetime) -> None:
    pairs = {
        (person, (place * EACH + step) % len(firms))
        for place, person in enumerate(people)
        for step in range(min(EACH, len(firms)))
    }
    pairs |= {(person, 0) for person in people}
    pairs |= {(people[0], place) for place in range(len(firms))}
    Certification.objects.bulk_create(
        Certification(
            operator=person,
            company=firms[place],
            major=1,
            read_major=1,
            certified_at=now - 30 * DAY,
            expires_at=now + timedelta(days=(place * 7) % 200 - 20),
        )
        for person, place in pairs
    )


def _plan(people: list[Operator], now: datetime) -> str:
    """Five shifts a week each, of this week and the next, half of them in the evening."""
    monday = monday_of(local_day(now, ZONE))
    shifts = []
    for place, person in enumerate(people):
        for day in range(14):
            if (place + day) % 7 < 5:
                start = day_bounds(monday + day * DAY, ZONE)[0] + timedelta(hours=7 + place % 2 * 8)
                shifts.append(Shift(operator=person, starts_at=start, ends_at=start + timedelta(hours=8)))
    made = Shift.objects.bulk_create(shifts)
    return str(next(shift.pk for shift in made if shift.operator_id == people[0].pk))


def _records(people: list[Operator], firms: list[Company], now: datetime, dice: random.Random) -> None:
    rows = []
    for firm in firms:
        for number in range(DAYS * RECORDS_A_DAY):
            at = now - timedelta(hours=dice.uniform(0, 24 * DAYS))
            answered = dice.random() < 0.95
            waited = dice.expovariate(1 / 12)
            rows.append(
                ChatRecord(
                    company=firm,
                    site_id=uuid.uuid4(),
                    visitor_id=uuid.uuid4(),
                    language="nl",
                    operator=dice.choice(people) if answered else None,
                    arrived_at=at,
                    assigned_at=at + timedelta(seconds=waited / 2) if answered else None,
                    first_human_at=at + timedelta(seconds=waited) if answered else None,
                    closed_at=at + timedelta(minutes=5),
                    settled_at=at + timedelta(minutes=6),
                    close_reason="operator" if answered else "left",
                    promise_seconds=20,
                    number=number + 1,
                    seats=40,
                    free_slots=20,
                )
            )
    ChatRecord.objects.bulk_create(rows, batch_size=2_000)


def _desks(people: list[Operator], firms: list[Company], now: datetime) -> str:
    here = people[:HERE]
    for person in here:
        Seat.objects.create(
            operator=person,
            lease_until=now + timedelta(hours=2),
            capacity=6,
            used=0,
            idle_since=now,
        )
    sites = [firm.sites.get() for firm in firms]
    entries = [
        PoolEntry(
            company=firms[number % len(firms)],
            site_id=sites[number % len(firms)].pk,
            visitor_id=uuid.uuid4(),
            state="open" if number % 10 else "waiting",
            operator=here[number % len(here)] if number % 10 else None,
            turn="visitor" if number % 2 else "operator",
            turn_at=now,
            arrived_at=now - timedelta(seconds=number % 31),
            visitor_seen_at=now,
        )
        for number in range(LIVE)
    ]
    PoolEntry.objects.bulk_create(entries)
    OutboxRow.objects.bulk_create(
        OutboxRow(
            company=firms[number % len(firms)],
            kind="mail",
            object_id=uuid.uuid4(),
            state=OutboxRow.State.DEAD,
            external_key=f"<{number}@balie.test>",
            dedup=f"bench-{number}",
        )
        for number in range(120)
    )
    return str(entries[1].pk)


def _tenant_rows(firm: Company, person: Operator) -> tuple[str, str]:
    """The company's text, and the words of one finished chat."""
    record = ChatRecord.objects.filter(company=firm).order_by("-arrived_at")[0]
    with in_company(firm):
        text = Text.objects.get()
        visitor = Visitor.objects.create(id=record.visitor_id)
        chat = Chat.objects.create(
            id=record.pk,
            number=record.number,
            visitor=visitor,
            site_id=firm.sites.get().pk,
            first_client_id=uuid.uuid4(),
            opened_at=record.arrived_at,
            closed_at=record.closed_at,
        )
        for seq in range(1, 41):
            Message.objects.create(
                chat=chat,
                seq=seq,
                client_id=uuid.uuid4(),
                kind="text",
                side="visitor" if seq % 2 else "operator",
                author_name=person.public_name,
                body="Waar blijft mijn pakje?",
            )
        return str(chat.pk), str(text.pk)
