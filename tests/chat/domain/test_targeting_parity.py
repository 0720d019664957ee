"""The rules in Python and in the page choose the same greeting, on thousands of made-up ones."""

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from chat.domain.targeting import RULES, Greeting, PageVisit, choose_greeting, path_of

ROOT = Path(__file__).resolve().parents[3]
CASES = 4_000
# Pieces of paths that match each other often, with what is odd in addresses and in JavaScript's strings.
PIECES = ["/", "/a", "/ab", "b", "*", "?", "é", "%C3%A9", "%", "%e", "%ff", "%2F", "\U0001f45f", "%F0%9F%91%9F", "A"]
AROUND = ["", "https://shop.example", "HTTP://x:80", "mailto:", "//", "?q=/a", "#/a", "?a*b", "\u2028"]

_NODE = """
import { readFileSync } from "node:fs";
import { RULES, chooseGreeting } from "%s";
const cases = JSON.parse(readFileSync(0, "utf8"));
const chosen = cases.map(({ greetings, visit }) => chooseGreeting(greetings, visit)?.id ?? null);
console.log(JSON.stringify({ rules: Object.keys(RULES), chosen }));
"""


def make_path(random_: random.Random) -> str:
    return "".join(random_.choices(PIECES, k=random_.randint(0, 6)))


def make_pattern(random_: random.Random, url: str) -> str:
    """Return a pattern that often fits: the path with some characters made wildcards."""
    if random_.random() < 0.2:
        return make_path(random_)
    return "".join(random_.choice([one, one, one, "?", "*", ""]) for one in path_of(url))


# A value of each rule for a visit, and the facts of a visit. A new rule adds its own line here.
VALUES = {"patterns": lambda r, visit: [make_pattern(r, visit["url"]) for _ in range(r.randint(0, 3))]}
VISITS = {"url": lambda r: r.choice(AROUND) + make_path(r) + r.choice(AROUND)}


def make_case(random_: random.Random) -> dict[str, Any]:
    visit = {name: value(random_) for name, value in VISITS.items()}
    greetings = [
        {"id": str(at), **{name: value(random_, visit) for name, value in VALUES.items() if random_.random() < 0.9}}
        for at in range(random_.randint(0, 8))
    ]
    return {"greetings": greetings, "visit": visit}


def chosen_here(case: dict[str, Any]) -> str | None:
    greetings = [
        Greeting(one["id"], {name: one[name] for name in RULES if name in one}, "") for one in case["greetings"]
    ]
    chosen = choose_greeting(greetings, PageVisit(**case["visit"]))
    return chosen.id if chosen else None


@pytest.fixture(scope="module")
def cases() -> list[dict[str, Any]]:
    random_ = random.Random(1)
    return [make_case(random_) for _ in range(CASES)]


def test_both_sides_have_the_same_rules_and_choose_the_same(cases: list[dict[str, Any]]) -> None:
    script = _NODE % (ROOT / "static" / "widget" / "invite" / "targeting.js").as_uri()
    answer = subprocess.run(
        ["node", "--input-type=module", "--eval", script],
        input=json.dumps(cases), capture_output=True, text=True, check=True,
    )  # fmt: skip
    there = json.loads(answer.stdout)
    assert there["rules"] == list(RULES) == list(VALUES)
    here = [chosen_here(case) for case in cases]
    differ = [(case, own, other) for case, own, other in zip(cases, here, there["chosen"], strict=True) if own != other]
    assert differ[:3] == []
    # The questions mean something: many have an answer, and not always the first greeting.
    assert sum(one is not None for one in here) > CASES * 0.2
    assert sum(one not in (None, "0") for one in here) > CASES * 0.1
