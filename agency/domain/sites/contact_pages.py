"""Which of a site's own pages are likely to say how to reach a company, when it is open, and what it promises."""

import re
import unicodedata
from collections.abc import Iterable
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit, urlunsplit

from agency.domain.sites.page import PageLink
from tenants.origins import BadOrigin, parse_origin

# Words of an address or of a link to it, and how much such a page is worth.
_WORTH = MappingProxyType(
    {
        10: ("contact", "bereikbaar"),
        9: ("klantenservice", "customer service", "customerservice", "faq", "veelgestelde", "support", "helpcenter"),
        8: (
            "openingstijden", "opening hours", "openingsuren", "verzend", "bezorg", "levering", "levertijd", "shipping",
            "delivery", "retour", "ruilen", "return", "refund", "annuler", "cancel", "wijzigen", "storing", "spoed",
        ),
        6: ("service", "help", "hulp", "vragen", "questions", "tarieven", "prijzen", "kosten", "rates", "prices"),
        5: ("over ons", "over-ons", "about", "wie zijn wij", "praktisch", "garantie", "betal", "payment", "betaal"),
    }
)  # fmt: skip
_FILE = re.compile(r"\.(?!html?$|php$|aspx?$|jsp$)[a-z0-9]{1,5}$", re.IGNORECASE)
# A page behind a sign-in, a basket or a search has nothing to say to us, and may do something when it is asked.
_NEVER = re.compile(
    r"log-?in|log-?out|inlog|uitlog|account|cart|winkelwagen|checkout|afrekenen|wishlist|add-to|sign-?in"
)
# Addresses longer than this are made by forms and calendars.
_LONGEST_PATH = 200


def own_page(base: str, href: str, origins: Iterable[str]) -> str | None:
    """Return the address that a link leads to, without its fragment, or None where it isn't a page of these origins."""
    try:
        parts = urlsplit(urljoin(base, href))
        origin = parse_origin(f"{parts.scheme}://{parts.netloc}")
    except (BadOrigin, ValueError):
        return None
    if origin not in origins or _FILE.search(parts.path) or len(parts.path) + len(parts.query) > _LONGEST_PATH:
        return None
    return origin + urlunsplit(("", "", parts.path or "/", parts.query, ""))


def worth_of(url: str, words: str) -> int:
    """Return how much a page is likely to say, by its address and the words of a link to it. 0: not worth a call."""
    parts = urlsplit(url)
    said = _plain(f"{parts.path} {words}")
    if _NEVER.search(said):
        return 0
    found = (worth for worth, names in _WORTH.items() if any(name in said for name in names))
    return max(found, default=0)


def rank_pages(base: str, links: Iterable[PageLink], origins: Iterable[str]) -> list[tuple[int, str]]:
    """Return the pages that these links lead to and what each is worth, each once, in the order of the page."""
    own, found = frozenset(origins), dict[str, int]()
    for link in links:
        url = own_page(base, link.href, own)
        worth = worth_of(url, link.words) if url is not None else 0
        if url is not None and worth:
            found[url] = max(worth, found.get(url, 0))
    return [(worth, url) for url, worth in found.items()]


def _plain(words: str) -> str:
    """Small letters without accents."""
    taken_apart = unicodedata.normalize("NFD", words[:500].lower())
    return "".join(one for one in taken_apart if not unicodedata.combining(one))
