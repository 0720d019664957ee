"""What each site offered is followed while nobody asks: one row a change, one writer, nothing that nobody saw."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from agency.domain.facts.availability import Offered
from agency.models import AvailabilityWatch, Certification, DatedHours, Operator, Seat, SiteAvailability
from agency.services.facts.availability import GAP, Given, HeldAnswer, read_day, write_changes
from agency.services.pool import site_watch
from agency.services.pool.site_watch import follow_sites
from tenants import memory
from tenants.models import Company, Site
from tests import cast
from tests.chat.services.stage import NOW, after, sit

pytestmark = pytest.mark.django_db
ALICE = "alice@balie.test"


@pytest.fixture
def acme_site() -> Site:
    return Site.objects.get(key=cast.ACME_SITE)


def look(at: float) -> int:
    """Look once as a new process would, that has the watch."""
    memory.clear()
    return follow_sites(now=after(at))


def rows(site: Site) -> list[tuple[str, str, float, float | None]]:
    found = SiteAvailability.objects.filter(site_id=site.pk).order_by("starts_at", "pk")
    since = [((row.starts_at - NOW).total_seconds(), row.ends_at) for row in found]
    return [
        (row.mode, row.code, starts, None if ends is None else (ends - NOW).total_seconds())
        for row, (starts, ends) in zip(found, since, strict=True)
    ]


def begin() -> None:
    """Make the row of the watch and take it: the first look of a home only makes it."""
    assert look(-4) == 0
    follow_sites(now=after(-2))


def test_a_change_ends_one_answer_and_begins_the_next(acme_site: Site) -> None:
    begin()
    sit(ALICE)
    Seat.objects.update(lease_until=after(600))
    follow_sites(now=after(0))
    follow_sites(now=after(2))
    Seat.objects.update(paused=True)
    follow_sites(now=after(4))
    assert rows(acme_site) == [
        ("form", "nobody_here", -2, 0),
        ("chat", "", 0, 4),
        ("form", "all_paused", 4, None),
    ]
    assert SiteAvailability.objects.filter(code="all_paused").first().reason.facts == {"n": 1}  # type: ignore[union-attr]


def everybody_leaves() -> None:
    Certification.objects.all().delete()


def nobody_speaks_it() -> None:
    Operator.objects.update(languages=["fr"])


def all_drain() -> None:
    Seat.objects.update(draining=True)


def all_full() -> None:
    Seat.objects.update(used=6, capacity=6)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (everybody_leaves, "nobody_certified"),
        (nobody_speaks_it, "nobody_speaks"),
        (all_drain, "all_draining"),
        (all_full, "overflow"),
    ],
)
def test_a_site_without_a_chat_says_why(acme_site: Site, change: Callable[[], None], code: str) -> None:
    begin()
    sit(ALICE)
    Seat.objects.update(lease_until=after(600))
    change()
    look(0)
    assert rows(acme_site)[-1] == ("form", code, 0, None)


def test_at_night_nobody_is_missed(acme_site: Site) -> None:
    DatedHours.objects.all().delete()  # tests are open day and night
    begin()
    look(12 * 3600)
    assert rows(acme_site)[-1][:2] == ("form", "outside_hours")


def test_a_look_that_finds_nothing_new_writes_nothing_but_when_it_looked(acme_site: Site) -> None:
    begin()
    follow_sites(now=after(0))
    with CaptureQueriesContext(connection) as asked:
        assert follow_sites(now=after(2)) == 0
    written = [one["sql"].split()[:2] for one in asked if one["sql"].startswith(("UPDATE", "INSERT"))]
    assert written == [["UPDATE", '"agency_availabilitywatch"']]
    assert follow_sites(now=after(3)) == 0
    assert AvailabilityWatch.objects.get().seen_at == after(2)
    # Those of one's own memory, the claim, and the four small questions of a reading.
    assert len(asked) <= 9


def test_how_full_it_is_is_written_once_a_minute_and_what_pages_got_at_once(acme_site: Site) -> None:
    """A rush that comes and goes left two rows each 10 s."""
    held: dict[UUID, HeldAnswer] = {}

    def give(at: float, mode: str, level: str, code: str = "") -> int:
        given = Given(acme_site.company_id, (mode, level, code), {})
        return write_changes(held, {acme_site.pk: given}, after(at))

    assert give(0, "chat", "open") == 1
    swings = [give(10 * turn, "chat", "quiet" if turn % 2 else "open") for turn in range(1, 6)]
    assert swings == [0] * 5
    assert give(60, "chat", "quiet") == 1
    assert give(119, "chat", "narrow") == 0
    assert give(119.5, "form", "full", "overflow") == 1
    assert give(130, "chat", "narrow") == 1
    assert give(131, "form", "full", "nobody_here") == 1
    found = SiteAvailability.objects.filter(site_id=acme_site.pk).order_by("starts_at")
    assert [(row.mode, row.level, row.starts_at) for row in found] == [
        ("chat", "open", after(0)),
        ("chat", "quiet", after(60)),
        ("form", "full", after(119.5)),
        ("chat", "narrow", after(130)),
        ("form", "full", after(131)),
    ]


def test_a_site_that_goes_gives_no_answer_any_more(acme_site: Site, zen: Company) -> None:
    begin()
    pk = acme_site.pk
    acme_site.delete()
    Company.objects.filter(pk=zen.pk).update(ready=False)
    follow_sites(now=after(0))
    assert not SiteAvailability.objects.filter(ends_at=None).exists()
    assert SiteAvailability.objects.get(site_id=pk).ends_at == after(0)


def test_one_process_writes_and_another_follows_it(settings: object, acme_site: Site) -> None:
    begin()
    settings.NODE = "another"  # type: ignore[attr-defined]
    assert look(0) == 0
    assert AvailabilityWatch.objects.get().seen_at == after(-2)
    sit(ALICE)
    Seat.objects.update(lease_until=after(600))
    assert look(3) == 2
    assert rows(acme_site) == [("form", "nobody_here", -2, 3), ("chat", "", 3, None)]


def test_what_nobody_saw_is_unknown(acme_site: Site) -> None:
    begin()
    follow_sites(now=after(0))
    late = GAP.total_seconds() + 1
    look(late)
    assert rows(acme_site) == [("form", "nobody_here", -2, 0), ("form", "nobody_here", late, None)]
    sums = {one.mode: 0.0 for one in day(acme_site, late)}
    for one in day(acme_site, late):
        sums[one.mode] += one.lasts.total_seconds()
    assert sums == {"unknown": 14 * 3600 - 2 + late, "form": 2}
    # All processes stopped since: the answer that has no end counts until the last look.
    assert day(acme_site, late + 60)[-1].mode == "unknown"
    assert [one.ends_at for one in day(acme_site, late + 60)][-1] == after(late + 60)


def test_a_short_gap_is_none(acme_site: Site) -> None:
    begin()
    look(GAP.total_seconds() - 2)
    assert rows(acme_site) == [("form", "nobody_here", -2, None)]


def test_a_clock_that_is_set_back_rewrites_nothing(acme_site: Site) -> None:
    begin()
    follow_sites(now=after(0))
    before = rows(acme_site)
    for at in (-3600, -3598, 0):
        assert look(at) == 0
    assert rows(acme_site) == before
    look(2)
    assert rows(acme_site) == before


def test_what_was_offered_stays_as_it_is(acme_site: Site) -> None:
    begin()
    follow_sites(now=after(0))
    row = SiteAvailability.objects.get(site_id=acme_site.pk)
    for change in ({"mode": "chat"}, {"starts_at": after(-60)}):
        with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
            SiteAvailability.objects.filter(pk=row.pk).update(**change)
    SiteAvailability.objects.filter(pk=row.pk).update(ends_at=after(1))
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        SiteAvailability.objects.filter(pk=row.pk).update(ends_at=None)
    row.pk = None
    with pytest.raises(IntegrityError, match="one_answer_at_a_time"), transaction.atomic():
        row.save(force_insert=True)


def test_a_failed_write_is_made_up_for(monkeypatch: pytest.MonkeyPatch, acme_site: Site) -> None:
    begin()
    sit(ALICE)
    Seat.objects.update(lease_until=after(600))

    def fail(*_: object) -> int:
        raise IntegrityError

    monkeypatch.setattr(site_watch.facts, "write_changes", fail)
    with pytest.raises(IntegrityError):
        follow_sites(now=after(0))
    monkeypatch.undo()
    assert follow_sites(now=after(2)) == 2
    assert rows(acme_site)[-1] == ("chat", "", 2, None)


def day(site: Site, at: float) -> list[Offered]:
    found = read_day(site_id=site.pk, day=date(2026, 11, 23), zone="Europe/Amsterdam", now=after(at))
    assert sum((one.lasts for one in found), timedelta()) == found[-1].ends_at - found[0].starts_at
    return found


def test_what_is_written_otherwise_than_it_is_now_is_a_difference(acme_site: Site) -> None:
    begin()
    follow_sites(now=after(0))
    assert site_watch.find_differences(after(1)) == []
    row = SiteAvailability.objects.get(site_id=acme_site.pk, ends_at=None)
    row.delete()
    row.pk, row.mode, row.code = None, "chat", ""
    row.save(force_insert=True)
    assert site_watch.find_differences(after(1)) == [(acme_site.pk, "answer differs from the one given now")]
    assert site_watch.find_differences(after(1) + GAP) == []  # nobody writes any more
    row.delete()
    assert site_watch.find_differences(after(1)) == [(acme_site.pk, "site without an answer")]
