"""Each change of the books that no service makes is named by `manage.py reconcile`, which then ends with 1."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agency.models import LogEntry, Promise, User
from agency.services import reconcile as shared_books
from agency.services.reconcile import Difference
from balie.steps import reconcile as steps_reconcile
from chat.models import Delivery, Message
from chat.services import reconcile as books
from tenants import memory
from tenants.context import in_company
from tenants.models import Company
from tests import DATA
from tests.balie.steps.tamperings import TAMPERINGS
from tests.chat.services.played import LATE, Afternoon, play

SECOND = timedelta(seconds=1)
TABLE = json.loads((DATA / "reconcile.json").read_text())


@pytest.fixture(scope="module")
def afternoon(django_db_setup: None, django_db_blocker: Any) -> Iterator[Afternoon]:
    """Play the books once. Each test puts back what it changes."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        memory.clear()
        day = play()
        patch.setattr(steps_reconcile, "LOOK_AGAIN_S", 0)
        patch.setattr(steps_reconcile.clock, "now", lambda: LATE)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield day
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def put_back(afternoon: Afternoon) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def reconcile() -> tuple[int, str]:
    """Exit code and answer of the command."""
    answer = io.StringIO()
    try:
        call_command("reconcile", stdout=answer)
    except SystemExit as ended:
        return int(str(ended.code)), answer.getvalue()
    return 0, answer.getvalue()


def names(day: Afternoon) -> dict[str, UUID]:
    with in_company(day.acme), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM chat_delivery WHERE kind = 'transcript'")
        ((transcript,),) = cursor.fetchall()
    alice = User.objects.get(email="alice@balie.test").pk
    return {**day.chats, "transcript": transcript, "alice": alice, "site": day.acme.sites.get().pk}


def test_books_that_nobody_touched_agree(afternoon: Afternoon) -> None:
    assert reconcile() == (0, "0 differences\n")


def test_every_row_of_the_table_is_tried() -> None:
    assert set(TABLE["changes"]) <= set(TAMPERINGS)


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_change_is_named(what: str, afternoon: Afternoon) -> None:
    about, sql = TAMPERINGS[what]
    for name, object_id in names(afternoon).items():
        sql = sql.replace(f"[{name}]", str(object_id))
        about = str(object_id) if about in (name, f"[{name}]") else about
    with in_company(afternoon.acme), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        changed = 0
        for statement in sql.split(";"):
            cursor.execute(statement)
            changed += max(0, cursor.rowcount)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert changed, "the change changes nothing"
    code, answer = reconcile()
    assert code == 1
    assert any(about in line for line in answer.splitlines()[:-1]), answer


# Seconds by which the copies' address changed after the close (before it: negative), and whether the copy that went
# with the other address is a difference.
@pytest.mark.parametrize(("apart", "differs"), [(61, True), (59, False), (-59, False), (-61, True)])
def test_a_minute_around_a_change_of_address_says_nothing_of_a_copy(
    afternoon: Afternoon, apart: int, differs: bool
) -> None:
    acme, chat = afternoon.acme, afternoon.chats["other"]
    with in_company(acme):
        closed = Message.objects.get(chat_id=chat, data__code="closed").created_at
        went_to = Delivery.objects.get(chat_id=chat, kind="copy").recipient
    other = "elders@example.nl"
    # What was wanted on the close's own side of the change is the other address.
    old, new = (other, went_to) if apart > 0 else (went_to, other)
    changes = {"transcript_email": [old, new]}
    LogEntry.objects.create(at=closed + apart * SECOND, action="company.changed", company=acme, changes=changes)
    Company.objects.filter(pk=acme.pk).update(transcript_email=new)
    acme.refresh_from_db()
    found = {one.about for one in books.list_differences(acme) if one.what.startswith("copy for the company")}
    assert (chat in found) == differs


@pytest.mark.parametrize("apart", [-60, -59, 0, 60, 61])
def test_a_promise_that_changed_within_a_minute_may_have_held_or_not(afternoon: Afternoon, apart: int) -> None:
    promises = Promise.objects.filter(company=afternoon.acme)
    promises.delete()
    rows = [
        Promise.objects.create(company=afternoon.acme, version=version, seconds=seconds, valid_from=valid_from)
        for version, seconds, valid_from in ((1, 20, LATE - 100 * SECOND), (2, 40, LATE + apart * SECOND))
    ]
    before, since = [(row.pk, row.seconds) for row in rows]
    held = {-60: {since}, 61: {before}}.get(apart, {before, since})
    assert shared_books._Promises(afternoon.acme).around(LATE) == held


def test_a_difference_names_its_company_or_the_agency() -> None:
    assert str(Difference("acme", "seat is miscounted", "x")) == "acme: x: seat is miscounted"
    assert str(Difference("", "seat is miscounted", "x")) == "agency: x: seat is miscounted"


def test_queries_dont_grow_with_the_chats(afternoon: Afternoon) -> None:
    counts = []
    for slug in ("acme", "zen"):
        company = Company.objects.get(slug=slug)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert list(steps_reconcile.look_at(company, LATE)) == []
        counts.append(len([one for one in queries if "SEARCH_PATH" not in one["sql"].upper()]))
    # Nine chats and their lines, or none; which of nothing's events a charge knew isn't asked.
    assert counts[0] == counts[1] + 1


def test_the_trail_is_read_in_its_order_and_not_by_a_clock_that_was_put_back(
    afternoon: Afternoon,
) -> None:
    again = """
        INSERT INTO agency_assignment (chat_id, company_id, operator_id, kind, code, facts, fence, at)
        SELECT chat_id, company_id, operator_id, step.kind, '', '{}', fence + step.later, at - interval '10 minutes'
        FROM agency_assignment, (VALUES ('requeue', 100), ('accept', 101)) AS step (kind, later)
        WHERE agency_assignment.kind = 'accept' AND chat_id IN (SELECT chat_id FROM agency_chatrecord)
    """
    with connection.cursor() as cursor:
        cursor.execute(again)
        assert cursor.rowcount > 0
    # Finished chats are in somebody's hands once more, as far as the trail and their holdings know.
    _, answer = reconcile()
    assert [line for line in answer.splitlines()[:-1] if "holding" not in line] == []
