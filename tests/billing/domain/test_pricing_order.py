"""The ledger doesn't depend on when chats were settled, nor on when and how often they are swept."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.domain.components import price
from billing.domain.money import total
from billing.domain.pricing import (
    ChargeFacts,
    ChargeVerdict,
    Rate,
    Reason,
    find_rate,
    judge,
    repeats,
)
from billing.domain.turns import Unfinished, Wait, decide

START = datetime(2026, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
RATES = [
    Rate(uuid.uuid4(), date(2026, 10, 1), Decimal("4.00")),
    Rate(uuid.uuid4(), date(2026, 10, 24), Decimal("4.55")),
]


def total_of(verdict: ChargeVerdict, chat: ChargeFacts, rate: Rate) -> Decimal:
    return total(line.amount for line in price(verdict, chat, rate))


@dataclass
class Books:
    """A company's ledger in memory, and the sweeps that fill it."""

    lines: dict[UUID, tuple[ChargeVerdict, Decimal]] = field(default_factory=dict)
    billed: list[ChargeFacts] = field(default_factory=list)

    def sweep(
        self,
        settled: Iterable[ChargeFacts],
        uncharged: Iterable[ChargeFacts],
        going_on: Iterable[Unfinished],
    ) -> None:
        due = [chat for chat in settled if chat.chat_id not in self.lines]
        for made in decide(
            due,
            uncharged=[chat for chat in uncharged if chat.chat_id not in self.lines],
            unfinished=going_on,
            billed=list(self.billed),
            rate_of=lambda at: find_rate(RATES, at),
        ):
            if made.verdict is None or made.rate is None:
                continue
            assert made.facts.chat_id not in self.lines, "charged twice"
            self.lines[made.facts.chat_id] = (made.verdict, total_of(made.verdict, made.facts, made.rate))
            if made.verdict.billable:
                self.billed.append(made.facts)


def at_once(chats: list[ChargeFacts]) -> dict[UUID, tuple[ChargeVerdict, Decimal]]:
    """Return the ledger by the definition: in order of arrival, everything known."""
    lines: dict[UUID, tuple[ChargeVerdict, Decimal]] = {}
    billed: list[ChargeFacts] = []
    for chat in sorted(chats, key=lambda one: one.order):
        verdict = judge(chat, billed)
        rate = find_rate(RATES, chat.closed_at)
        assert rate is not None
        lines[chat.chat_id] = (verdict, total_of(verdict, chat, rate))
        if verdict.billable:
            billed.append(chat)
    return lines


@st.composite
def chats(draw: st.DrawFn) -> list[ChargeFacts]:
    """Up to 12 chats of 3 visitors and 2 addresses within a week: overlapping, back to back, a day apart."""
    found = []
    for _ in range(draw(st.integers(1, 12))):
        arrived = START + draw(st.integers(0, 168)) * HOUR
        closed = arrived + draw(st.sampled_from([0, 1, 5, 24, 30])) * HOUR
        found.append(
            ChargeFacts(
                uuid.UUID(int=draw(st.integers(0, 2**128 - 1))),
                arrived,
                closed,
                outcome=draw(st.sampled_from(["resolved", "resolved", "test", "unset"])),
                spam=draw(st.sampled_from([False, False, False, True])),
                operator_texts=draw(st.sampled_from([1, 1, 1, 0])),
                in_hours=draw(st.sampled_from([True, True, False])),
                visitor_key=draw(st.sampled_from(["a", "b", "c"])),
                address_key=draw(st.sampled_from(["", "", "x", "y"])),
            )
        )
    return list({chat.chat_id: chat for chat in found}.values())


@settings(max_examples=300)
@given(chats(), st.data())
def test_no_order_of_closing_settling_and_sweeping_changes_a_cent(
    everything: list[ChargeFacts], data: st.DataObject
) -> None:
    """Each chat closes when it closed and settles at any time after. Sweeps come whenever they like."""
    moments = sorted({chat.closed_at for chat in everything})
    delays = {chat.chat_id: data.draw(st.sampled_from([0, 1, 50])) * HOUR for chat in everything}
    sweeps = data.draw(st.lists(st.integers(0, 260), max_size=8))
    books = Books()
    for at in sorted({START + hours * HOUR for hours in sweeps} | {moments[-1] + 100 * HOUR}):
        arrived = [chat for chat in everything if chat.arrived_at <= at]
        closed = [chat for chat in arrived if chat.closed_at <= at]
        going_on = [
            Unfinished(chat.chat_id, chat.arrived_at, chat.visitor_key) for chat in arrived if chat.closed_at > at
        ]
        settled = [chat for chat in closed if chat.closed_at + delays[chat.chat_id] <= at]
        books.sweep(data.draw(st.permutations(settled)), closed, going_on)
    assert books.lines == at_once(everything)


@given(chats())
def test_nobody_pays_twice_within_the_window_and_the_sum_is_that_of_the_lines(
    everything: list[ChargeFacts],
) -> None:
    books = Books()
    books.sweep(everything, everything, [])
    for one in books.billed:
        assert not [other for other in books.billed if repeats(one, other)]
    assert set(books.lines) == {chat.chat_id for chat in everything}
    prices = {chat.chat_id: rate.amount for chat in books.billed if (rate := find_rate(RATES, chat.closed_at))}
    assert total(amount for _verdict, amount in books.lines.values()) == total(prices.values())


def _chat(hours: float, **facts: object) -> ChargeFacts:
    arrived = START + timedelta(hours=hours)
    fields = {"visitor_key": "a", **facts}
    return ChargeFacts(uuid.uuid4(), arrived, arrived + HOUR, **fields)  # type: ignore[arg-type]


def _waits(chat: ChargeFacts, **beside: object) -> Wait | None:
    known = {"uncharged": [], "unfinished": [], "billed": [], **beside}
    rate_of = known.pop("rate_of", lambda at: find_rate(RATES, at))
    (made,) = decide([chat], rate_of=rate_of, **known)  # type: ignore[arg-type]
    return made.wait


def test_a_chat_waits_for_an_earlier_one_of_the_same_person_that_isnt_settled() -> None:
    first, second = _chat(0), _chat(2)
    assert _waits(second, uncharged=[first]) == Wait.EARLIER_UNCHARGED
    assert _waits(first, uncharged=[second]) is None


def test_it_doesnt_wait_for_what_cant_make_it_a_repeat() -> None:
    assert _waits(_chat(2), uncharged=[_chat(0, visitor_key="b")]) is None
    assert _waits(_chat(26), uncharged=[_chat(0)]) is None
    assert _waits(_chat(2), uncharged=[_chat(0, operator_texts=0)]) is None


def test_what_is_free_anyhow_doesnt_wait() -> None:
    assert _waits(_chat(2, spam=True), uncharged=[_chat(0)]) is None


def test_a_chat_waits_for_an_unfinished_one_that_could_be_the_same_person() -> None:
    own = Unfinished(uuid.uuid4(), START, "a")
    other = Unfinished(uuid.uuid4(), START, "b")
    assert _waits(_chat(1), unfinished=[own]) == Wait.EARLIER_UNFINISHED
    assert _waits(_chat(1), unfinished=[other]) is None
    # The visitor may still turn out by the address.
    assert _waits(_chat(1, address_key="x"), unfinished=[other]) == Wait.EARLIER_UNFINISHED
    assert _waits(_chat(-1, address_key="x"), unfinished=[own, other]) is None


def test_a_chat_without_a_price_waits_and_isnt_guessed() -> None:
    assert _waits(_chat(0), rate_of=lambda _at: None) == Wait.NO_PRICE
    assert _waits(_chat(0, spam=True), rate_of=lambda _at: None) == Wait.NO_PRICE


def test_a_chain_of_repeats_doesnt_extend_the_window() -> None:
    first, second, third = _chat(0), _chat(20), _chat(40)
    books = Books()
    books.sweep([third, second, first], [], [])
    assert [books.lines[chat.chat_id][0].reason for chat in (first, second, third)] == [
        Reason.BILLABLE,
        Reason.REPEAT,
        Reason.BILLABLE,
    ]
