"""Whether a page carries a site's code, as it is sent: what scripts add later only a browser sees."""

import re
from datetime import timedelta

FOUND, OTHER, HIDDEN, ABSENT = "found", "other", "hidden", "absent"
# A page that couldn't be read says nothing about the code, and one that a tag manager may add it to neither.
UNREAD = "unread"
MISSES = frozenset({OTHER, ABSENT})
_CODE = re.compile(rb"/widget/([0-9a-f]{32})\.js\b")
_TAG_MANAGER = re.compile(rb"googletagmanager\.com/(?:gtm\.js|ns\.html)|\bGTM-[A-Z0-9]{4,12}\b")
# A site may answer us with a page of its own for robots. So a code that was there counts as gone when a second look,
# ten minutes after the first, doesn't find it either, and no browser has had it since.
EVERY = timedelta(hours=6)
AGAIN_AFTER = timedelta(minutes=10)


def read_page(page: bytes, key: str) -> str:
    """Look for the code of a site in a page.

    Args:
        key: the site's key.

    Returns:
        FOUND, OTHER (only another site's code), HIDDEN (none, but a tag manager that may add it), or ABSENT.
    """
    keys = set(_CODE.findall(page))
    if key.encode() in keys:
        return FOUND
    if keys:
        return OTHER
    return HIDDEN if _TAG_MANAGER.search(page) else ABSENT
