"""The rules of a site's robots.txt for one robot, by RFC 9309: the longest rule that fits an address decides.

Python's own reader knows no `*` and takes the first rule that fits, which isn't what sites mean.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Of a file; RFC 9309 asks for 500 KiB, which no site of a small company comes near.
SIZE = 100_000
_MOST_RULES = 1_000
_LINE = re.compile(r"^\s*([A-Za-z-]+)\s*:\s*([^#]*)")


@dataclass(frozen=True, slots=True)
class RobotRule:
    """A rule: whether an address may be read that fits the pattern."""

    allows: bool
    pattern: str


def read_robots(text: str, agent: str) -> list[RobotRule]:
    """Return the rules for a robot: those of its own name, or else those for all (`*`).

    Args:
        agent: the robot's name, in any case.
    """
    own: list[RobotRule] = []
    general: list[RobotRule] = []
    names: set[str] = set()
    is_named = begun = False
    for line in text[:SIZE].splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            # Names one under the other share the rules that follow.
            names = set() if begun else names
            begun = False
            names.add(value.lower())
            is_named = is_named or value.lower() == agent.lower()
        elif key in ("allow", "disallow"):
            begun = True
            rule = RobotRule(key == "allow", value[:500])
            for name, held in ((agent.lower(), own), ("*", general)):
                if name in names and value and len(held) < _MOST_RULES:
                    held.append(rule)
    return own if is_named else general


def may_read(rules: Sequence[RobotRule], path: str) -> bool:
    """Return whether a path, with its query, may be read."""
    fitting = [rule for rule in rules if _fits(rule.pattern, path)]
    return max(((len(rule.pattern), rule.allows) for rule in fitting), default=(0, True))[1]


def _fits(pattern: str, path: str) -> bool:
    """Look for the parts between the stars one after the other: each from the left, so the time is bounded."""
    is_end = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not others:
        return not is_end or path == first
    at = len(first)
    for part in others[:-1]:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    last = others[-1]
    return len(path) - at >= len(last) and path.endswith(last) if is_end else path.find(last, at) >= 0
