"""The constants that words name, each from where it holds: a page, a file and a glossary say the number that rules."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from django.utils.functional import lazy
from django.utils.translation import gettext

from agency.domain import certification
from agency.domain.pool import routing
from agency.domain.promise import sla
from agency.services.pool import seats
from tenants import zone

# Seconds but for `drain` (minutes), `soon` (days) and `zone`. Looked up at each use: words follow a changed constant.
CONSTANTS: Mapping[str, Callable[[], int | str]] = MappingProxyType(
    {
        "short": lambda: sla.SHORT_ABANDON_SECONDS,
        "offer": lambda: routing.OFFER_SECONDS,
        "lease": lambda: round(seats.LEASE.total_seconds()),
        "drain": lambda: routing.DRAIN_SECONDS // 60,
        "soon": lambda: certification.SOON.days,
        "zone": lambda: zone.AGENCY_ZONE,
    }
)


def say(words: str) -> str:
    """Return English words that are marked for the catalogue in the reader's language, with the constants they name."""
    return gettext(words).format(**{name: value() for name, value in CONSTANTS.items()})


say_lazy = lazy(say, str)
