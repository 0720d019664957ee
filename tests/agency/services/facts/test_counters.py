"""Counters are added to by any number of processes and read by half hour: nothing is lost, nothing overwritten."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from agency.domain.facts.counters import Counts, sum_up
from agency.models import SiteCounter
from agency.services.facts.counters import Place, add_counts, read_day
from tenants.models import Site
from tests import cast

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
AMSTERDAM = "Europe/Amsterdam"


@pytest.fixture
def site(db: None) -> Site:
    return Site.objects.get(key=cast.ACME_SITE)


def day_of(site: Site, day: date, zone: str = AMSTERDAM) -> dict[datetime, dict[str, Counts]]:
    return read_day(company_id=site.company_id, site_id=site.pk, day=day, zone=zone)


def test_what_two_processes_counted_is_added_up(site: Site) -> None:
    place = Place(site.pk, "schoenen", NOON)
    for _ in range(2):
        add_counts({place: Counts(opened=2, began=1), Place(site.pk, "", NOON): Counts(shown=5)})
    add_counts({place: Counts(began=1, accepted=1)})
    assert day_of(site, date(2026, 11, 21)) == {
        NOON: {"schoenen": Counts(opened=4, began=3, accepted=1), "": Counts(shown=10)}
    }


def test_writing_is_one_statement_however_much_was_counted(site: Site, django_assert_num_queries: object) -> None:
    counts = {
        Place(site.pk, greeting, NOON + half * timedelta(minutes=30)): Counts(shown=1)
        for greeting in ("", "a", "b")
        for half in range(48)
    }
    with django_assert_num_queries(1):  # type: ignore[operator]
        add_counts(counts)
    assert SiteCounter.objects.count() == len(counts)


def test_a_site_that_was_removed_meanwhile_leaves_nothing_and_a_past_one_its_counts(site: Site) -> None:
    add_counts({Place(site.pk, "", NOON): Counts(shown=1)})
    gone, company = site.pk, site.company_id
    site.delete()
    add_counts({Place(gone, "", NOON): Counts(shown=1), Place(uuid.uuid4(), "", NOON): Counts(shown=1)})
    row = SiteCounter.objects.get()
    assert (row.company_id, row.site_id, row.shown) == (company, gone, 1)


@pytest.mark.parametrize(
    ("day", "zone", "half_hours"),
    [
        (date(2026, 3, 29), AMSTERDAM, 46),
        (date(2026, 10, 25), AMSTERDAM, 50),
        (date(2026, 11, 21), AMSTERDAM, 48),
        (date(2026, 10, 4), "Australia/Lord_Howe", 47),
        (date(2026, 11, 21), "Asia/Kathmandu", 48),
    ],
)
def test_a_local_day_has_each_of_its_half_hours_once(site: Site, day: date, zone: str, half_hours: int) -> None:
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    every = {Place(site.pk, "", first + half * timedelta(minutes=30)): Counts(shown=1) for half in range(48 * 5)}
    add_counts(every)
    around = [day_of(site, day + timedelta(days=days), zone) for days in (-1, 0, 1)]
    assert len(around[1]) == half_hours
    assert len({*around[0], *around[1], *around[2]}) == sum(map(len, around))


def test_more_accepted_chats_than_began_are_refused(site: Site) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        add_counts({Place(site.pk, "", NOON): Counts(began=1, accepted=2)})


@pytest.mark.usefixtures("committed")
def test_many_writings_at_once_lose_nothing_and_never_lock_one_another_out() -> None:
    sites = list(Site.objects.values_list("pk", flat=True))
    places = [Place(site, greeting, NOON) for site in sites for greeting in ("", "a", "b", "c")]

    def write(turn: int) -> None:
        # Each in another order of its own, as a process counts.
        for _ in range(10):
            add_counts({place: Counts(shown=1) for place in (places if turn % 2 else reversed(places))})
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    rows = SiteCounter.objects.all()
    assert len(rows) == len(places)
    assert sum_up(Counts(shown=row.shown) for row in rows) == Counts(shown=40 * len(places))
