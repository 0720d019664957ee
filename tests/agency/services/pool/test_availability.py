"""The availability of a site: seats that fit, less what competes for them. It is read cheaply, invited to with care."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agency.domain.keys import visitor_key
from agency.models import (
    Certification,
    ChatRecord,
    DatedHours,
    PoolEntry,
    Promise,
    Reservation,
    Seat,
    User,
)
from agency.services.pool import arrival_rates, reservations, site_facts
from agency.services.pool.availability import Picture, SiteState, list_site_states
from chat.services.begin import first_message
from chat.services.begin.first_message import First
from tenants.models import Company, Site
from tenants.resolve import find_site
from tests import cast
from tests.agency.services.records import finish
from tests.chat.services.stage import NOW, after, sit, write_first

pytestmark = pytest.mark.django_db


def offered(key: str = cast.ACME_SITE, *, at: float = 0, picture: Picture | None = None) -> SiteState:
    return next(s for s in list_site_states(after(at), picture) if s.site.key == key)


def seats(**facts: object) -> None:
    Seat.objects.update(lease_until=after(600), **facts)


def test_only_seats_that_fit_count() -> None:
    assert (offered().mode, offered().seats, offered().slots) == ("form", 0, 0)
    sit("alice@balie.test")
    sit("bob@balie.test")
    seats(capacity=3)
    both, zen = offered(), offered(cast.ZEN_SITE)
    assert (both.mode, both.seats, both.free_slots, both.left) == ("chat", 2, 6, 6)
    assert (zen.seats, zen.left) == (1, 3)  # bob isn't certified for zen
    Seat.objects.filter(operator__user__email="bob@balie.test").update(paused=True)
    assert offered().left == 3
    Seat.objects.update(draining=True)
    assert offered().mode == "form"


def test_waiting_chats_of_other_companies_and_reservations_compete(zen: Company) -> None:
    sit("alice@balie.test")
    sit("bob@balie.test")
    seats(capacity=3)
    write_first(cast.ZEN_SITE)
    # It waits for alice, the only one certified for zen: acme loses one of her slots too.
    assert (offered().free_slots, offered().left) == (6, 5)
    site = Site.objects.get(company=zen)
    Reservation.objects.create(company=zen, site_id=site.pk, expires_at=after(20))
    assert (offered(cast.ZEN_SITE).left, offered().left) == (1, 4)
    assert (offered(cast.ZEN_SITE, at=20).left, offered(at=20).left) == (2, 5)  # it expired
    # Six wait for her three slots: they can take no more of acme's than those.
    for _ in range(5):
        write_first(cast.ZEN_SITE)
    assert (offered(cast.ZEN_SITE).left, offered().left) == (0, 3)


def test_a_limit_of_chats_at_once_is_no_room_for_more(acme: Company) -> None:
    seat = sit("alice@balie.test")
    seats(capacity=6)
    Certification.objects.filter(operator=seat.operator_id, company=acme).update(chat_limit=1)
    assert (offered().free_slots, offered().left) == (1, 1)
    assert offered(cast.ZEN_SITE).left == 6
    begun, _ = write_first()
    entry = PoolEntry.objects.get(pk=begun.chat_id)
    entry.state, entry.operator_id = "open", seat.operator_id
    entry.save()
    assert (offered().free_slots, offered().mode) == (0, "form")


def test_levels_follow_the_forecast_and_calm_down_slowly(acme: Company) -> None:
    sit("alice@balie.test")
    seats(capacity=6, used=1)
    Promise.objects.create(company=acme, version=9, seconds=30, valid_from=after(-60))
    picture = Picture()
    assert offered(picture=picture).level == "open"
    # 28 in five minutes, 5 left, 0.1 comes free: 0.5 short of 6 slots of 600 s, 50 s to wait.
    for second in range(28):
        finish(acme, after(-second), end=1, by="left")
    assert (offered(at=31, picture=picture).level, offered(at=31).mode) == ("narrow", "chat")
    Seat.objects.update(used=6)
    full = offered(at=33, picture=picture)
    assert (full.level, full.mode) == ("full", "form")
    Seat.objects.update(used=1)
    ChatRecord.objects.all().delete()
    picture.tempo = None
    levels = [offered(at=35 + 2 * n, picture=picture).level for n in range(18)]
    assert levels == ["full"] * 5 + ["narrow"] * 5 + ["quiet"] * 5 + ["open"] * 3


def test_a_site_nobody_was_there_for_opens_at_once() -> None:
    picture = Picture()
    assert offered(picture=picture).mode == "form"
    sit("alice@balie.test")
    assert offered(at=2, picture=picture).level == "open"


def test_a_reading_is_four_queries_while_nobody_changed_anything(acme: Company, bob: User) -> None:
    sit("alice@balie.test")
    picture = Picture()
    first = offered(picture=picture)
    with CaptureQueriesContext(connection) as asked:
        again = offered(at=2, picture=picture)
    assert len(asked) == 4
    assert again.site is first.site
    # However a row is written, and by whom: the next reading knows.
    Site.objects.filter(pk=first.site.pk).update(phone="085 1")
    assert offered(at=4, picture=picture).site.phone == "085 1"
    version = site_facts.read_version()
    Certification.objects.get(operator=bob.pk, company=acme).delete()
    assert site_facts.read_version() != version
    User.objects.filter(pk=bob.pk).update(last_login=NOW)
    version = site_facts.read_version()
    User.objects.filter(pk=bob.pk).update(last_login=after(5))
    assert site_facts.read_version() == version
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert site_facts.read_version() != version


def test_the_closing_minute_is_exact_between_readings_of_the_hours(acme: Company) -> None:
    sit("alice@balie.test")
    DatedHours.objects.filter(company=acme).delete()  # 07:00-23:00, as without any hours
    picture = Picture()
    closes = offered(picture=picture).closes_at
    assert closes is not None
    Seat.objects.update(lease_until=closes + timedelta(hours=1))
    left = (closes - NOW).total_seconds()
    assert offered(at=left - 0.001, picture=picture).mode == "chat"
    shut = offered(at=left, picture=picture)
    assert (shut.mode, shut.closes_at) == ("form", None)


def test_a_company_that_is_open_says_when_it_closes_and_one_that_is_not_when_it_opens(acme: Company) -> None:
    DatedHours.objects.filter(company=acme).delete()
    facts = site_facts.read_standing(NOW)
    closes = NOW.replace(hour=22)  # 23:00 in Amsterdam
    assert facts.doors(acme.pk, NOW) == (closes, None)
    opens = closes + timedelta(hours=8)
    assert facts.doors(acme.pk, closes) == (None, opens)
    assert facts.doors(acme.pk, opens)[1] is None


def test_the_tempo_is_the_agency_s_until_a_company_has_its_own(acme: Company, zen: Company) -> None:
    assert arrival_rates.read_tempo(NOW).aht == arrival_rates.USUAL_AHT
    for n in range(20):
        finish(acme, NOW - timedelta(hours=2, minutes=n), answer=5, accept=0, end=300)
    finish(zen, after(-30), answer=5, accept=0, end=20)
    pace = arrival_rates.read_tempo(NOW)
    assert pace.aht_of(acme.pk) == 300
    assert pace.aht_of(zen.pk) == pace.aht < 300
    assert pace.arrivals == pytest.approx(1 / 300)
    assert pace.arrivals_at(zen.pk, 0.5) == pytest.approx(1 / 300)
    assert pace.arrivals_at(acme.pk, 0.5) == pytest.approx(0.5 / 300)


def test_an_invitation_keeps_a_slot_and_leaves_the_last_ones_alone() -> None:
    sit("alice@balie.test")
    seats(capacity=4)
    site = Site.objects.get(key=cast.ACME_SITE)
    known = site_facts.read_standing(NOW)

    def reserve(level: str = "open", at: float = 0) -> Reservation | None:
        return reservations.reserve(site=site, level=level, known=known, now=after(at))

    assert reserve("quiet") is None
    found = [reserve() for _ in range(4)]
    assert [one is not None for one in found] == [True, True, True, False]
    assert offered().left == 1
    assert reserve(at=21) is not None
    assert Reservation.objects.count() == 1  # the expired ones are gone


def test_a_chat_uses_its_own_site_s_reservation_up(acme: Company, zen: Company) -> None:
    sit("alice@balie.test")
    of = {
        company.slug: Reservation.objects.create(company=company, site_id=company.sites.get().pk, expires_at=after(20))
        for company in (acme, zen)
    }
    facts = find_site(cast.ACME_SITE)
    assert facts is not None
    for slug in ("zen", "acme"):
        first = First(uuid.uuid4(), "Hoi", reservation_id=of[slug].pk)
        first_message.begin_chat(site=facts, visitor_id=uuid.uuid4(), first=first, now=NOW)
    assert [one.pk for one in Reservation.objects.all()] == [of["zen"].pk]


def test_one_device_asks_once_a_visit() -> None:
    site = Site.objects.get(key=cast.ACME_SITE)
    address = f"2001:db8::{uuid.uuid4().hex[:4]}"
    asked = [
        reservations.may_ask(site=site, address=address, device=device) for device in ("a phone", "a laptop", "a phone")
    ]
    assert asked == [True, True, False]


def test_a_visitor_who_comes_back_has_an_earlier_operator(acme: Company, alice: User) -> None:
    console = sit("alice@balie.test")
    facts = find_site(cast.ACME_SITE)
    assert facts is not None
    visitor = uuid.uuid4()
    known_as = visitor_key(acme.secret, str(visitor))
    helped = {"visitor_key": known_as, "operator_id": console.operator_id}
    finish(acme, after(-7200), end=60, answer=5, **helped)
    finish(acme, after(-3600), end=60, by="left", visitor_key=known_as)
    begun = first_message.begin_chat(site=facts, visitor_id=visitor, first=First(uuid.uuid4(), "Hoi"), now=NOW)
    assert PoolEntry.objects.get(pk=begun.chat_id).earlier_operator == console.operator_id
    again, _ = write_first(cast.ZEN_SITE)
    assert PoolEntry.objects.get(pk=again.chat_id).earlier_operator is None
