"""Hours of the past, worked out from today's and the log, are what they were."""

from datetime import date, timedelta
from random import Random

import pytest

from agency.domain.hours import hours as clock
from agency.domain.hours.hours import Hours, Window
from agency.models import User
from agency.services.hours.agreement import list_hours
from agency.services.hours.dated_hours import OtherHours, add_dated, remove_dated
from agency.services.hours.past_hours import read_past_hours
from agency.services.hours.weekly_hours import set_week
from tenants.models import Company
from tests.billing.services.settled import NOW

WINDOWS = [None, (9 * 60, 12 * 60), (13 * 60, 22 * 60)]
DAYS = [date(2026, 11, 20) + timedelta(days=n) for n in range(4)]
INSTANTS = [NOW + timedelta(hours=n) for n in range(-12, 84, 5)]


def change(draw: Random, company: Company, maud: User, moment: int) -> None:
    """One change by a manager: of the week, or of days of the company or of the agency."""
    now = NOW + timedelta(hours=moment)
    owner = draw.choice([company, company, None])
    first = draw.choice(DAYS)
    last = first + timedelta(days=draw.choice([0, 0, 2]))
    act = draw.randrange(3)
    if act == 0:
        week = [Window(n, *draw.choice(WINDOWS[1:])) for n in range(7) if draw.random() < 0.8]
        set_week(company=company, week=week, by=maud, now=now)
    elif act == 1:
        remove_dated(company=owner, starts_on=first, ends_on=last, by=maud, now=now)
    else:
        hours = OtherHours(first, last, draw.choice(WINDOWS))
        add_dated(company=owner, hours=hours, by=maud, now=now)


@pytest.mark.parametrize("seed", range(6))
def test_the_past_is_as_it_was(seed: int, acme: Company, zen: Company, maud: User) -> None:
    draw = Random(seed)
    states: list[Hours] = [list_hours([acme])[acme.pk]]
    for moment in range(20):
        change(draw, zen if draw.random() < 0.2 else acme, maud, moment)
        states.append(list_hours([acme])[acme.pk])
    past = read_past_hours(acme)
    for moment, state in enumerate(states):
        # The half hour before the next change.
        held = NOW + timedelta(hours=moment) - timedelta(minutes=30)
        for at in INSTANTS:
            assert past.answers(at, held, held) == {clock.is_open(state, at)}, (moment, at)


def test_a_change_leaves_both_answers_to_who_came_around_it(acme: Company, maud: User) -> None:
    set_week(company=acme, week=[Window(n, 0, 1440) for n in range(7)], by=maud, now=NOW)
    closed = OtherHours(NOW.date(), NOW.date(), None)
    add_dated(company=acme, hours=closed, by=maud, now=NOW)
    past, minute = read_past_hours(acme), timedelta(minutes=1)
    assert past.answers(NOW, NOW - minute, NOW + minute) == {True, False}
    assert past.answers(NOW, NOW, NOW + minute) == {False}
