"""Mail addresses: one rule for whoever types one, in a form, over a socket or on a command line."""

import regex
from email_validator import EmailNotValidError, validate_email

from tenants.origins import shown_host

# RFC 5321, 4.5.3.1.3, with room for what is trimmed off; nothing longer is looked at.
_MOST_TYPED = 400
# Characters that come along when an address is copied from a page: spaces of all kinds and what can't be seen.
_EDGES = regex.compile(
    r"^[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]+|[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]+$"
)


def parse_address(typed: str, *, allow_test: bool = False) -> str | None:
    """Return the one mail address in `typed` as it is stored, compared and sent to, or None when it isn't exactly one.

    The part before the @ stays as typed; the domain becomes lower-case ASCII (UTS 46, not transitional: see
    `tenants/origins.py`). Letters outside ASCII before the @ are refused: too few servers take them (SMTPUTF8). So are
    quotes, comments, names beside the address, IP addresses and domains that can't have mail.

    Args:
        allow_test: take addresses under `.test` too, as everywhere but in production.
    """
    if len(typed) > _MOST_TYPED:
        return None
    try:
        found = validate_email(
            _EDGES.sub("", typed),
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=allow_test,
            strict=True,
        )
    except (EmailNotValidError, UnicodeError):
        return None
    return found.ascii_email


def shown_address(address: str) -> str:
    """Return a stored address with its domain in its own script, for people to read."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{shown_host(domain)}"
