"""The outbox: claims and leases, what a failed try means, and a mail server that is slow, away or says no."""

import smtplib
import socket
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from agency.models import OutboxRow
from agency.services.mail import mail_states, outbox, outbox_lease
from agency.services.system import health
from balie.run.machine import pick_port
from chat.models import Delivery
from chat.services.mail import deliveries
from chat.services.mail.deliveries import OutgoingMail
from tenants.context import in_company
from tenants.models import Company
from tests.agency.services.mail.sink import Sink, mail_server, sends_to
from tests.chat.services.stage import NOW, after

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("db")
    OutboxRow.objects.all().delete()


@pytest.fixture(scope="module")
def running() -> Iterator[Sink]:
    with mail_server() as sink:
        yield sink


@pytest.fixture
def server(running: Sink) -> Sink:
    running.forget()
    return running


def write(company: Company, number: int = 1, recipient: str = "jan@voorbeeld.example") -> list[Any]:
    """Write mails that are due now. Returns their rows, in the order they are sent."""
    made = []
    for n in range(number):
        mail = OutgoingMail(
            kind="invitation",
            object_id=uuid.uuid4(),
            recipient=recipient,
            subject=f"Uitnodiging {n}",
            text="Welkom",
        )
        delivery = deliveries.queue(mail, company=company, now=NOW + timedelta(milliseconds=n))
        made.append(OutboxRow.objects.get(object_id=delivery.pk))
    return made


def fail_with(monkeypatch: pytest.MonkeyPatch, problem: Exception | None) -> None:
    """Rows of kind `test` end like this."""

    def handler(row: OutboxRow, shared: outbox.Round) -> None:
        if problem is not None:
            raise problem

    monkeypatch.setitem(outbox._kinds, "test", outbox._Kind(handler, None))


def put(company: Company, name: str = "x", run_after: datetime = NOW) -> OutboxRow:
    effect = outbox.Effect("test", uuid.uuid4(), external_key=name, dedup=name)
    return outbox.enqueue(effect, company=company, run_after=run_after)


def drain(at: float = 10) -> int:
    return outbox.drain(now=lambda: after(at))


@pytest.mark.parametrize(
    ("problem", "said", "state"),
    [
        (ValueError("vragen@acme.test"), "ValueError", "queued"),
        (smtplib.SMTPDataError(554, b"no mail for vragen@acme.test"), "SMTPDataError", "queued"),
        (outbox.GiveUp("erased"), "erased", "dead"),
        (outbox.Failed("later", 451), "later", "queued"),
        (outbox.Away(), "unreachable", "queued"),
    ],
)
def test_the_shared_row_names_no_address(
    acme: Company, monkeypatch: pytest.MonkeyPatch, problem: Exception, said: str, state: str
) -> None:
    fail_with(monkeypatch, problem)
    row = put(acme)
    assert drain() == 0
    row.refresh_from_db()
    assert (row.error, row.state, row.leased_until) == (said, state, None)
    assert mail_states.explain(row.error)


def test_of_a_slow_kind_only_so_many_are_worked_at_once(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    others: list[int] = []

    def slow(row: OutboxRow, shared: outbox.Round) -> None:
        # Another worker looks for something to do meanwhile.
        others.append(drain())

    monkeypatch.setitem(outbox._kinds, "test", outbox._Kind(slow, None, most_at_once=2))
    for name in "abcd":
        put(acme, name)
    assert drain() == 1
    assert others == [0, 0, 0, 3]
    assert OutboxRow.objects.filter(state="done").count() == 4


def test_tries_are_farther_and_farther_apart_and_end(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, outbox.Failed("later", 451))
    row = put(acme)
    waits, at = [], 10.0
    while row.state == "queued":
        drain(at)
        row.refresh_from_db()
        waits.append((row.run_after - after(at)).total_seconds())
        at += waits[-1]
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]
    assert (row.attempts, row.state) == (outbox.MAX_ATTEMPTS, "dead")
    assert mail_states.count_dead() == 1
    monkeypatch.setattr(health, "check_all", lambda now: [health.HealthAnswer("w", True, "")] * 2)
    gauges = {name: value for name, _help, _labels, value in health.gauges(NOW)}
    assert gauges["balie_outbox_dead"] == 1


def test_a_server_that_is_away_costs_one_try_a_round_and_no_mail(acme: Company) -> None:
    """Two minutes of rounds each 5 s, thirty mails: nobody's tries are used up, and all arrive when it is back."""
    write(acme, 30)
    port = pick_port()
    asked: list[int] = []
    with sends_to(port):
        for second in range(0, 120, 5):
            waiting = OutboxRow.objects.filter(run_after__lte=after(10 + second)).count()
            assert drain(10 + second) == 0
            asked.append(waiting - OutboxRow.objects.filter(run_after__lte=after(10 + second)).count())
    assert set(asked) == {1}
    assert set(OutboxRow.objects.values_list("attempts", "state")) == {(0, "queued")}
    assert set(OutboxRow.objects.exclude(error="").values_list("error", flat=True)) == {"unreachable"}
    with mail_server(port) as server:
        assert drain(150) == 30
        assert server.connections == 1
        assert len({message["Message-ID"] for _to, message, _raw in server.taken}) == 30


def test_a_round_uses_one_connection(acme: Company, server: Sink) -> None:
    write(acme, 12)
    assert drain() == 12
    assert server.connections == 1


@pytest.mark.parametrize(
    ("refused", "data", "state", "reason"),
    [
        ("550 no such user", "", "dead", ("refused", 550)),
        ("451 greylisted", "", "queued", ("later", 451)),
        ("", "554 spam", "dead", ("rejected", 554)),
        ("", "452 full", "queued", ("later", 452)),
    ],
)
def test_what_a_server_s_no_means(
    acme: Company, server: Sink, refused: str, data: str, state: str, reason: tuple[str, int]
) -> None:
    (row,) = write(acme)
    (other,) = write(acme, recipient="piet@voorbeeld.example") if refused else (row,)
    server.refuse, server.refuse_data = {"jan@voorbeeld.example": refused} if refused else {}, data
    drain()
    row.refresh_from_db()
    assert (row.state, (row.error, row.reply), row.attempts) == (state, reason, 1)
    with in_company(acme):
        assert Delivery.objects.get(pk=row.object_id).sent_at is None
    if other.pk != row.pk:
        other.refresh_from_db()
        assert other.state == "done"


def test_a_server_that_says_nothing_is_waited_for_once_a_round(acme: Company) -> None:
    """It takes the connection and then is silent: each mail would wait for the time-out."""
    write(acme, 5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with sends_to(silent.getsockname()[1]), override_settings(EMAIL_TIMEOUT=0.3):
            assert drain() == 0
    assert OutboxRow.objects.exclude(error="").count() == 1


def test_a_row_whose_worker_always_dies_is_dead_in_the_end(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, None)
    row = put(acme)
    at = 10.0
    for _ in range(outbox.MAX_ATTEMPTS):
        # Claimed, and never heard of again.
        claimed = outbox._claim(after(at), without=set())
        assert claimed is not None
        assert outbox._claim(after(at + 29), without=set()) is None
        at += 31
    assert outbox.drain(now=lambda: after(at)) == 0
    row.refresh_from_db()
    assert (row.state, row.error) == ("dead", "worker_died")


def test_a_long_outage_then_a_dead_worker_is_no_death(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, outbox.Away())
    row = put(acme)
    for minute in range(1, 60):
        drain(minute * 60)
    fail_with(monkeypatch, None)
    assert outbox._claim(after(4_000), without=set()) is not None
    assert drain(4_031) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("done", 2)


def test_an_effect_that_happened_is_done_whoever_has_the_lease(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    row = put(acme)

    def slow(row: OutboxRow, shared: outbox.Round) -> None:
        OutboxRow.objects.update(leased_until=after(500), attempts=2)

    monkeypatch.setitem(outbox._kinds, "test", outbox._Kind(slow, None))
    assert drain() == 1
    row.refresh_from_db()
    assert row.state == "done"


def test_a_late_failure_does_not_end_another_s_lease(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    row = put(acme)

    def slow(row: OutboxRow, shared: outbox.Round) -> None:
        OutboxRow.objects.update(leased_until=after(500), attempts=2)
        raise ValueError

    monkeypatch.setitem(outbox._kinds, "test", outbox._Kind(slow, None))
    drain()
    row.refresh_from_db()
    assert (row.state, row.leased_until, row.error) == ("queued", after(500), "")


def test_a_second_effect_with_the_same_name_is_the_first(acme: Company) -> None:
    first, second = put(acme), put(acme)
    assert first.pk == second.pk
    mail = OutgoingMail("invitation", uuid.uuid4(), recipient="a@b.nl", subject="x", text="y")
    made = [deliveries.queue(mail, company=acme, now=NOW) for _ in range(2)]
    assert made[0].pk == made[1].pk
    with in_company(acme):
        assert Delivery.objects.filter(kind="invitation").count() == 1


def test_what_was_done_a_month_ago_is_swept_away(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, None)
    old, young, dead, queued = (put(acme, name) for name in ("old", "young", "dead", "queued"))
    OutboxRow.objects.filter(pk=old.pk).update(state="done", done_at=NOW - timedelta(days=31))
    OutboxRow.objects.filter(pk=young.pk).update(state="done", done_at=NOW - timedelta(days=29))
    OutboxRow.objects.filter(pk=dead.pk).update(state="dead", run_after=NOW - timedelta(days=99))
    assert mail_states.prune(now=NOW) == 1
    assert set(OutboxRow.objects.values_list("dedup", flat=True)) == {"young", "dead", "queued"}
    assert queued.state == "queued"


def test_the_message_id_is_ours_and_the_header_fits(acme: Company) -> None:
    (row,) = write(acme)
    assert row.external_key == f"<{row.object_id.hex}@{settings.AGENCY_HOST}>"


def test_what_failed_before_there_was_a_column_for_the_number_keeps_it(acme: Company) -> None:
    before = {"later 451": ("later", 451), "unreachable": ("unreachable", None), "TypeError": ("TypeError", None)}
    for said in before:
        OutboxRow.objects.filter(pk=put(acme, said).pk).update(error=said)
    with connection.cursor() as cursor:
        cursor.execute(import_module("agency.migrations.0020_reply_of_a_server").SPLIT)
    rows = OutboxRow.objects.values_list("dedup", "error", "reply")
    assert {dedup: (error, reply) for dedup, error, reply in rows} == before


def test_reasons_are_plain_words() -> None:
    for reason, reply in (("refused", 550), ("later", 451), ("unreachable", None), ("TypeError", None)):
        words = mail_states.explain(reason, reply)
        assert words.endswith(".")
        assert "%" not in words
        assert reply is None or str(reply) in words
    assert outbox_lease.Lease.LENGTH.total_seconds() / 2 > outbox_lease.Lease.EVERY
