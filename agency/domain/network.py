"""Addresses of callers: which one a chain of proxies tells, and the range that one person or office has."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address
# All of IPv6 that is given out to the internet (IANA), and the way through a translator to the IPv4 address in its last
# 32 bits (NAT64, RFC 6052). Whatever else there is belongs to a network or carries an address inside.
_INTERNET, _NAT64 = ip_network("2000::/3"), ip_network("64:ff9b::/96")
# The range a provider gives one house or one office floor: its owner can take any of its 2^64 addresses.
IPV6_PREFIX = 64


def parse(text: str) -> Address | None:
    """Read one address, with or without brackets and port. None for anything else.

    An IPv4 address in IPv6 clothes (`::ffff:203.0.113.7`) is the IPv4 address.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def client_of(peer: str, forwarded: Iterable[str], proxies: int) -> str:
    """The caller's address: of the peer, or as the outermost of our own proxies saw it.

    Args:
        forwarded: the values of all X-Forwarded-For headers, in order.
        proxies: how many proxies of ours stand in front. The last one wrote the last entry; what a caller put before
            those of ours is never read. A value that isn't an address counts as none.
    """
    if proxies > 0:
        hops = [hop for value in forwarded for hop in value.split(",")]
        address = parse(hops[-min(proxies, len(hops))]) if hops else None
        if address is not None:
            return str(address)
    return peer


def range_of(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, the /64 of an IPv6 address, "" for what is no address."""
    parsed = parse(address)
    if parsed is None:
        return ""
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)


def is_ours(address: str) -> bool:
    """Whether the address is this machine or a private network: a proxy of ours may have it, a caller can't."""
    parsed = parse(address)
    return parsed is None or parsed.is_loopback or parsed.is_private


def is_public(address: str) -> bool:
    """Whether the address is one host of the open internet, also under the IPv4 address that it carries inside."""
    parsed = parse(address)
    if parsed is None or not parsed.is_global or parsed.is_multicast:
        return False
    if isinstance(parsed, IPv4Address):
        return True
    if parsed in _NAT64:
        return is_public(str(IPv4Address(int(parsed) & 0xFFFFFFFF)))
    # 6to4 and Teredo carry an IPv4 address too; no site lives there.
    return parsed in _INTERNET and parsed.sixtofour is None and parsed.teredo is None


def is_loopback(address: str) -> bool:
    """Whether the address is this machine."""
    parsed = parse(address)
    return parsed is not None and parsed.is_loopback


def shortened(caller: str) -> str:
    """A range without its last part, for what is kept for years: `203.0.113.x`, or the first 48 bits."""
    parsed = parse(caller.partition("/")[0])
    if isinstance(parsed, IPv4Address):
        return f"{str(parsed).rpartition('.')[0]}.x"
    return str(ip_network((parsed, 48), strict=False)) if parsed else caller
