"""Going live: every thing that stands against it, the people of each half hour, the mail, and the way back."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from agency.domain.sites.install import FOUND
from agency.models import (
    Certification,
    DatedHours,
    InstallCheck,
    InstructionVersion,
    LogEntry,
    OpeningHours,
    PoolRule,
    Shift,
    User,
)
from agency.services.mail import outbox
from balie.steps import go_live
from balie.steps.go_live import MISSING, CannotGoLive, read_gate
from billing.models import Acceptance, Price
from billing.services.agreements import proposals
from billing.services.agreements.editions import newest
from billing.services.agreements.proposals import terms_of
from chat.models import Delivery, Text
from tenants.context import in_company
from tenants.models import Company
from tests import cast

pytestmark = pytest.mark.django_db

# A Monday, before it opens; after whatever day the cast's texts were published on.
NOW = datetime(2036, 1, 7, 5, 0, tzinfo=UTC)


def prepare(company: Company, operators: list[User]) -> None:
    """Let a company of the cast have all that it takes, and be not live: open from nine to ten on Mondays."""
    Company.objects.filter(pk=company.pk).update(live_at=None, tested_at=NOW)
    company.refresh_from_db()
    DatedHours.objects.filter(company=company).delete()
    Certification.objects.update(expires_at=None)
    OpeningHours.objects.create(company=company, weekday=0, opens=540, closes=600)
    price = Price.objects.create(company=company, amount=Decimal("2.00"), valid_from=date(2026, 1, 1))
    accept(company, "processing")
    accept(company, "price", price_id=price.pk, amount=price.amount, valid_from=price.valid_from)
    InstallCheck.objects.create(
        site=company.sites.get(), origin=company.sites.get().origins[0], state=FOUND, next_at=NOW
    )
    for user in operators:
        plan(user, NOW + timedelta(hours=3), hours=1)


def accept(company: Company, kind: str, **terms: Any) -> None:
    """Let an owner have put their name under it."""
    letter = b"%PDF"
    digest = hashlib.sha256(letter).hexdigest()
    agreed = {"terms": terms_of(company, kind, None)}
    facts: dict[str, Any] = {"edition": newest(kind), "facts": agreed, "document": letter, "sha256": digest}
    Acceptance.objects.create(company=company, kind=kind, name="Carol", accepted_at=NOW, **facts, **terms)


def plan(user: User, at: datetime, *, hours: float) -> None:
    Shift.objects.create(operator_id=user.pk, starts_at=at, ends_at=at + timedelta(hours=hours))


@pytest.fixture
def ready(acme: Company, alice: User, bob: User) -> Company:
    prepare(acme, [alice, bob])
    return acme


def _withdraw_greeting(company: Company) -> None:
    with in_company(company):
        Text.objects.filter(kind=Text.Kind.GREETING).update(withdrawn_at=NOW - timedelta(hours=1))


BREAKS: dict[str, Callable[[Company], object]] = {
    "site": lambda company: company.sites.update(origins=[]),
    "hours": lambda company: OpeningHours.objects.filter(company=company).delete(),
    "code": lambda company: InstallCheck.objects.all().delete(),
    "tested": lambda company: Company.objects.filter(pk=company.pk).update(tested_at=None),
    "no_price": lambda company: Price.objects.filter(company=company).delete(),
    "price": lambda company: Price.objects.filter(company=company).update(amount=Decimal("3.00")),
    "texts": _withdraw_greeting,
    "instruction": lambda company: InstructionVersion.objects.filter(company=company).update(published_at=None),
    "people": lambda company: Shift.objects.all().delete(),
}


def test_a_company_that_has_everything_goes_live_is_logged_and_its_owners_are_mailed(
    ready: Company, maud: User
) -> None:
    assert read_gate(ready, NOW).missing == ()
    go_live.go_live(company=ready, by=maud, now=NOW)
    ready.refresh_from_db()
    assert ready.live_at == NOW
    assert LogEntry.objects.get(action="company.live").actor == maud
    with in_company(ready):
        mail = Delivery.objects.get(kind="live")
    assert mail.recipient == "carol@acme.test"
    assert mail.subject == "De chat van Acme Schoenen staat aan"
    assert cast.ACME_ORIGIN in mail.text
    assert mail.html
    assert outbox.OutboxRow.objects.filter(object_id=mail.pk, company=ready).exists()
    with pytest.raises(CannotGoLive, match="already"):
        go_live.go_live(company=ready, by=maud, now=NOW)


def test_the_mail_speaks_the_owners_language(ready: Company, maud: User) -> None:
    User.objects.filter(email="carol@acme.test").update(language="en")
    go_live.go_live(company=ready, by=maud, now=NOW)
    with in_company(ready):
        assert Delivery.objects.get(kind="live").subject == "The chat of Acme Schoenen is live"


@pytest.mark.parametrize("code", sorted(BREAKS))
def test_each_thing_alone_stands_against_it(ready: Company, maud: User, code: str) -> None:
    BREAKS[code](ready)
    ready.refresh_from_db()
    assert code in MISSING
    # Without hours of its own it is open each day, and nobody is planned for that.
    expected = (code, "people") if code == "hours" else (code,)
    assert read_gate(ready, NOW).missing == expected
    with pytest.raises(CannotGoLive) as refused:
        go_live.go_live(company=ready, by=maud, now=NOW)
    assert refused.value.code == code
    ready.refresh_from_db()
    assert ready.live_at is None
    assert not LogEntry.objects.filter(action="company.live").exists()


def test_a_newer_processing_agreement_waits_for_a_name(ready: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "newest", lambda kind: newest(kind) + 1)
    assert read_gate(ready, NOW).missing == ("processing",)


def test_every_half_hour_of_the_week_needs_as_many_as_the_company_asks(ready: Company, alice: User, bob: User) -> None:
    PoolRule.objects.update_or_create(company=ready, defaults={"min_certified": 2})
    OpeningHours.objects.create(company=ready, weekday=3, opens=540, closes=660)
    thursday = NOW + timedelta(days=3, hours=3)
    plan(alice, thursday, hours=2)
    plan(bob, thursday + timedelta(hours=1), hours=1)
    [short] = read_gate(ready, NOW).gap.shortages
    assert (short.starts_at, short.ends_at, short.planned) == (thursday, thursday + timedelta(hours=1), 1)
    PoolRule.objects.filter(company=ready).update(min_certified=1)
    assert read_gate(ready, NOW).missing == ()
    Certification.objects.filter(company=ready, operator=alice.operator).delete()
    assert read_gate(ready, NOW).missing == ("people",)


def test_a_week_that_nobody_planned_is_a_gap_here(ready: Company) -> None:
    later = NOW + timedelta(days=1)
    gate = read_gate(ready, later)
    assert gate.missing == ("people",)
    assert gate.gap.half_hours == 2


def test_an_owner_asks_once_their_own_part_is_done(ready: Company, maud: User) -> None:
    carol = User.objects.get(email="carol@acme.test")
    Price.objects.all().delete()
    Shift.objects.all().delete()
    go_live.ask_live(company=ready, by=carol, now=NOW)
    go_live.ask_live(company=ready, by=carol, now=NOW + timedelta(hours=1))
    ready.refresh_from_db()
    assert ready.live_asked_at == NOW
    assert LogEntry.objects.filter(action="company.asked_live").count() == 1
    Company.objects.filter(pk=ready.pk).update(tested_at=None)
    with pytest.raises(CannotGoLive, match="tested"):
        go_live.ask_live(company=ready, by=carol, now=NOW)


def test_a_pause_takes_a_reason_and_the_way_back_is_the_same_gate(ready: Company, maud: User) -> None:
    with pytest.raises(CannotGoLive, match="not_live"):
        go_live.pause(company=ready, reason="Verbouwing", by=maud, now=NOW)
    go_live.go_live(company=ready, by=maud, now=NOW)
    for bad in ("", "x" * 201):
        with pytest.raises(CannotGoLive, match="reason"):
            go_live.pause(company=ready, reason=bad, by=maud, now=NOW)
    go_live.pause(company=ready, reason="Verbouwing", by=maud, now=NOW)
    ready.refresh_from_db()
    assert ready.live_at is None
    assert LogEntry.objects.get(action="company.paused").changes == {"reason": [None, "Verbouwing"]}
    Shift.objects.all().delete()
    with pytest.raises(CannotGoLive, match="people"):
        go_live.go_live(company=ready, by=maud, now=NOW)


def test_the_gate_is_read_under_the_lock(ready: Company, maud: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two managers who press at once one lets it go live, and the other is told that it is."""
    locked = []
    read = go_live.read_gate

    def watched(company: Company, now: datetime) -> go_live.Gate:
        locked.append(connection.in_atomic_block)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE relation = 'tenants_company'::regclass AND mode = 'RowShareLock'"
            )
            locked.append(cursor.fetchone()[0])
        return read(company, now)

    monkeypatch.setattr(go_live, "read_gate", watched)
    go_live.go_live(company=ready, by=maud, now=NOW)
    assert locked[0] is True
    assert locked[1]
