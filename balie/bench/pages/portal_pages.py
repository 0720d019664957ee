"""`bench portal`: every page of a portal and every kind of search, at a company with 100,000 finished chats."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from agency.models import User
from balie.bench.live.setup import scratch_database
from balie.bench.pages import portal_setup
from balie.bench.pages.portal_setup import COMMON, RARE, SINGULAR
from balie.bench.pool.router_process import cpu_seconds
from chat.services.finished.archive import Filters, find_chats
from tenants.models import Company

PAGE_MS, SEARCH_MS, QUERIES, TRIES = 150, 200, 12, 6
HOST = "groot.localhost"
# Typed by people, under what it is. The vocabulary's most used words come first.
SEARCHES: dict[str, Callable[[list[str]], str]] = {
    "whole word, in every chat": lambda words: COMMON,
    "whole word, rare": lambda words: RARE,
    "by its stem": lambda words: f"{SINGULAR}en",
    "prefix of three letters": lambda words: words[5][:3],
    "prefix, in every chat": lambda words: COMMON[:3],
    "a letter wrong": lambda words: COMMON.replace("ll", "l"),
    "a letter wrong, rare": lambda words: RARE.replace("aa", "a"),
    "two words": lambda words: f"{words[30]} {words[300]}",
    "two words, common": lambda words: f"{COMMON} {words[3]}",
    "phrase in quotes": lambda words: f'"{words[3]} {words[5]}"',
    "no hit": lambda words: "qqqxyzzy",
    "number": lambda words: "#77",
    "mail address": lambda words: "niemand@example.nl",
}


def run_portal(*, count: int = portal_setup.CHATS) -> dict[str, Any]:
    """Milliseconds (the best of six) by the clock and of CPU, and queries, of each page and each search."""
    with scratch_database():
        company, owner = portal_setup.lay_company(count)
        browser = Client(headers={"host": HOST})
        browser.force_login(owner)
        pages = _pages(browser, company, owner)
        words = portal_setup.list_vocabulary()
        searches = [
            {"search": name, "typed": typed(words), **_measure(_search(company, typed(words)))}
            for name, typed in SEARCHES.items()
        ]
    connection.close()
    return {
        "chats": count,
        "goals": {"page_ms": PAGE_MS, "search_ms": SEARCH_MS, "queries": QUERIES},
        "pages": pages,
        "searches": searches,
        "over": [one["page"] for one in pages if one["ms"] > PAGE_MS or one["queries"] > QUERIES]
        + [one["search"] for one in searches if one["ms"] > SEARCH_MS],
    }


def table(answer: dict[str, Any]) -> str:
    """The same for reading."""
    lines = [f"{'page or search':<44}{'ms':>8}{'CPU ms':>8}{'queries':>9}{'found':>8}"]
    for one in [*answer["pages"], *answer["searches"]]:
        name = one.get("page") or one["search"]
        lines.append(f"{name:<44}{one['ms']:>8}{one['cpu_ms']:>8}{one['queries']:>9}{one['found']:>8}")
    return "\n".join(lines)


def _pages(browser: Client, company: Company, owner: User) -> list[dict[str, Any]]:
    """The pages that need no id, and one transcript. Files aside, which hold 20,000 chats."""
    found = []
    chat = find_chats(company=company, filters=Filters(), size=1).lines[0].chat_id
    patterns = get_resolver("balie.portal_urls").url_patterns
    names = [getattr(one, "name", None) for one in patterns if not one.pattern.regex.groupindex]
    urls = {name: reverse(name, urlconf="balie.portal_urls") for name in names if name and "_csv" not in name}
    urls["portal_chat"] = reverse("portal_chat", urlconf="balie.portal_urls", args=[chat])
    urls["portal_chats?q"] = f"{urls['portal_chats']}?q={RARE}"
    for name, url in urls.items():
        if "xlsx" in name or browser.get(url).status_code != 200:
            continue
        found.append({"page": name, **_measure(lambda url=url: len(browser.get(url).content))})  # type: ignore[misc]
    return found


def _search(company: Company, words: str) -> Callable[[], int]:
    return lambda: find_chats(company=company, filters=Filters(words=words)).count


def _measure(work: Callable[[], int]) -> dict[str, Any]:
    found = work()
    with CaptureQueriesContext(connection) as queries:
        work()
        asked = len(queries)
    best = cpu = float("inf")
    backend = connection.connection.info.backend_pid
    served = cpu_seconds(backend)
    for _ in range(TRIES):
        began, worked = time.perf_counter(), time.process_time()
        work()
        best = min(best, time.perf_counter() - began)
        cpu = min(cpu, time.process_time() - worked)
    served = (cpu_seconds(backend) - served) / TRIES
    return {"ms": round(1000 * best), "cpu_ms": round(1000 * (cpu + served)), "queries": asked, "found": found}
