"""`bench manage`: what each of the manager's pages costs at an agency of 400 operators and 250 companies, in this
process.
"""

import time
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from agency.models import User
from balie.bench.live.setup import scratch_database
from balie.bench.pages import manage_setup
from balie.bench.pool.router_process import cpu_seconds

# Milliseconds a page may take, the best of six.
GOAL_MS, TRIES = 300, 6
# Lists as a manager may also ask for them; the keys are names of routes.
ALSO = {
    "manage_home": ("?show=needs",),
    "manage_company_operators": ("?page=all",),
    "manage_people": ("?page=all",),
    "manage_shifts": ("?page=all&on_page=all",),
    "manage_sla": ("?companies_page=all",),
    "manage_renewals": ("?show=ended",),
}


def run_manage(*, operators: int = manage_setup.OPERATORS, companies: int = manage_setup.COMPANIES) -> dict[str, Any]:
    """Ask every page that a manager can read: milliseconds (the best of six), queries and kB of each, the slowest
    first.
    """
    with scratch_database():
        ids = manage_setup.lay_agency(operators=operators, companies=companies)
        browser = Client(headers={"host": "localhost"})
        browser.force_login(User.objects.get(is_manager=True))
        measured = [_measure(browser, name, url) for name, url in list_pages(ids)]
    connection.close()
    pages = sorted((one for one in measured if one["status"] == 200), key=lambda one: -one["ms"])
    return {
        "operators": operators,
        "companies": companies,
        "goal_ms": GOAL_MS,
        "tries": TRIES,
        "pages": pages,
        "others": {one["page"]: one["status"] for one in measured if one["status"] != 200},
        # All rows on one page is what somebody asks for who wants to wait.
        "over": [one["page"] for one in pages if one["ms"] > GOAL_MS and "page=all" not in one["page"]],
    }


def list_pages(ids: dict[str, str]) -> list[tuple[str, str]]:
    """Every address under /manage/, from the list of URLs: names of routes, and paths with these ids."""
    found = []
    for pattern in get_resolver().url_patterns:
        route, name = str(pattern.pattern), getattr(pattern, "name", "")
        if not route.startswith("manage/"):
            continue
        facts = {name: ids[name] for name in pattern.pattern.regex.groupindex}
        if route.startswith("manage/pool/") and "chat_id" in facts:
            facts["chat_id"] = ids["live_id"]
        url = reverse(name, kwargs=facts)
        found += [(f"{name}{query}", url + query) for query in ("", *ALSO.get(name, ()))]
    return found


def table(answer: dict[str, Any]) -> str:
    """The same for reading."""
    lines = [f"{'page':<44}{'ms':>8}{'CPU ms':>8}{'queries':>9}{'kB':>8}"]
    lines += [
        f"{one['page']:<44}{one['ms']:>8}{one['cpu_ms']:>8}{one['queries']:>9}{one['kb']:>8}" for one in answer["pages"]
    ]
    return "\n".join(lines)


def _measure(browser: Client, name: str, url: str) -> dict[str, Any]:
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(url)
        asked = len(queries)
    facts: dict[str, Any] = {"page": name, "status": answer.status_code}
    if answer.status_code != 200:
        return facts
    best = cpu = float("inf")
    backend = connection.connection.info.backend_pid
    served = cpu_seconds(backend)
    for _ in range(TRIES):
        began, worked = time.perf_counter(), time.process_time()
        answer = browser.get(url)
        b"".join(answer) if answer.streaming else answer.content
        best = min(best, time.perf_counter() - began)
        cpu = min(cpu, time.process_time() - worked)
    served = (cpu_seconds(backend) - served) / TRIES
    size = 0 if answer.streaming else len(answer.content)
    return {
        **facts,
        "ms": round(1000 * best),
        "cpu_ms": round(1000 * (cpu + served)),
        "queries": asked,
        "kb": round(size / 1000),
    }
