"""The words by which a finished chat is found: those of its texts, and those of what somebody asks for.

Both pass the same cutting, so that what stands in a text is found by typing it over. PostgreSQL's own parser isn't
asked: it takes `ORD-7788` for a number below zero and an address for one word, and it refuses some of what people type.
"""

import re
import unicodedata
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import regex

from tenants.origins import shown_host

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
# A soft hyphen or a joiner inside a word is no end of it; a space without width is.
_UNSEEN = regex.compile(r"(?!\u200B)\p{Default_Ignorable_Code_Point}")
# Characters that people put between the groups of a number: 06-8765 4321, +31 (0)6, 2026/00123, 12.34.
_BETWEEN = regex.compile(r"[\p{White_Space}\p{Pd}./()+]{1,3}")
_ASCII_HOST = re.compile(r"(?<![a-z0-9-])xn--[a-z0-9-]+")
_ASKED = re.compile(r'(?P<no>(?<!\S)-(?=[^\s-]))?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

# Of a word of eight letters and more two may be wrong.
_SURE, _LONG = 4, 8

# PostgreSQL takes words of 2,046 bytes; a letter takes up to four.
_LONGEST_WORD = 500
# More words than fifty texts of the longest kind have where people write them, and more hosts than anybody names: what
# a chat costs at its close is bounded whatever was typed.
_MOST_WORDS, _MOST_HOSTS = 40_000, 200
# The longest number that people write in groups, an IBAN, has 20 digits.
_LONGEST_NUMBER = 20
# PostgreSQL's vector: at most 1 MiB of words with their places, and of each word 255 places up to the 16,383rd.
_VECTOR_LIMIT, _MOST_PLACES, _LAST_PLACE = 900_000, 255, 16_383
# Bytes that a word costs in a vector beside its letters, and a place.
_WORD_COST, _PLACE_COST = 12, 2


@dataclass(slots=True)
class _Asked:
    """One word that is asked for, in pieces. `number`: it consists of groups of digits alone."""

    pieces: list[str]
    wanted: bool = True
    quoted: bool = False
    number: bool = field(init=False)

    def __post_init__(self) -> None:
        self.number = not self.quoted and self.wanted and all(map(str.isdigit, self.pieces))

    @property
    def is_open(self) -> bool:
        """Whether another form of the word may be meant."""
        return self.wanted and not self.quoted and len(self.pieces) == 1 and not self.number


def vector_of(text: str) -> str:
    """Return the words of a text with their places, as PostgreSQL writes a `tsvector`.

    A number in groups is there by its groups and, from each group on, in one piece. What is beyond the most that a
    vector holds is left out.
    """
    places: dict[str, list[int]] = {}
    left = _VECTOR_LIMIT
    for place, word in _placed(text):
        known = places.get(word)
        left -= _PLACE_COST if known else _WORD_COST + len(word.encode())
        if left < 0:
            break
        if known is None:
            places[word] = [min(place, _LAST_PLACE)]
        elif len(known) < _MOST_PLACES and known[-1] < place <= _LAST_PLACE:
            known.append(place)
    return " ".join(f"'{word}':{','.join(map(str, known))}" for word, known in places.items())


def query_of(typed: str, kin: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return the query as PostgreSQL writes a `tsquery`, "" when it holds no word.

    All words are wanted; "quotes", `or` and `-word` work, the last word may be unfinished. A word in pieces
    (`ORD-7788`) is wanted with its pieces in that order, a number in groups also in one piece.

    Args:
        kin: what a word of `open_words` is found by besides itself: stems, and what it may have been meant for.
    """
    ways = _ways(typed)
    told = [_told(way, kin or {}, is_last=way is ways[-1]) for way in ways]
    return " | ".join(f"({one})" for one in told)


def open_words(typed: str) -> dict[str, bool]:
    """Return the words that are also found in another form, and whether each may be unfinished. What is quoted, left
    out or in pieces is meant as it stands.
    """
    ways = _ways(typed)
    asked = [asked for way in ways for asked in way if asked.is_open]
    return {one.pieces[0]: one is ways[-1][-1] for one in asked}


def wanted_words(typed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that stand in what is found as they are typed, and the one that may be unfinished."""
    ways = _ways(typed)
    if not ways:
        return (), ()
    last = ways[-1][-1]
    words = tuple(piece for way in ways for asked in way if asked.wanted for piece in asked.pieces)
    return words, (last.pieces[-1],) if last.wanted and not last.quoted else ()


def split_found(text: str, found: Collection[str]) -> Iterator[tuple[str, bool]]:
    """Cut a text into pieces, each with whether it is one of the words by which it was found."""
    end = 0
    for match in _WORD.finditer(text) if found else ():
        if _folded(match.group()) in found:
            yield text[end : match.start()], False
            yield match.group(), True
            end = match.end()
    yield text[end:], False


def is_near(word: str, asked: str) -> bool:
    """Whether a word may be what somebody meant: one letter more, less, other or in its neighbour's place, two of them
    in a long word.
    """
    if min(len(word), len(asked)) < _SURE:
        return False
    most = 2 if min(len(word), len(asked)) >= _LONG else 1
    return 0 < _distance(word, asked) <= most


def _placed(text: str) -> Iterator[tuple[int, str]]:
    """Every word with its place, and behind a group of a number what it is in one piece with the groups after it."""
    groups: deque[tuple[int, str]] = deque()
    folded, end, digits = _folded(text), 0, 0
    for place, match in enumerate(islice(_WORD.finditer(folded), _MOST_WORDS), 1):
        word = match.group()
        yield place, word[:_LONGEST_WORD]
        if groups and not (word.isdigit() and _BETWEEN.fullmatch(folded, end, match.start())):
            yield from _in_one_piece(groups)
            digits = 0
        if word.isdigit():
            groups.append((place, word))
            digits += len(word)
            while digits > _LONGEST_NUMBER:
                yield from _first_in_one_piece(groups)
                digits -= len(groups.popleft()[1])
        end = match.end()
    yield from _in_one_piece(groups)


def _in_one_piece(groups: deque[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Take all groups of a number off, each with all behind it."""
    while groups:
        yield from _first_in_one_piece(groups)
        groups.popleft()


def _first_in_one_piece(groups: deque[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    if len(groups) > 1:
        whole = "".join(group for _place, group in groups)
        yield groups[0][0], whole[:_LONGEST_NUMBER]


def _list_asked(typed: str) -> Iterator[_Asked]:
    for match in _ASKED.finditer(_folded(typed)):
        pieces = [piece[:_LONGEST_WORD] for piece in _WORD.findall(match["phrase"] or match["word"] or "")]
        if pieces:
            yield _Asked(pieces, wanted=not match["no"], quoted=match["phrase"] is not None)


def _ways(typed: str) -> list[list[_Asked]]:
    """The words asked for, parted by `or`."""
    ways: list[list[_Asked]] = [[]]
    for asked in _list_asked(typed):
        if asked.pieces == ["or"] and not asked.quoted and asked.wanted:
            ways.append([])
        else:
            ways[-1].append(asked)
    return [way for way in ways if way]


def _told(way: list[_Asked], kin: Mapping[str, Sequence[str]], *, is_last: bool) -> str:
    """The words of one way to be found, each a term."""
    terms: list[str] = []
    at = 0
    while at < len(way):
        run = [way[at]]
        while run[-1].number and at + len(run) < len(way) and way[at + len(run)].number:
            run.append(way[at + len(run)])
        at += len(run)
        ends = is_last and at == len(way)
        term = " & ".join(_term(asked, kin, ends and asked is run[-1]) for asked in run)
        groups = [piece for asked in run for piece in asked.pieces]
        if run[0].number and len(groups) > 1:
            term = f"({term} | '{''.join(groups)[:_LONGEST_NUMBER]}':*)"
        terms.append(term)
    return " & ".join(terms)


def _term(asked: _Asked, kin: Mapping[str, Sequence[str]], unfinished: bool) -> str:
    words = " <-> ".join(f"'{piece}'" for piece in asked.pieces)
    if not asked.wanted:
        return f"!({words})"
    own = f"{words}{':*' if unfinished and not asked.quoted else ''}"
    others = kin.get(asked.pieces[0], ()) if asked.is_open else ()
    return "(" + " | ".join([own, *(f"'{other}'" for other in others)]) + ")"


def _distance(one: str, other: str) -> int:
    """How many letters are to be put in, taken out, changed, or swapped with their neighbour."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row]
        for column, known in enumerate(other, 1):
            cost = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != known))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == known:
                cost = min(cost, before[column - 2] + 1)
            line.append(cost)
        before, above = above, line
    return above[-1]


def _folded(text: str) -> str:
    """The text as it is compared: composed, in small letters, without what nobody sees, hosts in their own script."""
    small = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).casefold()
    if "xn--" in small:
        hosts = dict.fromkeys(_ASCII_HOST.findall(small))
        shown = {host: shown_host(host) for host in islice(hosts, _MOST_HOSTS)}
        small = _ASCII_HOST.sub(lambda host: shown.get(host.group(), host.group()), small)
    return unicodedata.normalize("NFC", small)
