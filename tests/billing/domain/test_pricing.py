"""The chats that are billed: every reason, and which goes before which."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.domain.components import PriceLine, price
from billing.domain.money import NOTHING, rounded, total
from billing.domain.pricing import (
    PRECEDENCE,
    ChargeFacts,
    ChargeVerdict,
    Rate,
    Reason,
    charge_month,
    find_rate,
    judge,
)

START = datetime(2026, 11, 2, 13, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
TICK = timedelta(microseconds=1)


def chat(arrived: timedelta = timedelta(), lasts: timedelta = timedelta(minutes=10), **facts: object) -> ChargeFacts:
    """Return a chat of visitor `marieke` that is billable unless its facts say otherwise."""
    fields = {"outcome": "resolved", "visitor_key": "marieke", **facts}
    return ChargeFacts(uuid.uuid4(), START + arrived, START + arrived + lasts, **fields)  # type: ignore[arg-type]


FIRST = chat()
# The facts that make each reason true, alone.
CAUSES: dict[Reason, dict[str, object]] = {
    Reason.SPAM: {"spam": True},
    Reason.TEST: {"outcome": "test"},
    Reason.WRONG_SITE: {"outcome": "wrong_site"},
    Reason.NO_VISITOR_TEXT: {"visitor_texts": 0},
    Reason.NO_HUMAN_TEXT: {"operator_texts": 0},
    Reason.OUTSIDE_HOURS: {"in_hours": False},
}


@pytest.mark.parametrize("outcome", ["resolved", "lead", "follow_up", "no_answer_needed", "unset", ""])
def test_a_chat_in_which_both_wrote_is_billed_whatever_its_other_outcomes(outcome: str) -> None:
    assert judge(chat(outcome=outcome), []) == ChargeVerdict(Reason.BILLABLE)


@pytest.mark.parametrize("reason", CAUSES)
def test_each_reason_alone_makes_a_chat_free(reason: Reason) -> None:
    verdict = judge(chat(**CAUSES[reason]), [])
    assert verdict == ChargeVerdict(reason)
    assert not verdict.billable


def test_a_repeat_is_free_and_names_the_first() -> None:
    assert judge(chat(timedelta(hours=1)), [FIRST]) == ChargeVerdict(Reason.REPEAT, FIRST.chat_id)


@pytest.mark.parametrize("pair", list(combinations(PRECEDENCE[:-1], 2)), ids="-".join)
def test_the_reason_that_stands_first_in_the_order_is_printed(pair: tuple[Reason, Reason]) -> None:
    facts: dict[str, object] = {}
    for reason in pair:
        facts |= CAUSES.get(reason, {})
    if {Reason.TEST, Reason.WRONG_SITE} == set(pair):
        return  # one chat has one outcome
    earlier = [FIRST] if Reason.REPEAT in pair else []
    assert judge(chat(timedelta(hours=1), **facts), earlier).reason == pair[0]


def test_the_order_is_the_one_that_is_written_down() -> None:
    assert [str(reason) for reason in PRECEDENCE] == [
        "spam",
        "test",
        "wrong_site",
        "no_visitor_text",
        "no_human_text",
        "repeat",
        "outside_hours",
        "billable",
    ]


@pytest.mark.parametrize(
    ("after_the_end", "reason"),
    [
        (timedelta(), Reason.REPEAT),
        (DAY - TICK, Reason.REPEAT),
        (DAY, Reason.REPEAT),
        (DAY + TICK, Reason.BILLABLE),
    ],
)
def test_the_window_is_24_hours_from_the_end_its_last_instant_included(
    after_the_end: timedelta, reason: Reason
) -> None:
    arrived = FIRST.closed_at - START + after_the_end
    assert judge(chat(arrived), [FIRST]).reason == reason


def test_a_chat_that_overlaps_the_first_is_a_repeat() -> None:
    long = chat(lasts=timedelta(hours=3))
    assert judge(chat(timedelta(hours=1)), [long]).reason == Reason.REPEAT


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({}, {}, True),
        ({"visitor_key": "b", "address_key": "x"}, {"visitor_key": "a", "address_key": "x"}, True),
        ({"visitor_key": "b", "address_key": "x"}, {"visitor_key": "a", "address_key": "y"}, False),
        ({"visitor_key": "b"}, {}, False),
        # Nothing known of either is not the same person.
        ({"visitor_key": ""}, {"visitor_key": ""}, False),
        # A visitor's key is no address.
        ({"visitor_key": "k"}, {"visitor_key": "", "address_key": "k"}, False),
    ],
)
def test_the_same_person_is_the_same_visitor_or_the_same_address(
    first: dict[str, str], second: dict[str, str], same: bool
) -> None:
    verdict = judge(chat(timedelta(hours=1), **second), [chat(**first)])
    assert (verdict.reason == Reason.REPEAT) is same


def test_of_two_billed_chats_the_earlier_one_is_named() -> None:
    by_address = chat(visitor_key="other", address_key="m")
    by_visitor = chat(timedelta(minutes=5))
    mine = chat(timedelta(hours=1), address_key="m")
    for earlier in ([by_address, by_visitor], [by_visitor, by_address]):
        assert judge(mine, earlier).repeat_of == by_address.chat_id


def test_a_chat_is_no_repeat_of_itself() -> None:
    assert judge(FIRST, [FIRST]).billable


@pytest.mark.parametrize(
    ("closed_at", "amount"),
    [
        # 23:59:59 in Amsterdam on the last day of October, and the next second.
        (datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC), "4.00"),
        (datetime(2026, 10, 31, 23, 0, tzinfo=UTC), "4.50"),
    ],
)
def test_the_amsterdam_day_of_the_close_decides_the_price(closed_at: datetime, amount: str) -> None:
    rates = [
        Rate(uuid.uuid4(), date(2026, 11, 1), Decimal("4.50")),
        Rate(uuid.uuid4(), date(2026, 10, 1), Decimal("4.00")),
    ]
    rate = find_rate(rates, closed_at)
    assert rate is not None
    assert price(ChargeVerdict(Reason.BILLABLE), FIRST, rate) == [PriceLine("chat", Decimal(amount))]
    assert price(ChargeVerdict(Reason.SPAM), FIRST, rate) == [PriceLine("chat", NOTHING)]


def test_before_the_first_price_there_is_none() -> None:
    rate = Rate(uuid.uuid4(), date(2026, 11, 1), Decimal("4.50"))
    assert find_rate([rate], datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)) is None
    assert find_rate([], START) is None


@pytest.mark.parametrize(
    ("closed_at", "month"),
    [
        ("2026-10-31T22:59:59.999999", date(2026, 10, 1)),
        ("2026-10-31T23:00:00", date(2026, 11, 1)),
        # Both nights on which the clock changes, a second around each change.
        ("2026-03-29T00:59:59", date(2026, 3, 1)),
        ("2026-03-29T01:00:00", date(2026, 3, 1)),
        ("2026-10-25T00:59:59", date(2026, 10, 1)),
        ("2026-10-25T01:00:00", date(2026, 10, 1)),
        # Summer time: midnight is 22:00 UTC.
        ("2026-03-31T21:59:59", date(2026, 3, 1)),
        ("2026-03-31T22:00:00", date(2026, 4, 1)),
    ],
)
def test_the_month_is_the_amsterdam_month_of_the_close(closed_at: str, month: date) -> None:
    assert charge_month(datetime.fromisoformat(closed_at).replace(tzinfo=UTC)) == month


@pytest.mark.parametrize(
    ("first_end", "arrived", "reason"),
    [
        # 24 hours are hours, on the day of 23 hours and on the one of 25: the wall clock shows another time.
        ("2026-03-28T13:00:00", "2026-03-29T13:00:00", Reason.REPEAT),
        ("2026-03-28T13:00:00", "2026-03-29T13:00:01", Reason.BILLABLE),
        ("2026-10-24T12:00:00", "2026-10-25T12:00:00", Reason.REPEAT),
        ("2026-10-24T12:00:00", "2026-10-25T12:00:01", Reason.BILLABLE),
    ],
)
def test_24_hours_are_real_hours_when_the_clock_changes(first_end: str, arrived: str, reason: Reason) -> None:
    end, start = (datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (first_end, arrived))
    first = replace(FIRST, arrived_at=end - timedelta(minutes=5), closed_at=end)
    second = replace(chat(), arrived_at=start, closed_at=start + timedelta(minutes=5))
    assert judge(second, [first]).reason == reason


@pytest.mark.parametrize(("exact", "cents"), [("1.005", "1.01"), ("1.004", "1.00"), ("-1.005", "-1.01"), ("0", "0.00")])
def test_half_a_cent_goes_away_from_zero(exact: str, cents: str) -> None:
    assert str(rounded(Decimal(exact))) == cents


@given(st.lists(st.decimals(-1000, 1000, places=2)))
def test_a_total_is_exact_in_cents(amounts: list[Decimal]) -> None:
    assert total(amounts) * 100 == sum(int(amount * 100) for amount in amounts)


@given(
    st.sampled_from(list(Reason)),
    st.decimals(min_value=0, max_value=999_999, places=4),
    st.integers(0, 23),
)
def test_today_a_chat_costs_its_rate_if_it_is_billed_and_nothing_if_not(
    reason: Reason, amount: Decimal, hour: int
) -> None:
    rate = Rate(uuid.uuid4(), date(2026, 10, 1), amount)
    lines = price(ChargeVerdict(reason), chat(timedelta(hours=hour)), rate)
    assert [(line.component, str(line.amount)) for line in lines] == [
        ("chat", str(rounded(amount)) if reason is Reason.BILLABLE else "0.00")
    ]
