"""The demo in an empty database: the same each time, and consistent in every book."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db.models import Sum
from django.utils import timezone

from agency.models import Certification, ChatRecord, User
from agency.services import alarms
from agency.services.reports.report import read_report
from agency.services.reports.service_level import service_level
from balie.demo import dialogues, past
from balie.pages import company_list
from balie.pages.onboarding.checklist import read_progress
from balie.steps import reconcile
from billing.models import Charge, Price
from billing.services import invoice_details
from billing.views.invoice_details_form import InvoiceDetailsForm
from chat.models import Chat, Message, Rating
from tenants import clock
from tenants.context import in_company
from tenants.models import Company

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def draw(now: datetime = NOW) -> list[past.Past]:
    return past.happened(dialogues.ACME, operators=2, seed="demo acme", now=now)


def test_the_same_seed_tells_the_same_past() -> None:
    assert draw() == draw()
    chats = draw()
    assert 10 * past.DAYS < len(chats) < 14 * past.DAYS
    assert chats == sorted(chats, key=lambda one: one.arrived_at)
    assert all(one.settled_at < NOW for one in chats)
    assert len({one.id for one in chats}) == len(chats)


def test_every_moment_of_a_chat_comes_after_the_one_before_it() -> None:
    for one in draw():
        moments = [said.at for said in one.said]
        assert moments == sorted(moments)
        assert one.arrived_at == moments[0]
        assert moments[-1] <= one.closed_at <= one.settled_at
        if one.held is not None:
            assert one.arrived_at < one.held.since
            assert one.first_human_at is None or one.held.since < one.first_human_at


def test_the_past_has_something_of_everything() -> None:
    chats = draw()
    waits = [(one.first_human_at - one.arrived_at).total_seconds() for one in chats if one.first_human_at is not None]
    assert 0.88 < sum(wait <= 20 for wait in waits) / len(waits) < 0.98
    assert any(one.held is None for one in chats)
    assert any(one.outcome == "spam" for one in chats)
    assert len({one.visitor for one in chats}) < len(chats)
    assert {True, False} == {one.rated.good for one in chats if one.rated}
    assert any(one.mailed_to for one in chats)


def test_a_young_day_has_no_chats_of_later() -> None:
    dawn = datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert max(one.arrived_at for one in draw(dawn)) < dawn - timedelta(hours=3)


@pytest.mark.django_db
def test_an_empty_database_gets_a_past_in_which_all_books_agree(empty: None) -> None:
    began = time.process_time()
    call_command("demo")
    took = time.process_time() - began
    assert reconcile.compare() == reconcile.Books([], [])
    companies = list(Company.objects.order_by("slug"))
    assert [company.slug for company in companies] == ["acme", "zen"]
    assert Price.objects.count() == 2
    for company in companies:
        records = ChatRecord.objects.filter(company=company)
        charges = Charge.objects.filter(company=company)
        assert records.count() > 300
        # Both came aboard to the end, with numbers that the page itself would take.
        assert all(line.is_done for line in read_progress(company, is_manager=True).lines)
        details = invoice_details.find_details(company)
        sent = {name: getattr(details, name) for name in invoice_details.FIELDS} | {"version": 1}
        assert InvoiceDetailsForm(sent).errors == {}
        assert charges.filter(component="chat").count() == records.count()
        assert charges.filter(component="correction").count() == 1
        assert {"billable", "repeat", "no_human_text", "spam"} <= set(charges.values_list("reason", flat=True))
        with in_company(company):
            assert Chat.objects.filter(search__isnull=True).count() == 0
            assert Rating.objects.count() > 50
            assert Message.objects.count() > 2_000
        until = timezone.localdate()
        shown = service_level(company=company, since=until - timedelta(days=36), until=until)
        assert shown is not None
    alarms.count_alarms(clock.now())
    assert alarms.list_alarms(clock.now()) == []
    assert {company_list.needs_of(company, clock.now()) for company in companies} == {()}
    assert not Certification.objects.filter(read_at__isnull=False).exists()
    hold_bounces_against_each_other()
    # Our own work, whatever else the machine has to do: 2 s, and 3 s on the clock of a quiet machine.
    assert took < 20, took
    call_command("demo")
    assert User.objects.filter(email="maud@balie.test").count() == 1


def hold_bounces_against_each_other() -> None:
    """Check records against the trail on offers let pass, and that nobody full was offered a chat."""
    until = timezone.localdate()
    since = until - timedelta(days=36)
    whole = read_report(company=None, since=since, until=until, chapters={"bounces"}).bounces[0]
    bounced = ChatRecord.objects.filter(bounces__gt=0)
    told = bounced.aggregate(n=Sum("bounces"))["n"]
    assert (whole.count, whole.chats) == (told, bounced.count())
    assert not bounced.filter(free_slots=0).exists()


@pytest.fixture
def empty(db: None) -> None:
    """No people and no companies: as on the first start."""
    from django.db import connection

    with connection.cursor() as cursor:
        for schema in list(Company.objects.values_list("schema_name", flat=True)):
            cursor.execute(f'DROP SCHEMA "{schema}" CASCADE')
        # Ledger and log refuse it while their triggers are on.
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("TRUNCATE agency_user, tenants_company CASCADE")
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
