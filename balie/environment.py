"""Variables of the environment that allow a few values only: anything else is refused by name, never taken for a
default.

A misspelt `BALIE_ENV=prodution` would otherwise start an installation without its guards. No Django here but the
exception, so that the launcher reads them too.
"""

import os
import re
from decimal import Decimal

from django.core.exceptions import ImproperlyConfigured

from tenants.origins import ascii_host, ascii_url

ENVIRONMENTS = ("development", "test", "production")
# Off is what nothing said means, so an empty value is off as well.
SWITCH = ("", "0", "1")


def read_environment() -> str:
    """Which of the three kinds of installation this is. Raises ImproperlyConfigured."""
    return read_choice("BALIE_ENV", ENVIRONMENTS, default="development")


def read_choice(name: str, allowed: tuple[str, ...], *, default: str) -> str:
    """The value of a variable, or the default where it isn't set at all.

    Raises:
        ImproperlyConfigured: it is none of the allowed ones; the message names them.
    """
    value = os.environ.get(name, default)
    if value not in allowed:
        words = ", ".join(one or repr(one) for one in allowed)
        raise ImproperlyConfigured(f"{name} is '{value}'. Allowed: {words}.")
    return value


def read_number(name: str, *, default: float) -> float:
    """Return the number of a variable, zero or more, or the default where it isn't set or is empty.

    Raises:
        ImproperlyConfigured: it is no such number.
    """
    value = os.environ.get(name) or str(default)
    if not value.replace(".", "", 1).isascii() or not value.replace(".", "", 1).isdecimal():
        raise ImproperlyConfigured(f"{name} is '{value}'. Allowed: a number, zero or more.")
    return float(value)


def read_amount(name: str) -> Decimal | None:
    """Return the amount of money of a variable, in whole cents, or None where it isn't set or is empty.

    Raises:
        ImproperlyConfigured: it is no such amount.
    """
    value = os.environ.get(name) or ""
    if not value:
        return None
    if not re.fullmatch(r"\d{1,3}(\.\d{1,2})?", value, re.ASCII):
        raise ImproperlyConfigured(f"{name} is '{value}'. Allowed: an amount from 0 to 999.99, such as 4.50.")
    return Decimal(value)


def read_list(name: str) -> list[str]:
    """Return the values of a variable that names several, separated by commas, or an empty list where it isn't set."""
    return [one for value in os.environ.get(name, "").split(",") if (one := value.strip())]


def ascii_name(host: str) -> str:
    """A host, or an address with one, as browsers send it. Raises ImproperlyConfigured.

    It may be written in its own script. A dot before it (any host under it) stays.
    """
    if host.isascii():
        return host
    try:
        if "://" in host:
            return ascii_url(host)
        return "." * host.startswith(".") + ascii_host(host.lstrip("."))
    except ValueError:
        raise ImproperlyConfigured(f"'{host}' is not the name of a host.") from None
