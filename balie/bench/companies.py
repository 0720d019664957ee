"""`bench companies`: how long it takes until a company is ready (schema, defaults, site, owner), and whether that
grows with how many there are.
"""

import statistics
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from agency.models import User
from balie.bench.live.setup import scratch_database
from balie.steps.onboard import Terms, start_company
from tenants import clock
from tenants.provisioning import current_template

COUNTS = (1, 10, 100)
MOST = 1_000
# Seconds for the whole company and for its schema alone.
GOAL, SCHEMA_GOAL = 1.0, 0.05
# Of each count the last so many are looked at.
_LOOKED_AT = 50
# Of it a monogram is two: 1,296 of them.
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class SchemaWatch:
    """Times the questions to the database that make a schema."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        answer = execute(sql, params, many, context)
        if sql.startswith("CREATE SCHEMA"):
            self.seconds.append(time.perf_counter() - began)
        return answer


def run_companies(counts: Iterable[int] = COUNTS) -> dict[str, Any]:
    """Make companies one after the other as a manager does, each committed, and time each."""
    marks = sorted(set(counts))
    watch, whole = SchemaWatch(), []
    with scratch_database():
        manager = User.objects.create_user("bench@balie.test", name="Bench", is_manager=True)
        # It is recorded once for each state of the migrations, not for each company.
        current_template()
        with connection.execute_wrapper(watch):
            for number in range(marks[-1]):
                began = time.perf_counter()
                _make(number, manager)
                whole.append(time.perf_counter() - began)
    connection.close()
    rows = [_row(mark, last, whole, watch.seconds) for last, mark in zip([0, *marks], marks, strict=False)]
    return {
        "goal_s": GOAL,
        "schema_goal_s": SCHEMA_GOAL,
        "rows": rows,
        "over": [row["companies"] for row in rows if row["whole"] > GOAL or row["schema"] > SCHEMA_GOAL],
    }


def table(answer: dict[str, Any]) -> str:
    """The same for reading."""
    lines = [f"{'companies':>10}{'whole ms':>10}{'p95':>8}{'schema ms':>11}{'p95':>8}"]
    lines += [
        f"{row['companies']:>10}{1000 * row['whole']:>10.1f}{1000 * row['whole_p95']:>8.1f}"
        f"{1000 * row['schema']:>11.1f}{1000 * row['schema_p95']:>8.1f}"
        for row in answer["rows"]
    ]
    return "\n".join(lines)


def _make(number: int, manager: User) -> None:
    first, second = divmod(number, len(_SIGNS))
    start_company(
        terms=Terms(by=manager, owner=(f"Owner {number}", f"owner{number}@bench.test")),
        now=clock.now(),
        name=f"Company {number}",
        language="nl",
        tone="je",
        slug=f"company-{number}",
        monogram=_SIGNS[first] + _SIGNS[second],
    )


def _row(mark: int, last: int, whole: list[float], schema: list[float]) -> dict[str, Any]:
    """Median and 95th percentile of the last companies up to this count, none of them of the count before."""
    looked = slice(max(last, mark - _LOOKED_AT), mark)
    return {
        "companies": mark,
        "whole": statistics.median(whole[looked]),
        "whole_p95": _p95(whole[looked]),
        "schema": statistics.median(schema[looked]),
        "schema_p95": _p95(schema[looked]),
    }


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, -(-95 * len(values) // 100) - 1)]
