"""Public holidays: a company's dated hours, day by day, under the names its manager reads."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from agency.models import DatedHours, User
from agency.services.hours import dated_hours
from agency.services.hours.holidays import list_holidays
from tenants.models import Company

pytestmark = pytest.mark.django_db

# A Monday, 10:20 in Amsterdam.
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)
MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def test_holidays_are_set_day_by_day_in_one_go(acme: Company, maud: User) -> None:
    DatedHours.objects.filter(company=acme).delete()
    christmas, boxing, new_year = date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)

    def put(**days: Any) -> int:
        wanted = {christmas: days["christmas"], boxing: days["boxing"]}
        names = {christmas: "Eerste kerstdag", boxing: "Tweede kerstdag"}
        return dated_hours.set_days(company=acme, days=wanted, names=names, by=maud, now=NOW)

    assert put(christmas=None, boxing=(600, 960)) == 2
    assert put(christmas=None, boxing=(600, 960)) == 0
    assert put(christmas=None, boxing=(600, 1000)) == 1
    rows = DatedHours.objects.filter(company=acme).order_by("starts_on")
    assert [(row.starts_on, row.opens, row.note) for row in rows] == [
        (christmas, None, "Eerste kerstdag"),
        (boxing, 600, "Tweede kerstdag"),
    ]
    assert put(christmas="usual", boxing=None) == 2
    assert [(row.starts_on, row.opens) for row in rows.all()] == [(boxing, None)]

    closed = dated_hours.OtherHours(christmas, new_year, None, note="Dicht")
    dated_hours.add_dated(company=acme, hours=closed, by=maud, now=NOW)
    assert put(christmas=None, boxing=None) == 0
    with pytest.raises(dated_hours.WithinLonger):
        put(christmas=(600, 960), boxing="usual")
    assert put(christmas=(600, 960), boxing=None) == 1


@pytest.mark.parametrize(
    ("country", "language", "name"),
    [
        ("NL", "nl", "Eerste kerstdag"),
        ("NL", "en", "Christmas Day"),
        ("BE", "nl", "Kerstmis"),
        # Without a name in the reader's language, its own.
        ("DE", "nl", "Erster Weihnachtstag"),
    ],
)
def test_holidays_have_names_in_the_readers_language(country: str, language: str, name: str) -> None:
    with translation.override(language):
        found = {one.day: one.name for one in list_holidays(country, MONDAY, MONDAY + 40 * DAY)}
    assert found[date(2026, 12, 25)] == name
    assert list_holidays("ZZ", MONDAY, MONDAY + 40 * DAY) == []


def test_liberation_day_is_proposed_every_year_and_a_holiday_once_in_five() -> None:
    for year, public in ((2026, False), (2027, False), (2030, True)):
        day = date(year, 5, 5)
        week = day - 3 * DAY, day
        with translation.override("nl"):
            proposed = list_holidays("NL", *week, for_some=True)
        assert [(one.day, one.name, one.for_some) for one in proposed] == [(day, "Bevrijdingsdag", not public)]
        # A forecast takes it for an ordinary day in the other years.
        assert [one.day for one in list_holidays("NL", *week)] == ([day] if public else [])
    assert list_holidays("BE", date(2026, 5, 4), date(2026, 5, 6), for_some=True) == []
