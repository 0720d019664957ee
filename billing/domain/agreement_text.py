"""The text of an agreement: a plain file of headings, paragraphs, list items and table rows, with facts to fill in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Literal

PassageKind = Literal["title", "heading", "paragraph", "item", "row"]
Cells = tuple[str, ...]
# A fact for `{name}` within a line, or the cells of each line that `{name}` alone stands for.
Facts = Mapping[str, str | Sequence[Cells]]
_MARKS: dict[str, PassageKind] = {"# ": "title", "## ": "heading", "- ": "item", "| ": "row"}


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one kind that follow one another: a title, a heading, paragraphs, a list, a table. Only a table's line
    has several cells.
    """

    kind: PassageKind
    lines: tuple[Cells, ...]


def fill(source: str, facts: Facts) -> list[Passage]:
    """Return the blocks of a text with its facts filled in.

    The first characters of a line say what it is: `# ` the title, `## ` a heading, `- ` a list item, `| ` a row of a
    table, else a paragraph; two spaces go on with the line before. An item or row of `{name}` alone becomes as many as
    that list has. A fact is put in as it is: braces and marks in it mean nothing.

    Raises:
        KeyError: the text names a fact that isn't there.
    """
    whole = source.replace("\n  ", " ").splitlines()
    lines = [piece for line in whole if line.strip() for piece in _filled(line, facts)]
    return [Passage(kind, tuple(cells for _kind, cells in found)) for kind, found in groupby(lines, key=itemgetter(0))]


def _filled(line: str, facts: Facts) -> list[tuple[PassageKind, Cells]]:
    mark = next((one for one in _MARKS if line.startswith(one)), "")
    kind: PassageKind = _MARKS.get(mark, "paragraph")
    rest = line[len(mark) :].strip()
    several = facts.get(rest.strip("{}")) if rest.startswith("{") and rest.endswith("}") else None
    if several is not None and not isinstance(several, str):
        return [(kind, cells) for cells in several]
    pieces = rest.strip("| ").split("|") if kind == "row" else [rest]
    return [(kind, tuple(piece.strip().format_map(facts) for piece in pieces))]
