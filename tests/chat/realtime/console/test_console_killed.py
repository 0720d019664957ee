"""A console that dies without a word: its chats are with a colleague in time, and nothing late of it gets through."""

import json
import queue
import re
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agency.domain.pool import trail_reasons
from agency.models import Assignment, PoolEntry, Seat
from balie.run.balie_home import ROOT
from chat.models import Message
from chat.services import assignment
from tenants.context import in_company
from tests.balie.run.desk import eventually
from tests.balie.run.tied import run_tied
from tests.browser.conftest import Desk, desk, dispatcher  # noqa: F401 -- fixtures
from tests.chat.realtime.desk import sign_in
from tests.chat.services.stage import open_chat, sit, write_first

pytestmark = pytest.mark.usefixtures("committed")

# The promise of a lost console; what is waited for in between fails by itself long before a run is stuck.
WITH_OTHERS_WITHIN_S = 20.0
PATIENCE_S = 20.0


class LoneConsole:
    """An operator's console in its own process."""

    def __init__(self, at: Desk, email: str) -> None:
        # Cookies bear the port of their host.
        name = settings.SESSION_COOKIE_NAME.replace(str(settings.PORT), str(at.port))
        cookie = f"{name}={sign_in(email)}"
        self.process = run_tied(
            ["-m", "tests.chat.realtime.lone_console", str(at.port), cookie],
            at.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.frames: queue.Queue[dict[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def hear(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """Return the next frame of this type with these fields. Those before it are dropped."""
        deadline = time.monotonic() + 2 * PATIENCE_S
        while True:
            assert time.monotonic() < deadline, f"{kind} never came"
            frame = self.frames.get(timeout=PATIENCE_S)
            assert frame["type"] == kind or frame["type"] != "error", frame
            if frame["type"] == kind and all(frame.get(key) == wanted[key] for key in wanted):
                return frame

    def write(self, entry: dict[str, Any], body: str) -> str:
        """Post a text into a chat under the fence of this entry. Returns the id of the command."""
        command = {"chat_id": entry["chat_id"], "fence": entry["fence"], "note": False}
        client_id = str(uuid.uuid4())
        frame = {"type": "message.post", "client_id": client_id, "body": body, **command}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(frame) + "\n")
        self.process.stdin.flush()
        return client_id

    def die(self) -> None:
        """As by the power cut: no close frame, no sign-out."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE_S)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.frames.put(json.loads(line))


@pytest.fixture(scope="module", autouse=True)
def one_secret() -> Iterator[None]:
    """The web process reads the sessions that are made here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_KEY", settings.SECRET_KEY)
        yield


@pytest.fixture
def consoles(desk: Desk) -> Iterator[Any]:  # noqa: F811
    """Provide a way to open consoles, none of which outlives the test."""
    opened: list[LoneConsole] = []

    def open_console(email: str) -> LoneConsole:
        opened.append(LoneConsole(desk, email))
        opened[-1].hear("snapshot")
        return opened[-1]

    yield open_console
    for console in opened:
        console.process.kill()
        console.process.wait(PATIENCE_S)


def test_its_chats_go_to_a_colleague_and_its_late_message_is_refused(consoles: Any) -> None:
    """With the lease put back in the database and the sweep called at once: the way, without the waiting."""

    def lapse() -> None:
        Seat.objects.filter(operator__user__email="alice@balie.test").update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
        _sweep()

    _kill_and_follow(consoles, offer=_sweep, lapse=lapse)


@pytest.mark.prove
@pytest.mark.usefixtures("dispatcher")
def test_within_20_seconds_of_the_real_clock(consoles: Any) -> None:
    """With the dispatcher's own process and the lease as it is."""
    _wait_until_somebody_is_taken_for_gone()
    passed = _kill_and_follow(consoles, offer=lambda: None, lapse=lambda: None)
    assert passed <= WITH_OTHERS_WITHIN_S


def _kill_and_follow(consoles: Any, *, offer: Any, lapse: Any) -> float:
    """Kill Alice mid-chat, follow it to Bob, let her late messages come. Returns seconds from kill to Bob."""
    alice = consoles("alice@balie.test")
    begun, _ = write_first(now=timezone.now())
    offer()
    held = alice.hear("chat.added")["chat"]["entry"]
    assert held["chat_id"] == str(begun.chat_id)
    alice.hear("ack", client_id=alice.write(held, "Een moment, ik kijk het na."))
    bob = consoles("bob@balie.test")

    killed_at = time.monotonic()
    alice.die()
    lapse()
    given = bob.hear("chat.added")["chat"]
    passed = time.monotonic() - killed_at
    assert given["entry"]["chat_id"] == held["chat_id"]
    assert given["entry"]["fence"] > held["fence"]
    assert "Een moment, ik kijk het na." in [one["body"] for one in given["messages"]]

    # Her console is opened again and sends what the dead one had left in its outbox, as it was.
    zombie = consoles("alice@balie.test")
    refused = zombie.hear("error", client_id=zombie.write(held, "Te laat"))
    assert refused["code"] == "not_yours"
    # And one more screen of hers, which no longer has the seat: not even under the fence that holds now.
    newer = consoles("alice@balie.test")
    zombie.hear("seat.taken")
    stale = zombie.hear("error", client_id=zombie.write(given["entry"], "Nog later"))
    assert stale["code"] in ("seat_taken", "not_yours")
    forged = newer.hear("error", client_id=newer.write(given["entry"], "Van een ander"))
    assert forged["code"] == "not_yours"
    for code in ("not_yours", "seat_taken", "fence"):
        _has_words(code)

    # Bob's own stale screen is told to look again.
    old_fence = {**given["entry"], "fence": held["fence"]}
    assert bob.hear("error", client_id=bob.write(old_fence, "Oud"))["code"] == "fence"
    bob.hear("ack", client_id=bob.write(given["entry"], "Bob hier, ik neem het over."))
    _told_once(begun.chat_id)
    return passed


def _wait_until_somebody_is_taken_for_gone() -> None:
    """A dispatcher that has just begun takes nobody for gone within one lease: Bob, until it does."""
    bob = sit("bob@balie.test", now=timezone.now())
    # In one transaction: else the dispatcher offers the chat first.
    with transaction.atomic():
        entry = open_chat(bob, now=timezone.now())
        Seat.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    waiting = PoolEntry.objects.filter(pk=entry.pk, operator=None)
    eventually(waiting.exists, within_s=3 * PATIENCE_S)
    Assignment.objects.filter(chat_id=entry.pk).delete()
    waiting.delete()
    Seat.objects.all().delete()


def _told_once(chat_id: uuid.UUID) -> None:
    """Only what was acknowledged is in the chat, and the trail says how it changed hands."""
    entry = PoolEntry.objects.select_related("company").get(pk=chat_id)
    assert entry.operator is not None
    assert entry.operator.public_name == "Bob"
    with in_company(entry.company):
        texts = Message.objects.filter(chat_id=chat_id, kind=Message.Kind.TEXT).order_by("seq")
        said = list(texts.values_list("body", flat=True))
    assert said == ["Hallo", "Een moment, ik kijk het na.", "Bob hier, ik neem het over."]
    steps = Assignment.objects.filter(chat_id=chat_id).order_by("fence", "pk")
    assert list(steps.values_list("kind", "operator__public_name")) == [
        ("offer", "Alice"),
        ("accept", "Alice"),
        ("requeue", "Alice"),
        ("offer", "Bob"),
        ("accept", "Bob"),
    ]
    assert steps[2].reason == trail_reasons.lease_ended()


def _has_words(code: str) -> None:
    """A console says what happened, in both its languages."""
    for language in ("nl", "en"):
        words = Path(ROOT / f"static/console/words/{language}.js").read_text()
        assert re.search(rf'"error\.{code}": "[^"]{{12,}}"', words), (code, language)


def _sweep() -> None:
    """Take two steps of the dispatcher's, as it does each second. Their events reach the web process over Valkey."""
    assignment.requeue_lost_seats(now=timezone.now())
    assignment.assign_waiting(now=timezone.now())
