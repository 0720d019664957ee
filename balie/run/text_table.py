"""The one table that a start prints: where everything is and how to get in."""

from collections.abc import Mapping
from typing import Any

PASSWORD = "balie-demo-2026"  # noqa: S105 -- the demo's, printed at every start
PEOPLE = {
    "maud@balie.test": "manager",
    "alice@balie.test": "operator of acme and zen",
    "bob@balie.test": "operator of acme",
    "eva@, nadia@, tom@": "operators of acme and zen",
    "carol@acme.test": "owner of acme's portal",
    "dave@zen.test": "owner of zen's portal",
}


def running_table(facts: Mapping[str, Any], *, started_s: float | None = None) -> str:
    """Lay out the table of a run from its services.json. `started_s`: how long the start took."""
    base, port, sites = facts["base_url"], facts["port"], facts["sites_port"]
    places = {
        "Visitor, acme's shop": f"http://acme-shop.localhost:{sites}/",
        "Visitor, zen's site": f"http://zen-energie.localhost:{sites}/",
        "Operator's console": f"{base}/console/",
        "Manager": f"{base}/manage/",
        "Portal of acme": f"http://acme.localhost:{port}/",
        "Portal of zen": f"http://zen.localhost:{port}/",
        "Health": f"{base}/healthz",
    }
    kept = {"Mail lands in": facts["mail"], "Logs": facts["log"]}
    headline = "Balie is up." if started_s is None else f"Balie is up after {started_s:.1f} s."
    return "\n".join(
        [
            "",
            f"  {headline}",
            "",
            *_rows(places),
            "",
            f"  Demo logins, password {PASSWORD} for all of them",
            *_rows(PEOPLE),
            "",
            *_rows(kept),
            "",
            "  Ctrl-C stops all of it." if started_s is not None else "  Ctrl-C where it was started stops all of it.",
            "",
        ]
    )


def _rows(cells: Mapping[str, str]) -> list[str]:
    width = 22
    return [f"    {name:<{width}} {value}" for name, value in cells.items()]
