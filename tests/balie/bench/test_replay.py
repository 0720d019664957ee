"""A small replay against real servers: what it prints, when it fails, and that a killed server costs nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from balie.bench.replay import aftermath, verdict
from tests.balie.bench.desk import LoadDesk
from tests.balie.run.desk import eventually

pytestmark = pytest.mark.launcher

CHATS = 8
TEXTS = 29


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadDesk]:
    with LoadDesk(tmp_path_factory.mktemp("load") / "home") as desk:
        yield desk


def test_nothing_is_lost_when_web_and_worker_are_killed_in_the_middle(desk: LoadDesk) -> None:
    desk.serve("uvicorn")
    begun = "SELECT count(*) FROM agency_chatrecord"
    pace = ("--chats", str(CHATS), "--rate", "240", "--speed", "8", "--operators", "3")
    replay = desk.replay(*pace, "--kill", "worker")
    # The first chat is over, the last ones have just begun.
    eventually(lambda: desk.count(begun) >= 1, within_s=60)
    desk.kill_web("uvicorn")
    desk.restart_when_dead("worker", within_s=60)
    printed, told = replay.communicate(timeout=120)

    assert replay.returncode == 0, told
    answer = json.loads(printed)
    assert {name: answer[name] for name in verdict.FAULTS} == dict.fromkeys(verdict.FAULTS, 0)
    for name in ("chats_started", "chats_answered", "chats_closed", "records"):
        assert answer[name] == CHATS
    assert answer["charges_or_reasons"] == CHATS
    assert answer["transcripts_mailed"] == answer["transcripts_due"] == CHATS / 2
    assert answer["rated"] >= 1
    assert answer["kills"] == {"worker": 1}
    assert (answer["differences"], answer["done_in_time"]) == (0, True)
    # Worked hours are those of the leases that the robots heard of.
    assert (answer["presence_missing_s"], answer["presence_unheard_s"]) == (0, 0)
    for name in ("messages_sent", "messages_acked", "messages_received"):
        assert answer[name] == TEXTS
    assert answer["refused"] == 0
    assert answer["clients_saw"]["reconnects"] >= 3
    assert answer["delivery_ms"]["p50"] > 0
    assert answer["first_response_s"]["p90"] > 0


def test_without_operators_every_chat_is_refused_and_its_text_kept(desk: LoadDesk) -> None:
    desk.serve("daphne")
    replay = desk.replay("--chats", "8", "--rate", "1200", "--speed", "8", "--operators", "0")
    printed, told = replay.communicate(timeout=60)
    assert replay.returncode == 0, told
    answer = json.loads(printed)
    assert (answer["refused"], answer["refused_kept"], answer["chats_started"]) == (8, 8, 0)
    assert answer["refused_because"] == ["nobody"]


GOOD: dict[str, Any] = {
    **dict.fromkeys(verdict.FAULTS, 0),
    "refused": 0,
    "refused_kept": 0,
    **dict.fromkeys(verdict.BOOKS, 5),
    "chats_started": 5,
    "chats_answered": 5,
    "transcripts_due": 3,
    "transcripts_mailed": 3,
    "transcripts_refused": 0,
    "faults": {},
    "faults_wanted": 0,
    "mail_duplicates": 0,
    "mail_duplicates_same_id": 0,
    "differences": 0,
    "presence_missing_s": 0.0,
    "presence_unheard_s": 0.0,
    "kills": {},
}


@pytest.mark.parametrize("name", [*verdict.FAULTS, "refused"])
def test_any_fault_fails_the_replay(name: str) -> None:
    assert verdict.is_good(GOOD, chats=5, operators=2)
    assert not verdict.is_good(GOOD | {name: 1}, chats=5, operators=2)


def test_a_chat_that_nobody_answered_fails_the_replay() -> None:
    assert not verdict.is_good(GOOD | {"chats_answered": 4}, chats=5, operators=2)
    assert not verdict.is_good(GOOD, chats=6, operators=2)


@pytest.mark.parametrize("name", [*verdict.BOOKS, "transcripts_mailed"])
def test_a_book_with_one_too_few_fails_the_replay(name: str) -> None:
    assert not verdict.is_good(GOOD | {name: GOOD[name] - 1}, chats=5, operators=2)


@pytest.mark.parametrize("name", ["presence_missing_s", "presence_unheard_s"])
def test_a_second_at_the_desk_that_nobody_worked_or_wrote_down_fails_the_replay(name: str) -> None:
    assert not verdict.is_good(GOOD | {name: 0.01}, chats=5, operators=2)


def test_a_difference_fails_the_replay() -> None:
    assert not verdict.is_good(GOOD | {"differences": 1}, chats=5, operators=2)


@pytest.mark.parametrize(
    ("doubled", "same_id", "killed", "good"),
    [(1, 1, 1, True), (1, 0, 1, False), (1, 1, 0, False), (2, 2, 1, False)],
)
def test_a_second_copy_needs_a_kill_and_the_same_id(doubled: int, same_id: int, killed: int, good: bool) -> None:
    answer = GOOD | {
        "mail_duplicates": doubled,
        "mail_duplicates_same_id": same_id,
        "kills": {"worker": killed},
    }
    assert verdict.is_good(answer, chats=5, operators=2) is good


def test_mails_are_counted_by_recipient_and_message_id(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    mails = [("a", "<1>"), ("b", "<2>"), ("b", "<2>"), ("c", "<3>"), ("c", "<4>"), ("d", "<5>")]
    for number, (who, message_id) in enumerate(mails):
        text = f"To: r{who}@replay.test\nMessage-ID: {message_id}\nSubject: x\n\nHoi"
        (tmp_path / "new" / str(number)).write_text(text)
    addresses = {f"r{who}@replay.test" for who in "abc"}
    assert aftermath.read_mails(tmp_path, addresses) == aftermath.Mails(3, 2, 1)


def test_without_operators_the_kept_texts_decide() -> None:
    none = dict.fromkeys(("chats_started", "chats_answered", *verdict.BOOKS), 0)
    refused = GOOD | none | {"refused": 5, "refused_kept": 5}
    assert verdict.is_good(refused, chats=5, operators=0)
    assert not verdict.is_good(refused | {"refused_kept": 4}, chats=5, operators=0)


def test_a_file_that_is_not_there_is_one_line(desk: LoadDesk, tmp_path: Path) -> None:
    replay = desk.replay("--dialogues", str(tmp_path / "nothing.jsonl"))
    _, told = replay.communicate(timeout=60)
    assert replay.returncode == 1
    assert told.strip().splitlines()[-1].startswith("CommandError: the dialogues can't be read")


def test_a_mail_that_was_refused_for_good_counts_only_where_that_was_wanted() -> None:
    refused = GOOD | {"transcripts_mailed": 2, "transcripts_refused": 1}
    assert not verdict.is_good(refused, chats=5, operators=2)
    wanted = {"faults": {"smtp-550": 1}, "faults_wanted": 1}
    assert verdict.is_good(refused | wanted, chats=5, operators=2)


def test_a_fault_that_did_not_come_fails_the_replay() -> None:
    assert not verdict.is_good(GOOD | {"faults_wanted": 1}, chats=5, operators=2)


def test_a_refusal_is_right_only_where_the_database_s_clock_jumped_and_its_text_is_kept() -> None:
    refused = GOOD | {"refused": 1, "refused_kept": 1}
    jumped = {"faults": {"all-ahead": 1}, "faults_wanted": 1}
    assert not verdict.is_good(refused, chats=6, operators=2)
    assert verdict.is_good(refused | jumped, chats=6, operators=2)
    assert not verdict.is_good(refused | jumped | {"refused_kept": 0}, chats=6, operators=2)
