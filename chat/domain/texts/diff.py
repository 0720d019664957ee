"""Differences between two versions of a text, in words a reader can follow.

Lines first, then the words of lines that were changed. What occurs once on both sides is the same there (a "patience"
diff); between such places the longest run of what both have is looked for, as long as the diff has work left. So the
longest text that can be stored, whatever is in it, takes less than 0.1 s; comparing everything grows with the square.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

SAME, ADDED, REMOVED = "same", "added", "removed"
_WORD = re.compile(r"\s+|[^\s]+")
# Lines less alike than this are shown one under the other: word by word they would be a riddle.
_ALIKE = 0.35
# Words looked at and compared in one diff; where it is used up, what is left is shown whole, before and after. A
# changed line costs this many beside its words.
WORK = 100_000
_LINE_COST = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of one line, and whether they are the same, added or removed."""

    how: str
    text: str


Line = tuple[Piece, ...]
# Whether it is the same, and where: from and to in the old, from and to in the new.
_Block = tuple[bool, int, int, int, int]


class Work:
    """The work that one diff may still do."""

    def __init__(self) -> None:
        self.left = WORK

    def can(self, cost: int) -> bool:
        """Take this much of it, if it is there."""
        if cost > self.left:
            return False
        self.left -= cost
        return True


def diff_lines(before: str, after: str) -> list[Line]:
    """Return the lines of both texts in reading order, each in pieces.

    A line that only one of them has is one piece; of a changed line the words are compared.
    """
    old, new = before.split("\n"), after.split("\n")
    if before == "":
        old = []
    if after == "":
        new = []
    work = Work()
    found: list[Line] = []
    for same, a, b, c, d in _blocks(old, new, work):
        if same:
            found += [(Piece(SAME, line),) for line in old[a:b]]
        else:
            found += _changed(old[a:b], new[c:d], work)
    return found


def is_same(lines: Sequence[Line]) -> bool:
    """Return whether a diff shows no change."""
    return all(piece.how == SAME for line in lines for piece in line)


def join_lines(lines: Iterable[Line]) -> list[Piece]:
    """Run the lines of a diff together into as few pieces as tell the same, each line with its end.

    The pieces that are the same or added make the text after; those the same or removed the text before.
    """
    found: list[Piece] = []
    for line in lines:
        whole = line[0].how if len(line) == 1 else SAME
        for piece in (*line, Piece(whole, "\n")):
            if found and found[-1].how == piece.how:
                found[-1] = Piece(piece.how, found[-1].text + piece.text)
            else:
                found.append(piece)
    return found


def _changed(old: list[str], new: list[str], work: Work) -> Iterator[Line]:
    """Pair lines by place. Those left over were removed or added."""
    for before, after in zip(old, new, strict=False):
        yield from _words(before, after, work)
    both = min(len(old), len(new))
    yield from ((Piece(REMOVED, line),) for line in old[both:])
    yield from ((Piece(ADDED, line),) for line in new[both:])


def _words(before: str, after: str, work: Work) -> list[Line]:
    apart: list[Line] = [(Piece(REMOVED, before),), (Piece(ADDED, after),)]
    if not work.can(_LINE_COST):
        return apart
    old, new = _WORD.findall(before), _WORD.findall(after)
    if not work.can(len(old) + len(new)) or _alike(before.split(), after.split()) < _ALIKE:
        return apart
    pieces: list[Piece] = []
    gone = came = ""
    for same, a, b, c, d in _blocks(old, new, work):
        removed, added = "".join(old[a:b]), "".join(new[c:d])
        # A space between two changed words belongs to the change: word, word, word reads worse than a phrase.
        if not same or ((gone or came) and removed.isspace() and b < len(old)):
            gone, came = gone + removed, came + added
            continue
        pieces += [*_change(gone, came), Piece(SAME, removed)]
        gone = came = ""
    return [(*pieces, *_change(gone, came))]


def _change(gone: str, came: str) -> list[Piece]:
    return [Piece(how, text) for how, text in ((REMOVED, gone), (ADDED, came)) if text]


def _alike(old: list[str], new: list[str]) -> float:
    """Return the share of the words that both have, wherever they stand, 1 when there are none."""
    both = sum((Counter(old) & Counter(new)).values())
    return 2 * both / (len(old) + len(new)) if old or new else 1.0


def _blocks(old: list[str], new: list[str], work: Work) -> Iterator[_Block]:
    """Return what is the same and what isn't, in turn, in reading order."""
    a = c = 0
    pairs = sorted(_pairs(old, new, work))
    at = 0
    while at < len(pairs):
        b, d = pairs[at]
        if (b, d) != (a, c):
            yield False, a, b, c, d
        run = at
        while run < len(pairs) and pairs[run] == (b + run - at, d + run - at):
            run += 1
        a, c = b + run - at, d + run - at
        yield True, b, a, d, c
        at = run
    if a < len(old) or c < len(new):
        yield False, a, len(old), c, len(new)


def _pairs(old: list[str], new: list[str], work: Work) -> Iterator[tuple[int, int]]:
    """Return the places of what stays, each in both, in no order. No two of them cross."""
    spans = [(0, len(old), 0, len(new))]
    while spans:
        a, b, c, d = spans.pop()
        while a < b and c < d and old[a] == new[c]:
            yield a, c
            a, c = a + 1, c + 1
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
            yield b, d
        if a == b or c == d or not work.can(b - a + d - c):
            continue
        anchors = _anchors(old, new, (a, b, c, d))
        if anchors:
            yield from anchors
            edges = [(a - 1, c - 1), *anchors, (b, d)]
            spans += [(one[0] + 1, other[0], one[1] + 1, other[1]) for one, other in pairwise(edges)]
        elif work.can((b - a) * (d - c)):
            yield from _longest(old, new, (a, b, c, d))


def _anchors(old: list[str], new: list[str], span: tuple[int, int, int, int]) -> list[tuple[int, int]]:
    """The most of what occurs once on both sides that stands in the same order on both."""
    a, b, c, d = span
    in_old, in_new = Counter(old[a:b]), Counter(new[c:d])
    place = {new[at]: at for at in range(c, d) if in_new[new[at]] == 1}
    once = [(at, place[old[at]]) for at in range(a, b) if in_old[old[at]] == 1 and old[at] in place]
    # The longest rising row of places: for each length the row with the lowest end, and what stands before each.
    ends: list[int] = []
    lasts: list[int] = []
    before: list[int] = []
    for at, (_, there) in enumerate(once):
        length = bisect_left(ends, there)
        before.append(lasts[length - 1] if length else -1)
        ends[length : length + 1] = [there]
        lasts[length : length + 1] = [at]
    found = []
    at = lasts[-1] if lasts else -1
    while at >= 0:
        found.append(once[at])
        at = before[at]
    return found[::-1]


def _longest(old: list[str], new: list[str], span: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    """The places of the longest row that both have, by the table of all pairs."""
    a, b, c, d = span
    table = [[0] * (d - c + 1)]
    for at in range(b - 1, a - 1, -1):
        below, row = table[-1], [0] * (d - c + 1)
        for there in range(d - c - 1, -1, -1):
            same = old[at] == new[c + there]
            row[there] = below[there + 1] + 1 if same else max(below[there], row[there + 1])
        table.append(row)
    table.reverse()
    at, there = a, c
    while at < b and there < d:
        if old[at] == new[there]:
            yield at, there
            at, there = at + 1, there + 1
        elif table[at - a + 1][there - c] >= table[at - a][there - c + 1]:
            at += 1
        else:
            there += 1
