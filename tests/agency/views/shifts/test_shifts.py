"""The plan's pages: the week, one shift, a copy, one person, one's own, and the gaps."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agency.domain.hours.periods import local_day
from agency.domain.shifts.shift_times import format_week, monday_of, parse_span, to_stretch
from agency.models import LogEntry, Operator, Shift, User
from agency.services.shifts import duty_roster
from agency.services.shifts.shifts import ZONE
from agency.views.shifts import gaps, person, shifts, week, week_copy
from tests.pages import squeezed

pytestmark = pytest.mark.django_db

# A Monday, 10:20 in Amsterdam; four weeks before Christmas.
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
WEEK = timedelta(days=7)
BAD = {"nothing": "", "words": "vroeg", "control": "07:00\x00-15:00", "long": "7" * 10_000}


@pytest.fixture(autouse=True)
def at_ten_twenty(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        @staticmethod
        def now() -> datetime:
            return NOW

    for module in (gaps, person, shifts, week, week_copy):
        monkeypatch.setattr(module, "clock", Clock)


def plan(person: User, *written: tuple[date, str]) -> list[Shift]:
    stretches = [to_stretch(parse_span(day, times), ZONE) for day, times in written]
    return [Shift.objects.create(operator=person.operator, starts_at=start, ends_at=end) for start, end in stretches]


def english(client: Client, user: User) -> None:
    user.language = "en"
    user.save()
    client.force_login(user)


def test_the_week_shows_who_is_planned_holidays_and_hours(manager: Client, alice: User, bob: User, maud: User) -> None:
    plan(alice, (MONDAY, "07:00-15:00"), (date(2026, 12, 25), "22:00-06:00"))
    plan(bob, (MONDAY, "15:00-23:00"))
    page = manager.get("/manage/shifts/").content.decode()
    assert "Diensten van week 48" in page
    assert page.index("Alice") < page.index("tot 15:00") < page.index("Straks")
    assert "niet aan de balie" in page
    assert "shift--now" in page
    assert "2 mensen, 16\xa0u" in page
    assert f"person={bob.pk}&amp;day=2026-11-24" in page
    feast = manager.get("/manage/shifts/", {"week": "2026-W52"}).content.decode()
    assert "Eerste kerstdag" in feast
    assert "22:00-06:00" in feast
    assert "Nu aan het werk" not in feast
    english(manager, maud)
    page = manager.get("/manage/shifts/", {"week": "2026-W52"}).content.decode()
    assert "Christmas Day" in page
    assert "1 person, 8\xa0h" in page


@pytest.mark.parametrize("week", ["", "2026-W60", "x", "9999-W52", "2026-W48\x00", "0" * 5000])
def test_a_week_that_is_none_is_this_one(manager: Client, week: str) -> None:
    page = manager.get("/manage/shifts/", {"week": week, "page": "-1"}).content.decode()
    assert "Diensten van week 48" in page


def test_a_large_agency_is_paged_and_costs_the_same(
    manager: Client, django_assert_max_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty_roster, "PAGE", 20)
    users = User.objects.bulk_create(User(email=f"o{n}@balie.test", name=f"Operator {n:02d}") for n in range(30))
    Operator.objects.bulk_create(Operator(user=user, public_name=user.name) for user in users)
    for user in users:
        plan(user, (MONDAY, "07:00-15:00"))
    with django_assert_max_num_queries(12):
        page = manager.get("/manage/shifts/").content.decode()
    assert "1 t/m 20 van 32" in page
    assert "30 mensen" in page
    last = manager.get("/manage/shifts/", {"page": "2"}).content.decode()
    assert "21 t/m 32 van 32" in last


def test_a_shift_is_planned_moved_and_removed_by_forms(manager: Client, bob: User) -> None:
    new = {"person": str(bob.pk), "day": "2026-11-24", "times": "15-23"}
    page = manager.get("/manage/shifts/new/", {"person": bob.pk, "day": "2026-11-24"})
    assert 'value="2026-11-24"' in page.content.decode()
    answer = manager.post("/manage/shifts/new/", new)
    assert answer["Location"] == "/manage/shifts/?week=2026-W48"
    shift = Shift.objects.get()
    url = f"/manage/shifts/{bob.pk}/{shift.pk}/"
    assert 'value="15:00-23:00"' in manager.get(url).content.decode()
    manager.post(url, {"day": "2026-12-01", "times": "14:00-22:00"})
    shift.refresh_from_db()
    assert shift.starts_at == datetime(2026, 12, 1, 13, tzinfo=UTC)
    assert manager.post(url, {"what": "remove"})["Location"] == "/manage/shifts/?week=2026-W49"
    assert not Shift.objects.exists()
    assert LogEntry.objects.filter(action__startswith="shift.").count() == 3
    log = manager.get("/manage/log/").content.decode()
    assert "Haalde een dienst uit het rooster" in log


def test_an_overlap_says_which_shift_is_in_the_way(manager: Client, bob: User, maud: User) -> None:
    plan(bob, (MONDAY, "07:00-15:00"))
    new = {"person": str(bob.pk), "day": "2026-11-23", "times": "14:00-22:00"}
    answer = manager.post("/manage/shifts/new/", new)
    assert answer.status_code == 422
    assert "overlapt de dienst 07:00-15:00 van ma 23 nov" in answer.content.decode()
    english(manager, maud)
    answer = manager.post("/manage/shifts/new/", new)
    assert "overlaps the shift 07:00-15:00 of Mon 23 Nov" in answer.content.decode()
    assert Shift.objects.count() == 1


@pytest.mark.parametrize("times", [*BAD.values(), "07:00-19:30", "07:00-07:05", "25-26"])
def test_times_that_are_none_are_refused_and_nothing_is_written(manager: Client, bob: User, times: str) -> None:
    (shift,) = plan(bob, (MONDAY, "07:00-15:00"))
    new = {"person": str(bob.pk), "day": "2026-11-25", "times": times}
    assert manager.post("/manage/shifts/new/", new).status_code == 422
    url = f"/manage/shifts/{bob.pk}/{shift.pk}/"
    assert manager.post(url, new).status_code == 422
    days = {"first": "2026-11-24", "weekdays": ["tuesday"], "weeks": "1", "times": times}
    assert manager.post(f"/manage/shifts/{bob.pk}/", days).status_code == 422
    assert [one.pk for one in Shift.objects.all()] == [shift.pk]
    assert not LogEntry.objects.filter(action__startswith="shift.").exists()


@pytest.mark.parametrize(
    "bad",
    [
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"day": "2026-02-30"},
        {"person": str(uuid.uuid4())},
        {"person": "x\x00"},
        {"person": ""},
    ],
)
def test_a_day_or_a_person_that_cannot_be_is_refused(manager: Client, bob: User, bad: dict[str, str]) -> None:
    new = {"person": str(bob.pk), "day": "2026-11-25", "times": "07:00-15:00", **bad}
    assert manager.post("/manage/shifts/new/", new).status_code == 422
    assert manager.get("/manage/shifts/new/", bad).status_code == 200
    assert not Shift.objects.exists()


def test_a_shift_stands_under_its_own_person_only(manager: Client, alice: User, bob: User) -> None:
    (shift,) = plan(bob, (MONDAY, "07:00-15:00"))
    url = f"/manage/shifts/{alice.pk}/{shift.pk}/"
    assert manager.get(url).status_code == 404
    assert manager.post(url, {"what": "remove"}).status_code == 404
    assert Shift.objects.count() == 1


def test_a_week_is_copied_at_once_into_an_empty_one_and_else_after_a_question(
    manager: Client, alice: User, bob: User
) -> None:
    plan(alice, (MONDAY, "07:00-15:00"))
    week = {"week": "2026-W48"}
    assert manager.post("/manage/shifts/copy/", week)["Location"] == "/manage/shifts/?week=2026-W49"
    assert Shift.objects.count() == 2

    plan(bob, (MONDAY, "07:00-15:00"), (MONDAY + timedelta(days=1), "07:00-15:00"))
    plan(bob, (MONDAY + WEEK, "10:00-12:00"))
    asked = manager.post("/manage/shifts/copy/", week)
    page = asked.content.decode()
    assert asked.status_code == 200
    assert "Week 49 heeft al 2 diensten. Die blijven." in page
    assert "Eén dienst past niet en blijft weg:" in page
    assert "Overlapt een andere dienst." in page
    assert Shift.objects.count() == 5
    # The manager gets what was agreed to, or is asked again.
    stale = manager.post("/manage/shifts/copy/", {**week, "fitting": "2", "left_out": "0"})
    assert "intussen veranderd" in stale.content.decode()
    assert Shift.objects.count() == 5
    agreed = manager.post("/manage/shifts/copy/", {**week, "fitting": "1", "left_out": "1"})
    assert agreed.status_code == 302
    assert Shift.objects.count() == 6


def test_an_empty_week_has_nothing_to_copy(manager: Client) -> None:
    page = manager.post("/manage/shifts/copy/", {"week": "2026-W40"}).content.decode()
    assert "Er is niets te kopiëren" in page
    nonsense = {"week": "x", "fitting": "x", "left_out": "1"}
    assert manager.post("/manage/shifts/copy/", nonsense).status_code == 200


def test_several_days_at_once_are_all_or_none(manager: Client, bob: User) -> None:
    url = f"/manage/shifts/{bob.pk}/"
    days = {
        "first": "2026-11-24",
        "weekdays": ["monday", "tuesday"],
        "weeks": "2",
        "times": "07:00-15:00",
    }
    assert manager.post(url, days).status_code == 302
    found = [local_day(shift.starts_at, ZONE) for shift in Shift.objects.all()]
    assert found == [date(2026, 11, 24), date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 7)]
    page = manager.get(url).content.decode()
    assert "Week 49, vanaf ma 30 nov" in page
    assert "16\xa0u" in page
    # The last of them is in the way: none is written.
    again = {**days, "first": "2026-11-25", "weekdays": ["wednesday", "tuesday"], "weeks": "1"}
    answer = manager.post(url, again)
    assert answer.status_code == 422
    assert "di 1 dec: overlapt" in answer.content.decode()
    assert Shift.objects.count() == 4
    for bad in ({"weeks": "9"}, {"weekdays": ["someday"]}, {"first": "9999-12-31"}):
        assert manager.post(url, {**days, **bad}).status_code == 422


def test_an_operator_reads_their_own_shifts_and_nobody_elses(alice: User, bob: User) -> None:
    client = Client(HTTP_HOST="localhost")
    client.force_login(alice)
    assert "niets ingepland" in client.get("/shifts/").content.decode()
    plan(alice, (MONDAY, "12:30-15:00"))
    plan(bob, (MONDAY, "16:10-22:00"))
    page = client.get("/shifts/").content.decode()
    assert "Je begint over 2\xa0u\xa010\xa0min: ma 23 nov om 12:30." in page
    assert "16:10" not in page
    plan(alice, (MONDAY, "09:00-12:30"))
    assert "Je dienst loopt tot 15:00." in client.get("/shifts/").content.decode()
    for url in ("/manage/shifts/", f"/manage/shifts/{alice.pk}/", "/manage/hours/"):
        assert client.get(url).status_code == 404


def test_a_manager_who_answers_no_chats_has_no_shifts(manager: Client) -> None:
    assert manager.get("/shifts/").status_code == 404


def test_gaps_name_the_company_the_time_and_how_many_are_planned(manager: Client, alice: User) -> None:
    page = manager.get("/manage/shifts/gaps/").content.decode()
    assert "geen diensten ingepland" in page
    plan(alice, (MONDAY, "07:00-15:00"))
    page = squeezed(manager.get("/manage/shifts/gaps/").content.decode())
    assert "ma 23 nov 10:00-15:00</span>· één ingepland" in page
    assert "niemand" in page


def test_this_week_is_the_agencys_own_on_sunday_night() -> None:
    sunday = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert format_week(monday_of(local_day(sunday, ZONE))) == "2026-W48"
