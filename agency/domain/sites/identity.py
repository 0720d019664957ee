"""The name of a visitor, as a company's own server says and signs: a JSON Web Token with HS256, and no other kind.

Written out and not taken from a library: a library reads every algorithm that a token may ask for, and this reads one.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from agency.domain.refusal import Refusal

LONGEST_TOKEN = 4_096
# A token is good for so long at most: one that leaks is soon worth nothing.
LONGEST = timedelta(hours=1)
# Between two servers' clocks.
APART = timedelta(seconds=60)
_LIMITS = {"sub": 100, "name": 100, "email": 254}


class BadIdentity(Refusal):
    """The facts aren't taken.

    Codes: unreadable, algorithm, signature, audience (of another site), expired, too_long (holds for over an hour),
    facts (no `sub`, or one that is too long or no text).
    """


@dataclass(frozen=True, slots=True)
class Identity:
    """The facts about a visitor that a company's server vouches for. `sub`: its own number of the customer."""

    sub: str
    name: str
    email: str


def read_identity(token: str, *, secrets: Iterable[str], audience: str, now: datetime) -> Identity:
    """Read a token that one of these secrets signed.

    Args:
        audience: the site's public key, which the token names in `aud`.

    Raises:
        BadIdentity: it isn't one, or holds no longer.
    """
    if len(token) > LONGEST_TOKEN or token.count(".") != 2 or not token.isascii():
        raise BadIdentity("unreadable")
    signed, _, given = token.rpartition(".")
    head, body = map(_read_part, signed.split("."))
    if head.get("alg") != "HS256":
        raise BadIdentity("algorithm")
    signature = _bytes_of(given)
    # Each secret is tried, whichever fits: how long it takes says nothing.
    fits = [hmac.compare_digest(_sign(secret, signed), signature) for secret in secrets]
    if not any(fits):
        raise BadIdentity("signature")
    _check_times(body, now)
    wanted = body.get("aud")
    if audience not in (wanted if isinstance(wanted, list) else [wanted]):
        raise BadIdentity("audience")
    facts = {name: body.get(name, "") for name in _LIMITS}
    for name, limit in _LIMITS.items():
        if not isinstance(facts[name], str) or len(facts[name]) > limit or "\0" in facts[name]:
            raise BadIdentity("facts")
    if not facts["sub"].strip():
        raise BadIdentity("facts")
    return Identity(**facts)


def _check_times(body: dict[str, Any], now: datetime) -> None:
    ends = body.get("exp")
    if isinstance(ends, bool) or not isinstance(ends, (int, float)):
        raise BadIdentity("expired")
    # Compared and not counted with: a number of 400 digits is no float.
    if not ends > (now - APART).timestamp():
        raise BadIdentity("expired")
    if ends > (now + LONGEST + APART).timestamp():
        raise BadIdentity("too_long")


def _read_part(part: str) -> dict[str, Any]:
    try:
        read = json.loads(_bytes_of(part))
    except (ValueError, RecursionError):
        raise BadIdentity("unreadable") from None
    if not isinstance(read, dict):
        raise BadIdentity("unreadable")
    return read


def _bytes_of(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadIdentity("unreadable") from None


def _sign(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
