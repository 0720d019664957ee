"""How often one address may begin something. Counted in the cache: for all processes, or per process while Valkey is away."""

import ipaddress

from django.core.cache import cache

# A family or an office behind one address, and some to spare; a flood is stopped within a minute.
NEW_CHATS = 20
NEW_CHATS_WITHIN = 600
# Transcripts asked for from one address in the same time.
TRANSCRIPTS = 20
# Invitations asked for from one address in the same time; and of one device (address and browser) on one site, where a
# visit is half an hour: nothing about it is kept on the visitor's side.
INVITATIONS = 20
INVITATIONS_A_VISIT = 1
VISIT = 1_800


def is_allowed(*, what: str, address: str, limit: int, within: int) -> bool:
    """Count one more from this address; False when it is over `limit` in a window of `within` seconds.

    Loopback is never limited: what comes from there has not passed the proxy.
    """
    if is_exempt(address):
        return True
    key = f"limit:{what}:{address}"
    cache.add(key, 0, timeout=within)
    try:
        return int(cache.incr(key)) <= limit
    except ValueError:  # it ended between the two calls
        return True


def is_exempt(address: str) -> bool:
    """Whether this address is never counted; asks nobody."""
    if not address:
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
