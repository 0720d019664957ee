"""The tables of pages: an address asks for rows (`q`), their order (`sort`) and a page (`page`), and leads to the
others.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.domain.text import clean_line
from agency.views.query import say

Row = TypeVar("Row")
SIZE = 50
# Rows of a page that shows all: every operator and every company of an agency of 400 and 250.
MOST = 500
SEARCH_LIMIT = 100
_LONGEST_PAGE = 7
_ECHOED = 20


@dataclass(frozen=True, slots=True)
class Pages:
    """The line under a list: which rows it shows, and addresses. "" where there is none.

    Args:
        first: of the newest rows, for lists that go on from a mark.
        every: of all rows in one page, `paged`: back from there.
    """

    shown: str = ""
    before: str = ""
    after: str = ""
    first: str = ""
    every: str = ""
    paged: str = ""


def lead(at: Callable[[int], str], *, page: int, size: int, total: int) -> Pages:
    """Lead to the pages around one.

    Args:
        at: the address of a page, by its number from 1 on.
        size: rows of a full page.
        total: rows of all pages.
    """
    start = (page - 1) * size
    words = _("%(first)s to %(last)s of %(total)s")
    return Pages(
        shown=words % {"first": min(start + 1, total), "last": min(start + size, total), "total": total},
        before=at(page - 1) if page > 1 else "",
        after=at(page + 1) if start + size < total else "",
    )


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `key` is its word in the address, "" if rows aren't sorted by it. `falls`: the largest come first."""

    label: str
    key: str = ""
    is_figure: bool = False
    falls: bool = False
    is_hidden: bool = False
    about: str = ""
    url: str = ""
    order: str = ""


class Table(Generic[Row]):
    """The rows that an address asks for. What isn't there is reported on the page, and the usual rows stand in."""

    def __init__(
        self,
        request: HttpRequest,
        *columns: Column,
        sort: str = "",
        size: int = SIZE,
        kept: Mapping[str, object] | None = None,
        name: str = "",
    ) -> None:
        """Read the address.

        Args:
            sort: the usual order: a column's key, with a `-` before it if it falls, or a word of the page's own.
            size: rows of a page.
            kept: the page's own filters, which every address here keeps; empty ones are left out.
            name: of a second table on the page; its words in the address begin with it and a `_`.
        """
        self._request, self._columns = request, columns
        self._prefix = f"{name}_" if name else ""
        self.name, self.usual, self.size = name, sort, size
        self.query = clean_line(self._asked("q"), SEARCH_LIMIT)
        self.order = self._order()
        self._page, self.is_whole = self._numbered()
        self._kept = {key: str(value) for key, value in (kept or {}).items() if value}
        self.total = 0
        self.rows: Sequence[Row] = []

    @property
    def guess(self) -> slice:
        """The rows that are asked for, before it is known how many there are."""
        start = 0 if self.is_whole else (self._page - 1) * self.size
        return slice(start, start + (MOST if self.is_whole else self.size))

    def window(self, total: int) -> slice:
        """Return which of so many rows stand on the page that is asked for."""
        self.total = total
        if self.is_whole and total > MOST:
            self._say(_("At most %(n)s rows stand on one page. Below is the first."), n=MOST)
            self.is_whole = False
        if self.is_whole:
            return slice(0, total)
        last = max(1, -(-total // self.size))
        if self._page > last:
            said = _("There is no page %(page)s. Below is the last one, %(last)s.")
            self._say(said, page=self._page, last=last)
            self._page = last
        start = (self._page - 1) * self.size
        return slice(start, start + self.size)

    def fill(
        self,
        rows: Iterable[Row],
        *,
        words: Callable[[Row], str] | None = None,
        by: Mapping[str, Callable[[Row], Any]] | None = None,
    ) -> "Table[Row]":
        """Take a list that is wholly read, in the usual order, and keep of it the rows of the page.

        Args:
            words: of a row, in which the query is looked for.
            by: what each other order compares; rows without it (None) come last, up or down.
        """
        ordered = list(rows)
        if self.query and words is not None:
            wanted = self.query.casefold()
            ordered = [row for row in ordered if wanted in words(row).casefold()]
        is_down, key = self.order.startswith("-"), self.order.removeprefix("-")
        value = (by or {}).get(key)
        if self.order == self.usual or value is None:
            # Of the usual order only the other way round is left.
            ordered = ordered if self.order == self.usual else ordered[::-1]
        else:
            known = [row for row in ordered if value(row) is not None]
            unknown = [row for row in ordered if value(row) is None]
            ordered = sorted(known, key=value, reverse=is_down) + unknown
        self.rows = ordered[self.window(len(ordered))]
        return self

    @property
    def head(self) -> list[Column]:
        """The columns, each with the address that sorts by it and, for the one it is sorted by, `aria-sort`."""
        return [self._headed(column) for column in self._columns]

    @property
    def columns(self) -> dict[str, Column]:
        """The same by their keys."""
        return {column.key: column for column in self.head if column.key}

    @property
    def pages(self) -> Pages:
        """The line under the table."""
        if self.is_whole:
            words = ngettext("%(n)s row", "all %(n)s rows", self.total) % {"n": self.total}
            return Pages(shown=words, paged=self.address() if self.total > self.size else "")
        pages = lead(self._at, page=self._page, size=self.size, total=self.total)
        is_offered = self.size < self.total <= MOST
        return replace(pages, every=self.address(page="all") if is_offered else "")

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The fields that the table's search form sends along."""
        order = "" if self.order == self.usual else self.order
        return [*self._kept.items(), *([(self._word("sort"), order)] if order else [])]

    @property
    def word(self) -> str:
        """The name of the search field."""
        return self._word("q")

    @property
    def unsearched(self) -> str:
        """The address without the search."""
        return self.address(q="")

    @property
    def unsorted(self) -> str:
        """The address in the usual order, "" if it is in that order already."""
        return self.address(sort="") if self.order != self.usual else ""

    def address(self, **changes: str) -> str:
        """Return the address of this table's first page, or with other words. It is at least a `?`."""
        order = "" if self.order == self.usual else self.order
        own = {"q": self.query, "sort": order, **changes}
        words = {**self._kept, **{self._word(key): value for key, value in own.items()}}
        anchor = f"#{self.name}" if self.name else ""
        return f"?{urlencode({key: value for key, value in words.items() if value})}{anchor}"

    def _at(self, page: int) -> str:
        return self.address(page=str(page) if page > 1 else "")

    def _headed(self, column: Column) -> Column:
        if not column.key:
            return column
        up, down = column.key, f"-{column.key}"
        first, other = (down, up) if column.falls else (up, down)
        order = {up: "ascending", down: "descending"}.get(self.order, "")
        following = other if self.order == first else first
        # In the address even where it is the usual one, or a press on its column would lead nowhere.
        return replace(column, order=order, url=self.address(sort=following))

    def _order(self) -> str:
        typed = self._asked("sort")
        keys = {column.key for column in self._columns if column.key}
        if typed and typed != self.usual and typed.removeprefix("-") not in keys:
            self._say(
                _("This list can't be sorted by “%(word)s”. Below it stands as usual."),
                word=typed[:_ECHOED],
            )
            return self.usual
        return typed or self.usual

    def _numbered(self) -> tuple[int, bool]:
        typed = self._asked("page")
        known = typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_PAGE and int(typed)
        if typed and typed != "all" and not known:
            said = _("“%(word)s” is no page: a number from 1 on, or “all”. Below is the first.")
            self._say(said, word=typed[:_ECHOED])
        return int(known) or 1, typed == "all"

    def _say(self, words: str, **facts: object) -> None:
        say(self._request, words % facts)

    def _asked(self, key: str) -> str:
        return self._request.GET.get(self._word(key), "")

    def _word(self, key: str) -> str:
        return f"{self._prefix}{key}"
