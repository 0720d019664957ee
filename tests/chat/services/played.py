"""A company's afternoon, played by the services themselves: something of everything that stands in the books."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from agency.models import PoolEntry, User
from agency.services.companies.companies import FACTS, change_facts
from agency.services.hours.weekly_hours import set_promise
from agency.services.spam import flag_spam
from billing.services.charging import charge_settled
from billing.services.prices import set_price
from chat.services import assignment
from chat.services.assignment import Console
from chat.services.begin import first_message
from chat.services.begin.first_message import First
from chat.services.ending import reasons_to_close
from chat.services.finished import rate as finished_rate
from chat.services.mail import transcripts
from tenants.models import Company
from tenants.resolve import find_site
from tests import cast
from tests.chat.services.stage import NOW, say, sit

# When a look at it all is taken: long after everything.
LATE = NOW + timedelta(days=2)


@dataclass
class Afternoon:
    """Chats by name, and who does what. Each chat begins ten minutes after the one before it."""

    acme: Company
    maud: User
    chats: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)

    def begin(self, name: str, visitor: str, body: str = "Hallo") -> tuple[Console, datetime]:
        """Let a visitor write, so that it is offered to Alice."""
        now = NOW + timedelta(minutes=10 * len(self.chats))
        alice = sit("alice@balie.test", now=now)
        site = find_site(cast.ACME_SITE)
        assert site is not None
        visitor_id = self.people.setdefault(visitor, uuid.uuid4())
        begun = first_message.begin_chat(site=site, visitor_id=visitor_id, first=First(uuid.uuid4(), body), now=now)
        self.chats[name] = begun.chat_id
        assert assignment.assign_waiting(now=now) == 1
        return alice, now

    def entry(self, name: str) -> PoolEntry:
        return PoolEntry.objects.get(pk=self.chats[name])

    def answer(self, name: str, by: Console, now: datetime) -> None:
        """Alice takes it and writes."""
        entry = self.entry(name)
        assignment.accept(chat_id=entry.pk, fence=entry.fence, by=by, now=now)
        say(entry, "operator", "Goedemiddag", now=now + timedelta(seconds=8), by=by)
        say(entry, "visitor", "Dank je", now=now + timedelta(seconds=20))

    def chat(self, name: str, visitor: str, outcome: str = "resolved") -> datetime:
        """Play a chat from its first text to the end of its wrap-up. Returns when that is."""
        alice, now = self.begin(name, visitor)
        self.answer(name, alice, now + timedelta(seconds=2))
        entry = self.entry(name)
        reasons_to_close.close_by_operator(
            chat_id=entry.pk, fence=entry.fence, by=alice, now=now + timedelta(seconds=60)
        )
        reasons_to_close.wrap_up(
            chat_id=entry.pk,
            fence=entry.fence + 1,
            by=alice,
            outcome=outcome,
            now=now + timedelta(seconds=70),
        )
        return now + timedelta(seconds=70)

    def ask(self, name: str, visitor: str, now: datetime) -> None:
        transcripts.ask(
            company=self.acme,
            chat_id=self.chats[name],
            visitor_id=self.people[visitor],
            client_id=uuid.uuid4(),
            address=f"{visitor}@example.nl",
            now=now,
        )

    def rate(self, name: str, visitor: str, good: bool, now: datetime) -> None:
        finished_rate.rate(
            company=self.acme,
            chat_id=self.chats[name],
            visitor_id=self.people[visitor],
            opinion=finished_rate.Opinion(good, "", "panel"),
            now=now,
        )

    def flag(self, name: str, spam: bool, now: datetime) -> None:
        assert flag_spam(chat_id=self.chats[name], spam=spam, by=self.maud, note="", now=now)


def play() -> Afternoon:
    """Play it in the company `acme`, until everything is charged and the books agree."""
    day = Afternoon(Company.objects.get(slug="acme"), User.objects.get(email="maud@balie.test"))
    acme, maud = day.acme, day.maud
    _agree(acme, maud)

    end = day.chat("first", "marieke")
    day.rate("first", "marieke", True, end)
    day.rate("first", "marieke", False, end + timedelta(seconds=9))
    day.ask("first", "marieke", end)
    day.chat("repeat", "marieke")
    day.chat("other", "jan")
    day.chat("spam", "piet", outcome="spam")
    day.chat("cleared", "els")
    day.chat("flagged", "kees")
    _leave_two_unanswered(day)
    charge_settled()
    said = NOW + timedelta(hours=3)
    day.flag("cleared", True, said)
    day.flag("flagged", True, said)
    charge_settled()
    day.flag("cleared", False, said + timedelta(minutes=1))
    charge_settled()
    alice, now = day.begin("open", "lotte")
    day.answer("open", alice, now + timedelta(seconds=2))
    return day


def _agree(acme: Company, maud: User) -> None:
    """Set what the company pays, where copies of transcripts go, what it was promised."""
    set_price(company=acme, amount=Decimal("4.50"), valid_from=date(2026, 11, 1), by=maud, now=NOW)
    before = NOW - timedelta(hours=1)
    facts = {name: getattr(acme, name) for name in FACTS} | {"transcript_email": "kopie@acme.test"}
    change_facts(company=acme, facts=facts, by=maud, now=before)
    acme.refresh_from_db()
    set_promise(company=acme, seconds=25, share=Decimal("0.9"), by=maud, now=before)


def _leave_two_unanswered(day: Afternoon) -> None:
    """Play a visitor who leaves soon, and one who is let pass, whose chat a manager closes."""
    alice, now = day.begin("left", "sanne")
    reasons_to_close.close_by_visitor(
        chat_id=day.chats["left"],
        visitor_id=day.people["sanne"],
        now=now + timedelta(seconds=4),
    )
    alice, now = day.begin("passed on", "tim")
    entry = day.entry("passed on")
    assignment.decline(chat_id=entry.pk, fence=entry.fence, by=alice, reason="", now=now + timedelta(seconds=3))
    reasons_to_close.close_by_manager(chat_id=entry.pk, by=day.maud, reason="Storing", now=now + timedelta(seconds=30))
