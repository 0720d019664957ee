"""Every way a chat ends, with the transcript asked or not, rated or not: what stands in every book afterwards."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from agency.models import ChatRecord, DatedHours, OutboxRow, PoolEntry, RecordEvent, Seat, User
from balie.steps import reconcile
from billing.models import Charge
from billing.services.charging import charge_settled
from billing.services.prices import set_price
from chat.models import Chat, Delivery, Rating, TranscriptRequest
from chat.services import assignment
from chat.services.assignment import Console
from chat.services.ending import reasons_to_close
from chat.services.finished import rate as finished_rate
from chat.services.mail import transcripts
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.stage import NOW, after, say, sit, write_first

pytestmark = pytest.mark.django_db

PRICE = Decimal("3.75")
# The test's own clock: begun at 0, answered at 12, closed by `ENDED`, settled by `SETTLED`.
ENDED, SETTLED = after(4_000), after(4_130)


@dataclass(frozen=True)
class Story:
    """One chat on its way to its end."""

    company: Company
    manager: User
    operator: Console
    chat_id: UUID
    visitor_id: UUID

    def entry(self) -> PoolEntry:
        return PoolEntry.objects.get(pk=self.chat_id)

    def answered(self) -> PoolEntry:
        """Somebody takes it and writes."""
        entry = self.taken()
        say(entry, "operator", "Ik help je graag", now=after(12), by=self.operator)
        return self.entry()

    def taken(self) -> PoolEntry:
        assert assignment.assign_waiting(now=after(1)) == 1
        fence = self.entry().fence
        assignment.accept(chat_id=self.chat_id, fence=fence, by=self.operator, now=after(2))
        return self.entry()


def by_operator(story: Story) -> None:
    fence = story.answered().fence
    reasons_to_close.close_by_operator(chat_id=story.chat_id, fence=fence, by=story.operator, now=after(60))


def by_operator_in_silence(story: Story) -> None:
    fence = story.taken().fence
    reasons_to_close.close_by_operator(chat_id=story.chat_id, fence=fence, by=story.operator, now=after(60))


def by_visitor(story: Story) -> None:
    story.answered()
    leave(story)


def by_visitor_unanswered(story: Story) -> None:
    leave(story)


def leave(story: Story) -> None:
    reasons_to_close.close_by_visitor(chat_id=story.chat_id, visitor_id=story.visitor_id, now=after(60))


def idle(story: Story) -> None:
    story.answered()
    assert reasons_to_close.close_idle(now=after(611)) == 0
    assert reasons_to_close.close_idle(now=after(612)) == 1


def tab_closed(story: Story) -> None:
    assert reasons_to_close.close_left(now=after(29)) == 0
    assert reasons_to_close.close_left(now=after(30)) == 1


def end_of_hours(story: Story) -> None:
    DatedHours.objects.filter(company=story.company).delete()
    DatedHours.objects.create(
        company=story.company, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 23),
        opens=0, closes=900,
    )  # fmt: skip
    Seat.objects.update(lease_until=after(3_600))
    PoolEntry.objects.update(visitor_seen_at=after(3_600))
    assert reasons_to_close.close_end_of_hours(now=after(3_601)) == 0
    assert reasons_to_close.close_end_of_hours(now=after(3_661)) == 1


def dead_console(story: Story) -> None:
    """The operator's machine dies mid-chat. Nobody else comes, and the visitor goes."""
    story.answered()
    PoolEntry.objects.update(visitor_seen_at=after(40))
    assert assignment.requeue_lost_seats(now=after(30)) == 1
    assert reasons_to_close.close_left(now=after(70)) == 1


def by_manager(story: Story) -> None:
    story.answered()
    close_as_manager(story)


def by_manager_unanswered(story: Story) -> None:
    close_as_manager(story)


def close_as_manager(story: Story) -> None:
    assert reasons_to_close.close_by_manager(chat_id=story.chat_id, by=story.manager, reason="Storing", now=after(60))


@dataclass(frozen=True)
class Expected:
    """How it stands in the record and on the ledger. `wraps_up`: somebody held it when it closed."""

    close_reason: str
    wraps_up: bool
    closed_at: datetime
    charge: str


ENDINGS: dict[Callable[[Story], None], Expected] = {
    by_operator: Expected("operator", True, after(60), "billable"),
    by_operator_in_silence: Expected("operator", True, after(60), "no_human_text"),
    by_visitor: Expected("visitor", True, after(60), "billable"),
    by_visitor_unanswered: Expected("visitor", False, after(60), "no_human_text"),
    idle: Expected("idle", True, after(612), "billable"),
    tab_closed: Expected("left", False, NOW, "no_human_text"),
    end_of_hours: Expected("end_of_hours", False, after(3_661), "no_human_text"),
    dead_console: Expected("left", False, after(40), "billable"),
    by_manager: Expected("manager", True, after(60), "billable"),
    by_manager_unanswered: Expected("manager", False, after(60), "no_human_text"),
}
TRANSCRIPT = ("not asked", "asked during", "asked after")
RATING = ("none", "good before the wrap-up's end", "bad after it")
TABLE = list(itertools.product(ENDINGS, TRANSCRIPT, RATING))


@pytest.fixture
def story(acme: Company, maud: User) -> Story:
    set_price(company=acme, amount=PRICE, valid_from=date(2026, 11, 1), by=maud, now=NOW)
    alice = sit("alice@balie.test")
    begun, visitor_id = write_first()
    return Story(acme, maud, alice, begun.chat_id, visitor_id)


@pytest.mark.parametrize(
    ("end", "transcript", "rating"),
    TABLE,
    ids=[f"{end.__name__}, {asked}, {rated}" for end, asked, rated in TABLE],
)
def test_an_ending(end: Callable[[Story], None], transcript: str, rating: str, story: Story) -> None:
    wanted = ENDINGS[end]
    if transcript == "asked during":
        ask(story, now=after(1))
    end(story)
    record = ChatRecord.objects.get(pk=story.chat_id)
    assert (record.close_reason, record.closed_at) == (wanted.close_reason, wanted.closed_at)
    assert (record.settled_at is None) is wanted.wraps_up
    assert PoolEntry.objects.filter(pk=story.chat_id, state="wrap_up").exists() is wanted.wraps_up
    if rating == RATING[1]:
        rate(story, good=True, now=ENDED)
    assert reasons_to_close.end_wrap_ups(now=SETTLED) == int(wanted.wraps_up)
    if rating == RATING[2]:
        rate(story, good=False, now=after(5_000))
    if transcript == "asked after":
        ask(story, now=after(5_000))

    assert charge_settled() == 1
    assert charge_settled() == 0
    assert_books(story, wanted, transcript, rating)


def assert_books(story: Story, wanted: Expected, transcript: str, rating: str) -> None:
    assert not PoolEntry.objects.exists()
    assert Seat.objects.get().used == 0
    record = ChatRecord.objects.get()
    assert (record.outcome, record.settled_at is None) == ("unset", False)
    charge = Charge.objects.get()
    assert (charge.record_id, charge.reason) == (story.chat_id, wanted.charge)
    assert charge.amount == (PRICE if wanted.charge == "billable" else 0)
    asked = int(transcript != "not asked")
    with in_company(story.company):
        assert Chat.objects.get().closed_at == wanted.closed_at
        assert TranscriptRequest.objects.filter(delivery__isnull=False).count() == asked
        assert Delivery.objects.count() == asked
        given = [(one.good, one.source) for one in Rating.objects.all()]
    assert OutboxRow.objects.count() == asked
    good = {RATING[0]: [], RATING[1]: [True], RATING[2]: [False]}[rating]
    assert given == [(value, "panel") for value in good]
    values = list(RecordEvent.objects.filter(kind="rating").values_list("value", flat=True))
    assert values == [int(value) for value in good]
    assert reconcile.compare() == reconcile.Books([], [])


def ask(story: Story, *, now: datetime) -> None:
    transcripts.ask(
        company=story.company,
        chat_id=story.chat_id,
        visitor_id=story.visitor_id,
        client_id=uuid4(),
        address="marieke@example.nl",
        now=now,
    )


def rate(story: Story, *, good: bool, now: datetime) -> None:
    finished_rate.rate(
        company=story.company,
        chat_id=story.chat_id,
        visitor_id=story.visitor_id,
        opinion=finished_rate.Opinion(good, "" if good else "Het duurde lang.", "panel"),
        now=now,
    )
