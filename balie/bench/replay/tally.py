"""Compare what was played with what is stored. Pure: facts in, the counts of the answer out."""

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

HOLDS = "accept"
LETS_GO = frozenset({"requeue", "release"})


@dataclass(frozen=True, slots=True)
class TallyRow:
    """A stored message."""

    seq: int
    kind: str
    side: str
    client_id: str
    body: str


@dataclass(frozen=True, slots=True)
class TallyStep:
    """A change of who holds a chat, in the order of the trail."""

    fence: int
    kind: str
    operator: str


@dataclass(slots=True)
class Played:
    """One chat as its clients saw it.

    `said`: (client id, side, text) of every turn that was sent, in the order of the dialogue. `visitor_knows`: the seqs
    that the visitor's client had when it left; `early` when it left before the chat's end.
    """

    said: list[tuple[str, str, str]]
    acked: set[str]
    received: set[str]
    visitor_knows: frozenset[int]
    early: bool = False
    turns: int = 0


@dataclass(slots=True)
class Tally:
    """The counts over all chats. Every one but `complete` should be 0."""

    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    gaps: int = 0
    assigned_twice: int = 0
    unheard: int = 0
    unfinished: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, chat: str, played: Played, rows: Sequence[TallyRow], trail: Iterable[TallyStep]) -> None:
        """Judge one chat."""
        found = {
            "lost": lost(played, rows),
            "doubled": doubled(played, rows),
            "out_of_order": out_of_order(played, rows),
            "gaps": gaps(rows),
            "assigned_twice": assigned_twice(trail),
            "unheard": unheard(played, rows),
            "unfinished": played.turns - len(played.acked),
        }
        for name, count in found.items():
            if count:
                setattr(self, name, getattr(self, name) + count)
                if len(self.examples) < 20:
                    self.examples.append(f"{chat}: {name} {count}")


def lost(played: Played, rows: Sequence[TallyRow]) -> int:
    """Texts that were acknowledged and aren't stored as they were sent."""
    stored = {(row.client_id, row.side, row.body) for row in rows}
    return sum(turn not in stored for turn in played.said if turn[0] in played.acked)


def doubled(played: Played, rows: Sequence[TallyRow]) -> int:
    """Stored texts beyond those that were sent: an id twice, a text once more than it was said, or nobody's."""
    said = Counter((side, body) for _, side, body in played.said)
    stored = Counter((row.side, row.body) for row in rows if row.kind == "text")
    return (stored - said).total()


def out_of_order(played: Played, rows: Sequence[TallyRow]) -> int:
    """Stored texts that stand behind one which was said later."""
    place = {client_id: index for index, (client_id, _, _) in enumerate(played.said)}
    order = [place[row.client_id] for row in _by_seq(rows) if row.client_id in place]
    return sum(earlier > later for earlier, later in itertools.pairwise(order))


def gaps(rows: Sequence[TallyRow]) -> int:
    """Seqs that are missing between 1 and the last, or used twice."""
    seqs = [row.seq for row in rows]
    return len(set(range(1, max(seqs, default=0) + 1)) ^ set(seqs)) + len(seqs) - len(set(seqs))


def assigned_twice(trail: Iterable[TallyStep]) -> int:
    """Accepts of a chat that somebody held already, and fences under which two operators got it."""
    holder = None
    count = 0
    taken: dict[int, str] = {}
    for step in sorted(trail, key=lambda step: step.fence):
        if step.kind == HOLDS:
            count += holder is not None or taken.get(step.fence, step.operator) != step.operator
            holder = taken[step.fence] = step.operator
        elif step.kind in LETS_GO:
            holder = None
    return count


def unheard(played: Played, rows: Sequence[TallyRow]) -> int:
    """Texts that the other side never received, and messages that the visitor's client doesn't know."""
    texts = sum(row.kind == "text" and row.client_id not in played.received for row in rows)
    if played.early:
        return texts
    return texts + len({row.seq for row in rows} - played.visitor_knows)


def percentile(values: Iterable[float], share: float) -> float | None:
    """Return the smallest value with at least `share` of all at or below it, or None of no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _by_seq(rows: Sequence[TallyRow]) -> list[TallyRow]:
    return sorted(rows, key=lambda row: row.seq)
