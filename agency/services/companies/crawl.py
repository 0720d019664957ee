"""Reading the pages of a company's own site that say how to reach it, and when: few, small, and soon over.

Nothing is followed but links to pages of the site's own addresses, and each page is asked for once.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from agency.domain.refusal import Refusal
from agency.domain.sites import robots
from agency.domain.sites.contact_pages import own_page, rank_pages
from agency.domain.sites.page import ReadPage, read_html
from agency.domain.sites.robots import RobotRule
from agency.services.outgoing.fetch import WORDS as CALL_WORDS
from agency.services.outgoing.fetch import Answer, NoAnswer, fetch, redirected
from tenants import clock

# The name by which a robots.txt can speak of us.
AGENT = "Balie"
# Beside the front page.
MOST_PAGES = 8
# A page of text is a twentieth of it; what comes after is left.
PAGE_SIZE = 1024 * 1024
# For everything together, and for one page of it.
SECONDS, PAGE_SECONDS = 20.0, 5.0
REDIRECTS = 2
_HTML = frozenset({"text/html", "application/xhtml+xml", ""})

WORDS = {
    **CALL_WORDS,
    "robots": _("The site's robots.txt asks robots not to read this."),
    "robots_unread": _("The site's robots.txt can't be read, so we read nothing."),
    "redirects": _("The site sends us on and on."),
    "elsewhere": _("The site sends us on to another address. Add that address to the site, then try again."),
    "kind": _("That is no page of text."),
    "time": _("There was no time left for it."),
}


class CrawlStopped(Refusal):
    """Raised where nothing of a site could be read. `code`: a key of WORDS, or the status of the answer."""


@dataclass(frozen=True, slots=True)
class CrawledPage:
    """A page of a site, read or not: None with a `reason`, a key of WORDS or the status of the answer.

    `number` of `of` pages, the front page is 1; `of` grows as more are found.
    """

    url: str
    page: ReadPage | None
    reason: str
    number: int
    of: int


def crawl(origins: Sequence[str]) -> Iterator[CrawledPage]:
    """Read the front page of a site, and then at most eight pages of its own about contact, delivery and the like.

    Args:
        origins: the site's own addresses. The first is read; a redirect to another of them is followed.

    Raises:
        CrawlStopped: the front page can't be read.
    """
    site = _SiteCall(frozenset(origins))
    url, page = site.read(f"{origins[0]}/")
    found = _Found({url})
    found.add(rank_pages(url, page.links, site.origins))
    yield CrawledPage(url, page, "", 1, found.count + 1)
    for number in range(2, MOST_PAGES + 2):
        asked = found.take()
        if asked is None:
            break
        try:
            if not site.left:
                raise CrawlStopped("time")
            url, page = site.read(asked)
        except CrawlStopped as problem:
            yield CrawledPage(asked, None, problem.code, number, found.count + number)
            continue
        # Two addresses may lead to one page.
        is_new = url == asked or found.visit(url)
        if is_new:
            found.add(rank_pages(url, page.links, site.origins))
        yield CrawledPage(url, page if is_new else None, "", number, found.count + number)


class _Found:
    """Pages that were found and not asked for yet, the most promising first. None twice."""

    def __init__(self, visited: Collection[str]) -> None:
        self._visited = set(visited)
        self._waiting: dict[str, int] = {}
        self._taken = 0

    @property
    def count(self) -> int:
        """How many of them will be asked for."""
        return min(len(self._waiting), MOST_PAGES - self._taken)

    def add(self, pages: Sequence[tuple[int, str]]) -> None:
        for worth, url in pages:
            if url not in self._visited:
                self._waiting.setdefault(url, worth)

    def take(self) -> str | None:
        url = max(self._waiting, key=lambda one: self._waiting[one], default=None)
        if url is not None:
            del self._waiting[url]
            self._taken += 1
            self._visited.add(url)
        return url

    def visit(self, url: str) -> bool:
        """Note that an address was read by way of another. False if it was read before."""
        is_new = url not in self._visited
        self._visited.add(url)
        self._waiting.pop(url, None)
        return is_new


class _SiteCall:
    """Calls to one site, which together have one deadline."""

    def __init__(self, origins: frozenset[str]) -> None:
        self.origins = origins
        self._ends = clock.steady() + SECONDS
        self._rules: dict[str, list[RobotRule]] = {}

    @property
    def left(self) -> float:
        return max(0.0, self._ends - clock.steady())

    def read(self, url: str) -> tuple[str, ReadPage]:
        """Return the address that answered in the end, and its page.

        Raises:
            CrawlStopped: it may not be read, or can't.
        """
        for _turn in range(REDIRECTS + 1):
            parts = urlsplit(url)
            rules = self._rules_of(f"{parts.scheme}://{parts.netloc}")
            if not robots.may_read(rules, parts.path + (f"?{parts.query}" if parts.query else "")):
                raise CrawlStopped("robots")
            answer = self._call(url, PAGE_SIZE)
            where = redirected(url, answer)
            if where is None:
                return url, _page_of(answer)
            there = own_page(url, where, self.origins)
            if there is None:
                raise CrawlStopped("elsewhere")
            url = there
        raise CrawlStopped("redirects")

    def _rules_of(self, origin: str) -> list[RobotRule]:
        """Return the rules of an origin. By RFC 9309 a file that isn't there allows all, and one that fails nothing."""
        if origin not in self._rules:
            url = f"{origin}/robots.txt"
            for _turn in range(REDIRECTS + 1):
                answer = self._call(url, robots.SIZE)
                there = redirected(url, answer)
                if there is None or not there.startswith(tuple(f"{own}/" for own in self.origins)):
                    break
                url = there
            if answer.status >= 500:
                raise CrawlStopped("robots_unread")
            text = answer.unpack(robots.SIZE).decode("utf-8", "replace") if answer.status == 200 else ""
            self._rules[origin] = robots.read_robots(text, AGENT)
        return self._rules[origin]

    def _call(self, url: str, size: int) -> Answer:
        if not self.left:
            raise CrawlStopped("time")
        try:
            return fetch(url, headers={"Accept": "text/html"}, seconds=min(PAGE_SECONDS, self.left), size=size)
        except NoAnswer as problem:
            raise CrawlStopped(problem.code) from None


def _page_of(answer: Answer) -> ReadPage:
    if answer.status != 200:
        raise CrawlStopped(str(answer.status))
    kind = answer.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() not in _HTML:
        raise CrawlStopped("kind")
    return read_html(answer.unpack(PAGE_SIZE)[:PAGE_SIZE], kind)
