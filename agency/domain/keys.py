"""Recognising somebody again without keeping who it was."""

import hashlib
import hmac


def visitor_key(secret: str, visitor_id: str) -> str:
    """HMAC-SHA256 of a visitor's id under the company's secret, in hexadecimal: two companies' keys never match."""
    return _keyed(secret, "visitor", visitor_id)


def address_key(secret: str, address: str) -> str:
    """Return the HMAC-SHA256 of a mail address, without regard to case or surrounding space, or empty for none."""
    plain = address.strip().casefold()
    return _keyed(secret, "address", plain) if plain else ""


def _keyed(secret: str, kind: str, value: str) -> str:
    return hmac.new(secret.encode(), f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()
