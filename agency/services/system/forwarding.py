"""A proxy in front that nobody told us of: then every caller has its address, and no limit by address holds."""

import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import Error
from django.db.models import Q

from agency.domain import network
from agency.services.system.health import note_heartbeat
from tenants import clock, memory

log = structlog.get_logger(__name__)

PART = "forwarding"
# Said at the first such request of a process, and again after an hour.
AGAIN_S = 3_600.0
HEADERS = frozenset({b"x-forwarded-for", b"forwarded", b"x-real-ip"})

# In this process: when it was said last.
_said: list[float] = memory.keep([])


def is_news() -> bool:
    """True if it is time to say so. Asks nobody."""
    return not _said or time.monotonic() - _said[-1] >= AGAIN_S


def say_untrusted(peer: str) -> None:
    """Log that a request was passed on by somebody we don't trust, and alarm the managers if it may be a proxy of ours.

    A caller on the internet can write such a header, too; nobody is alarmed for that.
    """
    _said[:] = [time.monotonic()]
    ours = network.is_ours(peer)
    log.warning("forwarded_by_untrusted_peer", ours=ours, remedy="set BALIE_PROXIES")
    if ours:
        try:
            note_heartbeat(part=PART, node=settings.NODE, now=clock.now())
        except Error as problem:
            log.warning("forwarding_not_noted", problem=type(problem).__name__)


def untrusted(now: datetime) -> Q:
    """Match the web processes that met such a request within the last two hours."""
    return Q(part=PART, at__gt=now - 2 * timedelta(seconds=AGAIN_S))
