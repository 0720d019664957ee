"""Real two-person dialogues, read from a JSON-lines file (plain or gzip)."""

import gzip
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

VISITOR, OPERATOR = "visitor", "operator"
# The median operator's reply in the 358 timed dialogues of our test data.
UNTIMED_GAP_S = 21.0


@dataclass(frozen=True, slots=True)
class DialogueTurn:
    """One text. `gap_s` is how long its writer took after the turn before it, in the file's time."""

    role: str
    text: str
    gap_s: float


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A dialogue of two people. `early`: the visitor was gone at the end without a goodbye."""

    id: str
    turns: tuple[DialogueTurn, ...]
    early: bool


def read_dialogues(path: Path, count: int) -> list[Dialogue]:
    """The first `count` dialogues of the file, from the start again when it has fewer.

    Raises:
        ValueError: a line that is no dialogue, or a file without any.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        found = [_dialogue(json.loads(line)) for line in lines if line.strip()]
    usable = [dialogue for dialogue in found if dialogue.turns]
    if not usable:
        raise ValueError(f"{path}: no dialogue with a visitor's turn")
    return list(itertools.islice(itertools.cycle(usable), count))


def _dialogue(facts: dict[str, Any]) -> Dialogue:
    """Leading operator turns are skipped: a chat begins with its visitor."""
    turns = list(itertools.dropwhile(lambda turn: turn["role"] != VISITOR, facts["turns"]))
    before = [None, *turns]
    return Dialogue(
        id=str(facts["id"]),
        turns=tuple(
            DialogueTurn(turn["role"], turn["text"].strip(), _gap(turn, earlier))
            for turn, earlier in zip(turns, before, strict=False)
        ),
        early=facts.get("outcome") == "disconnect",
    )


def _gap(turn: dict[str, Any], earlier: dict[str, Any] | None) -> float:
    if earlier is None:
        return 0.0
    if turn.get("t") is None or earlier.get("t") is None:
        return UNTIMED_GAP_S
    return max(0.0, float(turn["t"]) - float(earlier["t"]))
