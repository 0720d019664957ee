"""Mail addresses as this installation takes them in and shows them."""

from django.conf import settings

from agency.domain.addresses import parse_address


def read_address(typed: str) -> str | None:
    """Return the one address in `typed` as it is stored and sent to, or None.

    In production addresses under `.test` are refused: nobody has mail there.
    """
    return parse_address(typed, allow_test=not settings.PRODUCTION)


def searched_address(typed: str) -> str:
    """Return what to look for when somebody searches by an address: as it would be stored, if it is one."""
    return read_address(typed) or typed.strip()
