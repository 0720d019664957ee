"""Several workers at one outbox: each mail once, a slow one kept, a killed one followed by the same bytes."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from functools import partial

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from agency.models import OutboxRow
from agency.services.mail import outbox
from agency.services.mail.outbox_lease import Lease
from chat.services.mail import deliveries
from chat.services.mail.deliveries import OutgoingMail
from tenants.models import Company
from tests.agency.services.mail.sink import Sink, mail_server
from tests.balie.run.desk import eventually
from tests.concurrency.threads import in_threads

# A worker that is killed after the server's 250 and before anything is written down.
_KILLED = """
import os, signal
import django
django.setup()
from django.utils import timezone
from agency.services.mail import outbox, smtp
whole = smtp.SmtpLine.send
def send(self, letter):
    whole(self, letter)
    os.kill(os.getpid(), signal.SIGKILL)
smtp.SmtpLine.send = send
outbox.drain(now=timezone.now)
"""


@pytest.fixture
def server(committed: None) -> Iterator[Sink]:
    with mail_server() as sink:
        yield sink


def write(number: int) -> None:
    company = Company.objects.get(slug="acme")
    for n in range(number):
        mail = OutgoingMail(
            kind="invitation",
            object_id=uuid.uuid4(),
            recipient=f"jan{n}@voorbeeld.example",
            subject="Uitnodiging",
            text="Welkom",
            html="<p>Welkom</p>",
        )
        deliveries.queue(mail, company=company, now=timezone.now())


def test_four_workers_send_each_mail_once(server: Sink) -> None:
    write(40)
    in_threads(*[partial(outbox.drain, now=timezone.now)] * 4)
    sent = [message["Message-ID"] for _to, message, _raw in server.taken]
    assert len(sent) == len(set(sent)) == 40
    assert set(OutboxRow.objects.values_list("state", flat=True)) == {"done"}


def test_a_slow_try_keeps_its_lease(server: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lease, "EVERY", 0.05)
    began, end = threading.Event(), threading.Event()

    def slow(row: OutboxRow, shared: outbox.Round) -> None:
        began.set()
        assert end.wait(20)

    monkeypatch.setitem(outbox._kinds, "slow", outbox._Kind(slow, None))
    outbox.enqueue(
        outbox.Effect("slow", uuid.uuid4(), external_key="x", dedup="slow"),
        company=Company.objects.get(slug="acme"),
        run_after=timezone.now(),
    )

    def look() -> None:
        assert began.wait(20)
        first = OutboxRow.objects.get().leased_until
        assert first is not None
        eventually(lambda: OutboxRow.objects.get().leased_until != first, within_s=15)
        # By now another worker would have taken it from one that died.
        assert outbox.drain(now=lambda: first) == 0
        end.set()

    in_threads(partial(outbox.drain, now=timezone.now), look)
    assert OutboxRow.objects.get().state == "done"


def test_a_worker_killed_after_the_250_is_followed_by_the_same_mail(server: Sink) -> None:
    write(1)
    facts = connection.settings_dict
    database = f"postgresql://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
    port = settings.EMAIL_PORT
    environment = os.environ | {
        "DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "balie.settings",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
    }
    for kill in range(1, 3):
        ended = subprocess.run([sys.executable, "-c", _KILLED], env=environment, timeout=60)
        assert ended.returncode == -signal.SIGKILL
        assert len(server.taken) == kill
        # Nobody else may have it until the lease is over.
        assert outbox.drain(now=timezone.now) == 0
        OutboxRow.objects.update(leased_until=timezone.now())
    assert outbox.drain(now=timezone.now) == 1
    assert len(server.taken) == 3
    assert len({raw for _to, _message, raw in server.taken}) == 1
    row = OutboxRow.objects.get()
    assert (row.state, row.attempts) == ("done", 3)
