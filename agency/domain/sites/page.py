"""A page of somebody's site as lines of text and links, read as a stream: no tree, so nothing grows with its depth.

Whatever the page holds, reading it ends: it is cut by size, by depth, by lines and by links.
"""

import codecs
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType

from lxml import etree

from agency.domain.text import clean_line

# A page is handed on in pieces of so many characters, between which it can be left.
_PIECE = 4_096
# Browsers stop at 512; closing tags that open nothing cost the square of the depth.
MOST_DEPTH = 500
MOST_LINES, LINE_LIMIT = 3_000, 400
MOST_LINKS, LINK_LIMIT = 2_000, 500
MOST_DATA, DATA_LIMIT = 20, 100_000

HEADING, SUMMARY, TERM, TEXT = "heading", "summary", "term", "text"
_KINDS = MappingProxyType(
    {**dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), HEADING), "summary": SUMMARY, "dt": TERM}
)
_BREAKS = frozenset(_KINDS) | frozenset(
    (
        "address", "article", "aside", "blockquote", "body", "br", "button", "caption", "dd", "details", "div", "dl",
        "fieldset", "figcaption", "figure", "footer", "form", "header", "hr", "label", "legend", "li", "main", "nav",
        "ol", "option", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul",
    )
)  # fmt: skip
_SILENT = frozenset(("noscript", "script", "select", "style", "svg", "template", "textarea", "title"))
# Without an end, so nothing lies in them.
_EMPTY = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,30})""", re.IGNORECASE)
# As browsers read them: what calls itself Latin-1 is Windows-1252. No other of Python's codecs is meant by a page.
_CODECS = MappingProxyType(
    {"ascii": "cp1252", "iso8859-1": "cp1252", "cp1252": "cp1252", "utf-8": "utf-8", "utf-16": "utf-16"}
    | {name: name for name in ("iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1254", "koi8-r")}
)


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line as its reader sees it, and what it is: HEADING, SUMMARY, TERM or TEXT. `in_nav`: a menu's."""

    text: str
    kind: str = TEXT
    in_nav: bool = False


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link: where it goes, as written, and its words."""

    href: str
    words: str


@dataclass(slots=True)
class ReadPage:
    """The words and links of a page. `data`: its JSON-LD, as written. `is_whole`: nothing of it was left out."""

    language: str = ""
    title: str = ""
    lines: list[PageLine] = field(default_factory=list)
    links: list[PageLink] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    is_whole: bool = True


def read_html(body: bytes, content_type: str = "") -> ReadPage:
    """Read a page.

    Args:
        content_type: the header of the answer, which may name its charset.
    """
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8")
    text = decode(body, content_type).replace("\x00", "")
    for at in range(0, len(text), _PIECE):
        parser.feed(text[at : at + _PIECE].encode("utf-8", "replace"))
        if reader.depth > MOST_DEPTH or reader.is_full:
            reader.page.is_whole = False
            break
    else:
        # A page of nothing isn't one to this parser.
        with suppress(etree.LxmlError):
            parser.close()
    reader.end_line()
    return reader.page


def decode(body: bytes, content_type: str) -> str:
    """Return a page as text: by its first bytes, its header, its own word, or else what its bytes look like."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(name, "replace").lstrip("\ufeff")
    said = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(body[:2_048])
    named = _codec(said[1].decode()) if said else None
    if named is not None and named != "utf-16":
        return body.decode(named, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError as problem:
        # Cut in the middle of a character: that is still UTF-8, unless there was nothing to cut.
        is_cut = problem.start >= len(body) - 3 and len(body) > _PIECE
        return body.decode("utf-8" if is_cut else "cp1252", "replace")


def _codec(label: str) -> str | None:
    try:
        return _CODECS.get(codecs.lookup(label).name)
    except LookupError:
        return None


class _Reader:
    """The events of the parser, put together to lines."""

    def __init__(self) -> None:
        self.page = ReadPage()
        self.depth = 0
        self._open: list[str] = []
        self._words: list[str] = []
        self._length = 0
        self._kind = TEXT
        self._silent = self._nav = self._row = 0
        self._cells: list[str] = []
        self._link: tuple[str, list[str]] | None = None
        self._data: list[str] | None = None

    @property
    def is_full(self) -> bool:
        return len(self.page.lines) >= MOST_LINES or len(self.page.links) >= MOST_LINKS

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _EMPTY:
            if tag == "br":
                self.end_line()
            return
        self.depth += 1
        self._open.append(tag)
        if tag in _BREAKS:
            self.end_line()
        if tag in _SILENT:
            self._silent += 1
            self._begin_data(tag, attributes)
        elif tag == "nav":
            self._nav += 1
        elif tag == "footer":
            # Whatever is answered above it ends here.
            self.page.lines.append(PageLine("", HEADING))
        elif tag == "tr":
            self._row += 1
        elif tag == "a" and "href" in attributes:
            self._link = (attributes["href"].strip()[:LINK_LIMIT], [])
        elif tag == "html":
            self.page.language = clean_line(attributes.get("lang", ""), 20).lower()
        self._kind = _KINDS.get(tag, self._kind)

    def end(self, tag: str) -> None:
        if tag in _EMPTY or not self._open:
            return
        self.depth -= 1
        self._open.pop()
        if tag in _BREAKS:
            self.end_line()
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
            self._end_data()
        elif tag == "nav":
            self._nav = max(0, self._nav - 1)
        elif tag == "tr":
            self._row = max(0, self._row - 1)
            self._end_row()
        elif tag == "a" and self._link is not None:
            href, words = self._link
            if len(self.page.links) < MOST_LINKS:
                self.page.links.append(PageLink(href, clean_line(" ".join("".join(words).split()), 200)))
            self._link = None
        if tag in _KINDS:
            self._kind = TEXT

    def data(self, text: str) -> None:
        if self._data is not None:
            self._data.append(text)
        elif "title" in self._open[-1:]:
            self.page.title = clean_line(self.page.title + text, 200)
        if self._silent:
            return
        if self._length < LINE_LIMIT:
            self._words.append(text[:LINE_LIMIT])
            self._length += len(text)
        if self._link is not None and len(self._link[1]) < 20:
            self._link[1].append(text[:200])

    def close(self) -> None:
        """Nothing is left to do: whoever reads takes the page."""

    def end_line(self) -> None:
        """Put what was said since the last break down as a line, or as a cell of a table's row."""
        text = clean_line(" ".join("".join(self._words).split()), LINE_LIMIT)
        self._words, self._length = [], 0
        if not text or len(self.page.lines) >= MOST_LINES:
            return
        if self._row and len(self._cells) < 12:
            self._cells.append(text)
        elif not self._row:
            self.page.lines.append(PageLine(text, self._kind, self._nav > 0))

    def _end_row(self) -> None:
        """A row reads as its first cell and the others: `Bellen: 085 000 12 34, ma t/m vr`."""
        if self._cells and not self._row:
            first, *others = self._cells
            text = f"{first.rstrip(':')}: {' · '.join(others)}" if others else first
            self.page.lines.append(PageLine(text[:LINE_LIMIT], TEXT, self._nav > 0))
            self._cells = []

    def _begin_data(self, tag: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("type", "").strip().lower()
        if tag == "script" and kind == "application/ld+json" and len(self.page.data) < MOST_DATA:
            self._data = []

    def _end_data(self) -> None:
        if self._data is not None:
            text = "".join(self._data)
            if len(text) <= DATA_LIMIT:
                self.page.data.append(text)
            else:
                self.page.is_whole = False
            self._data = None
