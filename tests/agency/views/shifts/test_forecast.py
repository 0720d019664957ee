"""The week's page against its forecast: what it names, where that leads, its file, and the simulator's."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from agency.domain.simulation.day import read_day
from agency.models import User
from agency.services.shifts.week_plan import plan_week
from agency.views.shifts import person, shifts, week, week_plan
from balie.management.commands import forecast_pool
from tenants.models import Company
from tests.agency.services.shifts.test_forecast import (
    DAY,
    MONDAY,
    NEXT,
    NOW,
    come,
    each_day,
    plan,
    usual,
)

pytestmark = pytest.mark.django_db

WEEK = {"week": "2026-W49"}


@pytest.fixture(autouse=True)
def at_ten_twenty(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        @staticmethod
        def now() -> datetime:
            return NOW

    for module in (week, shifts, person, week_plan, forecast_pool):
        monkeypatch.setattr(module, "clock", Clock)


def show(client: Client, **asked: str) -> str:
    """Return the week's page, with plain spaces."""
    page = client.get("/manage/shifts/", asked or WEEK).content.decode()
    return page.replace("\N{NO-BREAK SPACE}", " ")


def english(client: Client, user: User) -> None:
    user.language = "en"
    user.save()
    client.force_login(user)


def test_the_week_names_what_is_missing_and_leads_to_a_shift_for_it(
    manager: Client, acme: Company, alice: User, bob: User, maud: User
) -> None:
    usual(acme)
    for n in range(7):
        plan(alice, NEXT + n * DAY, "09:00-12:00")
    plan(bob, NEXT, "09:00-12:00")
    page = show(manager)
    assert "Rooster tegen prognose" in page
    assert "di 1 dec 09:00-12:00" in page
    assert "2 nodig, op zijn ergst 1 te weinig, 16 chats verwacht" in page
    assert "di 1 dec 10:00: 8,0 chats, 2 nodig, 1 ingepland: 1 te weinig" in page
    assert "ma 30 nov 10:00: 8,0 chats, 2 nodig, 2 ingepland: genoeg" in page
    assert "En nog" in page  # six gaps, of which five are named
    link = "/manage/shifts/new/?day=2026-12-01&amp;times=09:00-12:00"
    assert link in page
    form = manager.get(link.replace("&amp;", "&")).content.decode()
    assert 'value="2026-12-01"' in form
    assert 'value="09:00-12:00"' in form
    english(manager, maud)
    page = show(manager)
    assert "2 needed, 1 short at worst, 16 chats expected" in page
    assert "90% within 20 s" in page
    # The measured pace, its base, and what it is worth alone and at three.
    assert "5 min 0 s, with 2.0 chats at a time, the mean of 448 chats" in page
    assert "One chat alone would take 4 min 15 s" in page
    assert "a chat costs 1 min 42 s" in page
    assert "the last 2 weeks' missed by 0% a day" in page


def test_times_of_a_link_are_no_more_than_a_proposal(manager: Client) -> None:
    for times in ("<b>7", "x" * 5000, "09:00\x0012:00"):
        page = manager.get("/manage/shifts/new/", {"times": times, "day": "2026-12-01"})
        assert page.status_code == 200
        assert "<b>7" not in page.content.decode()


def test_a_week_without_anything_to_learn_from_says_so(manager: Client, acme: Company) -> None:
    page = show(manager)
    assert "Er zijn nog geen chats om deze week mee te voorspellen" in page
    assert "bandwrap" not in page
    come(acme, each_day(MONDAY - 5 * DAY, 5, (9, 5)))
    page = show(manager)
    assert "Gemaakt van maar 4 dagen met chats" in page
    assert "nog geen week om de prognose aan te meten" in page
    assert "dus 10 min 0 s voor een chat alleen" in page
    far = show(manager, week="2027-W10")
    assert "Een prognose reikt acht weken vooruit" in far


def test_a_week_that_is_over_shows_what_came(manager: Client, acme: Company) -> None:
    usual(acme)
    page = show(manager, week="2026-W47")
    assert "Deze week is voorbij" in page
    assert "<small>(16)</small>" in page
    assert "Waar het meest ontbreekt" not in page


def test_the_file_holds_every_half_hour(manager: Client, acme: Company, alice: User) -> None:
    usual(acme)
    plan(alice, NEXT, "09:00-12:00")
    answer = manager.get("/manage/shifts/forecast.csv", WEEK)
    assert 'filename="balie-forecast-2026-W49.csv"' in answer["Content-Disposition"]
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Dag;Vanaf;Verwachte chats;Chats die kwamen;Mensen nodig")
    assert "2026-11-30;10:00;8,0;;2;1;-1" in lines
    assert len(lines) == 1 + 7 * 6
    assert manager.get("/manage/shifts/forecast.csv", {"week": "x\x00"}).status_code == 422
    stranger = Client(HTTP_HOST="localhost")
    stranger.force_login(alice)
    assert stranger.get("/manage/shifts/forecast.csv").status_code == 404


def test_the_simulator_plays_what_the_command_writes(acme: Company, alice: User, bob: User) -> None:
    usual(acme)
    for day in (NEXT, NEXT + DAY):
        plan(alice, day, "08:00-11:00")
        plan(bob, day, "10:30-15:00")
    out, lines = io.StringIO(), io.StringIO()
    call_command("forecast_pool", week="2026-W49", stdout=out, stderr=lines)
    written = out.getvalue().splitlines()
    assert written[0] == "date,interval_start,offered,needed,planned"
    assert "2026-12-01,10:00,8.000,2,1" in written
    day = read_day(written, date="2026-12-01")
    assert day.begins == "08:00"
    assert [round(rate.per_hour, 6) for rate in day.rates[3:7]] == [0, 16, 16, 0]
    assert "nobody planned" in lines.getvalue().splitlines()[2]
    line = lines.getvalue().splitlines()[1]
    assert "--date 2026-12-01 --shifts 1@0-3,1@2.5-7 --aht 255 --promises 20 " in line
    crew = forecast_pool.write_crew([(NOW, NOW + timedelta(hours=2))], plan_week(monday=NEXT, now=NOW).days[0])
    assert crew == ""
    with pytest.raises(CommandError, match="such as 2026-W49"):
        call_command("forecast_pool", week="49")
    with pytest.raises(CommandError, match="further away"):
        call_command("forecast_pool", week="2027-W20")


def test_next_week_is_the_one_that_is_written(acme: Company) -> None:
    usual(acme)
    out = io.StringIO()
    call_command("forecast_pool", stdout=out, stderr=io.StringIO())
    first = date.fromisoformat(out.getvalue().splitlines()[1].split(",")[0])
    assert first == NEXT
