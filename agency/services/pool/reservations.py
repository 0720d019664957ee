"""A slot kept for a visitor who is invited, until their first message or for 20 s.

A reservation is a claim in the counts, on no seat of its own: the router knows nothing of it, and a visitor who comes
by themselves is never refused for one. It keeps the next invitations, and the launchers of the sites, off the last
slots.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from agency.models import Reservation
from agency.services.pool.availability import Pool, may_invite
from agency.services.pool.site_facts import PoolFacts
from agency.services.system import rate_limits
from tenants.models import Site

KEEP_FOR = timedelta(seconds=20)
# Our number of the advisory lock; those in use are listed in billing/services/locks.py.
_LOCK = 7117


@transaction.atomic
def reserve(*, site: Site, level: str, known: PoolFacts, now: datetime) -> Reservation | None:
    """Keep one slot for 20 s, or None: none is left beyond what is kept for those who come by themselves.

    One lock for all sites, as most seats know many of them: who comes second counts what the first one took. It is held
    for four small queries, and a visit asks once.

    Args:
        level: what the site shows; only an open one invites.
        known: what this process knows of sites and certifications, at most some seconds old.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    Reservation.objects.filter(expires_at__lte=now).delete()
    if not may_invite(Pool(known, now).room(site.company_id, site.language), level):
        return None
    return Reservation.objects.create(company_id=site.company_id, site_id=site.pk, expires_at=now + KEEP_FOR)


def may_ask(*, site: Site, address: str, device: str) -> bool:
    """Count another question for an invitation. False for a second one in a visit, or a flood from one address.

    Args:
        device: what tells devices behind one address apart, as the browser's name; kept as a digest, for half an hour.
    """
    caller = rate_limits.address_key(address)
    known_as = rate_limits.digest(str(site.pk), device, caller) if caller else ""
    return rate_limits.take(rate_limits.INVITATIONS_OF_ADDRESS, caller) and rate_limits.take(
        rate_limits.INVITATIONS_OF_VISIT, known_as
    )


def use_up(*, reservation_id: UUID, site_id: UUID) -> None:
    """The invited visitor's chat begins: it is a waiting chat from here on. Another site's
    reservation is left alone.
    """
    Reservation.objects.filter(pk=reservation_id, site_id=site_id).delete()
