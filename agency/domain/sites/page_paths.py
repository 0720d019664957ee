"""Page patterns as staff type them: the path of an address, in which a star stands for anything.

Which pages a pattern fits is decided by `chat.domain.targeting`, and in the page by static/widget/invite/targeting.js.
"""

import re

MOST_PATTERNS, PATTERN_LIMIT = 20, 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def pattern_problem(pattern: str) -> str | None:
    """Say why a page pattern can't be used, or None.

    Returns:
        "address" (a whole web address: the path alone counts), "start" (begins with neither / nor *),
        "query" (? and # don't count, so nothing would match), "control" or "too_long".
    """
    if _CONTROL.search(pattern):
        return "control"
    if "://" in pattern or pattern.lower().startswith("www."):
        return "address"
    if not pattern.startswith(("/", "*")):
        return "start"
    if "#" in pattern or re.search(r"\?.*=", pattern):
        return "query"
    return "too_long" if len(pattern) > PATTERN_LIMIT else None
