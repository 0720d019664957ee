"""The people here for a waiting chat as the database counts them, which is what the router would refuse them for."""

import random
import uuid
from collections import Counter
from datetime import timedelta

import pytest

from agency.domain.certification import GRACE
from agency.domain.pool import routing
from agency.models import Certification, Operator, PoolEntry, Seat, User
from agency.services.pool.candidates import list_candidates
from agency.services.pool.live.chats import facts_of
from agency.services.pool.refusal_counts import list_crowds
from tenants.models import Company
from tests.chat.services.stage import NOW

pytestmark = pytest.mark.django_db
DICE = random.Random(7)
# The codes of those who can't be asked; all others only come after somebody else.
_BARS = ("no_lease", "paused", "not_certified", "no_language", "full", "company_limit")


def put(company: Company, language: str = "nl", **facts: object) -> PoolEntry:
    given = {"arrived_at": NOW, "turn_at": NOW, "visitor_seen_at": NOW} | facts
    return PoolEntry.objects.create(
        company=company,
        site_id=uuid.uuid4(),
        visitor_id=uuid.uuid4(),
        language=language,
        **given,
    )


def hire(place: int, companies: list[Company]) -> None:
    """Somebody with a seat, who may do anything or nothing."""
    user = User.objects.create(email=f"crowd-{place}@balie.test", name="Crowd", is_active=DICE.random() < 0.9)
    speaks = DICE.choice((["nl"], ["nl", "en"], ["fr"]))
    operator = Operator.objects.create(user=user, public_name=f"C{place}", languages=speaks)
    capacity = DICE.choice((1, 3))
    Seat.objects.create(
        operator=operator,
        lease_until=NOW + timedelta(seconds=DICE.choice((-1, 9, 9, 9))),
        paused=DICE.random() < 0.2,
        draining=DICE.random() < 0.2,
        used=DICE.randint(0, capacity),
        capacity=capacity,
    )
    for company in companies:
        if DICE.random() < 0.8:
            Certification.objects.create(
                operator=operator,
                company=company,
                major=DICE.choice((0, 1, 1, 1)),
                certified_at=NOW,
                chat_limit=DICE.choice((None, None, 1)),
                expires_at=DICE.choice((None, None, NOW - GRACE, NOW)),
            )
            if DICE.random() < 0.3:
                put(company, state="open", operator=operator)


def test_a_crowd_is_what_the_router_would_say_of_each_of_them(acme: Company, zen: Company) -> None:
    companies = [acme, zen]
    codes = set()
    for place in range(6):
        hire(place, companies)
    waits = [put(company, language) for company in companies for language in ("nl", "en", "de")]
    for _ in range(12):
        for seat in Seat.objects.all():
            seat.used = DICE.choice((0, seat.capacity, seat.capacity))
            seat.paused = DICE.random() < 0.3
            seat.save()
        crowds = list_crowds({one.pk for one in companies}, NOW)
        for row in waits:
            here = [one for one in list_candidates(NOW, {row.company_id}) if row.company_id in one.certified]
            choice = routing.choose(facts_of(row, {}), here, NOW)
            codes_of = {pk: reason.code for pk, reason in choice.refused.items()}
            kinds = Counter(codes_of.values())
            crowd = crowds[row.company_id, row.language]
            barred = sum(kinds[code] for code in _BARS)
            free = len(here) - barred
            assert (crowd.here, crowd.away, crowd.full, crowd.limited, crowd.free) == (
                len(here),
                kinds["paused"],
                kinds["full"],
                kinds["company_limit"],
                free,
            )
            busy = [one for one in here if codes_of.get(one.operator_id) in ("full", "company_limit")]
            assert crowd.used == sum(one.used for one in busy)
            assert crowd.capacity == sum(one.capacity for one in busy)
            codes.add(crowd.code)
    assert {"soon", "full", "away", "language"} <= codes


def test_slots_of_the_full_and_of_the_limited_are_counted_together(acme: Company, alice: User, bob: User) -> None:
    row = put(acme)
    put(acme, state="open", operator=bob.operator)
    Certification.objects.filter(company=acme, operator=bob.operator).update(chat_limit=1)
    for user, used, capacity in ((alice, 3, 3), (bob, 1, 6)):
        held = {"used": used, "capacity": capacity, "lease_until": NOW + timedelta(seconds=9)}
        Seat.objects.update_or_create(operator=user.operator, defaults=held)
    crowd = list_crowds({acme.pk}, NOW)[row.company_id, "nl"]
    assert (crowd.here, crowd.full, crowd.limited, crowd.used, crowd.capacity) == (2, 1, 1, 4, 9)


def test_nobody_is_a_crowd_of_none(acme: Company) -> None:
    row = put(acme)
    assert list_crowds({acme.pk}, NOW)[row.company_id, "nl"].code == "nobody"
