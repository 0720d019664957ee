"""A file of dialogues as it is read, and what a robot makes of the messages it is shown."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from balie.bench.replay.robots.dialogue_state import HeardTranscript, Talk
from balie.bench.replay.robots.dialogues import Dialogue, DialogueTurn, read_dialogues

TIMED = {
    "id": "timed",
    "outcome": "disconnect",
    "turns": [
        {"role": "operator", "text": "Welcome", "t": 0},
        {"role": "visitor", "text": " Hello ", "t": 4},
        {"role": "operator", "text": "Hi", "t": 25.5},
        {"role": "visitor", "text": "Bye", "t": 20},
    ],
}
UNTIMED = {
    "id": "untimed",
    "outcome": "completed",
    "turns": [{"role": "visitor", "text": "Hello"}, {"role": "operator", "text": "Hi"}],
}


def written(folder: Path, *dialogues: Any, name: str = "dialogues.jsonl.gz") -> Path:
    path = folder / name
    text = "".join(json.dumps(dialogue) + "\n" for dialogue in dialogues)
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def test_a_chat_begins_with_its_visitor_and_keeps_its_pauses(tmp_path: Path) -> None:
    [timed] = read_dialogues(written(tmp_path, TIMED), 1)
    assert timed == Dialogue(
        "timed",
        (
            DialogueTurn("visitor", "Hello", 0),
            DialogueTurn("operator", "Hi", 21.5),
            DialogueTurn("visitor", "Bye", 0),
        ),
        early=True,
    )


def test_dialogues_without_times_get_the_usual_pause(tmp_path: Path) -> None:
    [untimed] = read_dialogues(written(tmp_path, UNTIMED, name="plain.jsonl"), 1)
    assert [turn.gap_s for turn in untimed.turns] == [0, 21]
    assert not untimed.early


def test_more_chats_than_dialogues_begin_again(tmp_path: Path) -> None:
    found = read_dialogues(written(tmp_path, TIMED, UNTIMED), 3)
    assert [dialogue.id for dialogue in found] == ["timed", "untimed", "timed"]
    with pytest.raises(ValueError, match="no dialogue"):
        read_dialogues(written(tmp_path, {"id": "x", "turns": []}), 1)


def test_a_transcript_knows_what_it_misses() -> None:
    transcript = HeardTranscript()
    assert transcript.take({"seq": 2, "kind": "text"})
    assert transcript.has_gap()
    assert transcript.take({"seq": 1, "kind": "auto"})
    assert not transcript.has_gap()
    assert not transcript.take({"seq": 2, "kind": "text"})
    assert transcript.upto == 2
    closed = {"seq": 3, "kind": "system", "data": {"code": "closed", "by": "operator"}}
    assert not transcript.has_closed()
    transcript.take(closed)
    assert transcript.has_closed()


def test_whoever_is_shown_a_chat_knows_which_turn_is_next() -> None:
    turns = (
        DialogueTurn("visitor", "Hello", 0),
        DialogueTurn("operator", "Hi", 20),
        DialogueTurn("operator", "Yes?", 8),
    )
    talk = Talk(0, Dialogue("d", turns, early=False), "site")
    transcript = HeardTranscript()
    assert talk.next_turn(transcript) == 0
    talk.sending(0, 100.0)
    transcript.take({"seq": 1, "kind": "text", "client_id": talk.ids[0]})
    assert talk.next_turn(transcript) == 1
    talk.heard({"seq": 1, "client_id": talk.ids[0]}, "operator", 101.5, live=True)
    assert talk.deliveries == [1.5]
    # 20 s of the file at 10 times its speed, after the visitor's text had arrived.
    assert talk.due_at(1, 10, 200.0) == 103.5

    talk.sending(1, 103.5)
    talk.sending(1, 110.0)
    assert (talk.sendings, talk.sent_at[1]) == (3, 103.5)
    # Its ack was lost; a robot that is shown the text knows it is stored.
    talk.heard({"seq": 2, "client_id": talk.ids[1]}, "operator", 111.0, live=False)
    assert talk.acked == {1: 2}
    transcript.take({"seq": 2, "kind": "text", "client_id": talk.ids[1]})
    assert talk.next_turn(transcript) == 2
    assert talk.due_at(2, 10, 200.0) == pytest.approx(104.3)
    assert not talk.settled.is_set()
