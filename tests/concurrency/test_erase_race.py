"""A company is dropped or paused while others are at work in it: all of it happens, or nothing does."""

import os
import uuid
from collections.abc import Iterator
from io import StringIO
from threading import Event
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from agency.models import Certification, Operator, PoolEntry, User
from agency.services.certification.certify import certify
from agency.services.pool.availability import find_staff
from balie.steps import go_live
from balie.steps.onboard import onboard, open_always
from chat.services.begin import first_message
from chat.services.begin.first_message import CannotBegin, First
from tenants import clock
from tenants.models import Company
from tenants.provisioning import drop_company
from tenants.resolve import SiteFacts, find_site
from tests.chat.services.stage import sit
from tests.concurrency.threads import in_background, wait_until

KEY = "0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e0e"


@pytest.fixture
def nova(committed: None) -> Iterator[Company]:
    """A company of this test's own, which alice knows and is here for."""
    company, _ = onboard(
        slug="nova",
        name="Nova",
        monogram="NV",
        brand="#123456",
        question_email="vragen@nova.test",
        site={"key": KEY, "name": "Nova", "origins": ["https://nova.example"], "phone": ""},
        texts=[
            {
                "kind": "greeting",
                "key": "algemeen",
                "data": {"patterns": ["*"], "starts": []},
                "body": "Hoi!",
            }
        ],
        now=clock.now(),
    )
    open_always(company, "tests")
    certify(operator=Operator.objects.get(user__email="alice@balie.test"), company=company)
    sit("alice@balie.test", now=clock.now())
    # The wait for what somebody else holds is 2 s.
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield company
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    if Company.objects.filter(pk=company.pk).exists():
        PoolEntry.objects.filter(company=company).delete()
        drop_company(company)


def drop() -> None:
    call_command("drop_company", "nova", "--yes", stdout=StringIO())


def begin(site: SiteFacts) -> None:
    first = First(uuid.uuid4(), "Hallo")
    first_message.begin_chat(site=site, visitor_id=uuid.uuid4(), first=first, now=clock.now())


def test_a_schema_that_is_held_goes_nowhere_and_can_be_dropped_later(nova: Company) -> None:
    with psycopg.connect(_url()) as other:
        other.execute(f"SELECT count(*) FROM {nova.schema_name}.chat_message")
        with pytest.raises(CommandError, match=r"Nova is in use .*nothing is changed\. Try again"):
            drop()
        assert Company.objects.get(pk=nova.pk).ready
        assert Certification.objects.filter(company=nova).exists()
    drop()
    assert not Company.objects.filter(pk=nova.pk).exists()


def test_a_first_message_that_is_being_written_is_an_unfinished_chat(
    nova: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = find_site(KEY)
    assert site is not None
    written, go_on = Event(), Event()
    number = first_message._next_number

    def hold() -> int:
        written.set()
        assert go_on.wait(20)
        return number()

    monkeypatch.setattr(first_message, "_next_number", hold)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '20s'")
    with in_background(lambda: begin(site)):
        assert written.wait(20)
        with in_background(lambda: _let_go_when_it_waits(go_on)):
            with pytest.raises(CommandError, match="Nova has 1 unfinished chats"):
                drop()
    assert Company.objects.get(pk=nova.pk).ready
    assert PoolEntry.objects.filter(company=nova).count() == 1


def test_no_chat_begins_in_a_company_that_left(nova: Company) -> None:
    site = find_site(KEY)
    assert site is not None
    drop()
    with pytest.raises(Company.DoesNotExist):
        begin(site)


def test_a_first_message_that_comes_while_a_company_is_dropped_leaves_nothing(
    nova: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = find_site(KEY)
    assert site is not None
    staff = find_staff

    def drop_meanwhile(*facts: Any) -> Any:
        found = staff(*facts)
        drop()
        return found

    monkeypatch.setattr(first_message, "find_staff", drop_meanwhile)
    with pytest.raises(CannotBegin, match="busy"):
        begin(site)
    assert not PoolEntry.objects.exists()


def test_no_chat_commits_after_a_pause_has(nova: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    site = find_site(KEY)
    assert site is not None
    written, go_on = Event(), Event()
    number, staff = first_message._next_number, find_staff

    def hold() -> int:
        written.set()
        assert go_on.wait(20)
        return number()

    def pause() -> None:
        manager = User.objects.get(email="maud@balie.test")
        go_live.pause(company=nova, reason="Verbouwing", by=manager, now=clock.now())

    def pause_meanwhile(*facts: Any) -> Any:
        found = staff(*facts)
        pause()
        return found

    monkeypatch.setattr(first_message, "_next_number", hold)
    with in_background(lambda: begin(site)):
        try:
            assert written.wait(20)
            # A pause waits for the chat that is being written.
            with pytest.raises(OperationalError, match="lock timeout"):
                pause()
        finally:
            go_on.set()
    assert PoolEntry.objects.filter(company=nova).count() == 1
    monkeypatch.setattr(first_message, "find_staff", pause_meanwhile)
    with pytest.raises(CannotBegin, match="busy"):
        begin(site)
    assert PoolEntry.objects.filter(company=nova).count() == 1


def _let_go_when_it_waits(go_on: Event) -> None:
    try:
        wait_until(_somebody_waits)
    finally:
        go_on.set()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def _url() -> str:
    return psycopg.conninfo.make_conninfo(os.environ["DATABASE_URL"], dbname=settings.DATABASES["default"]["NAME"])
