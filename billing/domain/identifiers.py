"""Numbers under which a company is known to authorities and banks: checked, and in the one form in which they are kept.

The rules are python-stdnum's, but the KvK number's: eight digits, without a check digit (kvk.nl, "KVK-nummer").
"""

import re

from stdnum import get_cc_module, iban
from stdnum.eu import vat
from stdnum.exceptions import ValidationError

# The one country of the EU whose prefix isn't its ISO code (directive 2006/112/EC, article 215).
_PREFIX = {"GR": "EL"}
_BETWEEN = re.compile(r"[\s.\-]+")
_KVK = re.compile(r"^[0-9]{8}$")
# Of other countries: whatever their register gives out, in capitals.
_REGISTRATION = re.compile(r"^[A-Z0-9/ ]{2,20}$")
_POSTCODE_NL = re.compile(r"^([1-9][0-9]{3})\s*([A-Z]{2})$")


def parse_vat_id(typed: str, country: str) -> str | None:
    """Check a company's VAT number (btw-id).

    Args:
        typed: with or without spaces, dots and the country's prefix.
        country: ISO 3166-1, two letters.

    Returns:
        The number as it stands on an invoice, in the EU with its country's prefix, or None if it is none of that
        country.
    """
    number = _BETWEEN.sub("", typed).upper()
    prefix = _PREFIX.get(country, country)
    if country.lower() in vat.MEMBER_STATES:
        number = number if number.startswith(prefix) else prefix + number
        return number if vat.is_valid(number) else None
    module = get_cc_module(country.lower(), "vat")
    if module is None:
        return number if _REGISTRATION.match(number) else None
    try:
        return str(module.validate(number))
    except ValidationError:
        return None


def parse_registration(typed: str, country: str) -> str | None:
    """Check a number of the trade register: in the Netherlands the KvK number.

    Returns:
        The number as it is kept, or None if it is none.
    """
    if country == "NL":
        number = _BETWEEN.sub("", typed)
        return number if _KVK.match(number) else None
    number = " ".join(typed.upper().replace(".", " ").replace("-", " ").split())
    return number if _REGISTRATION.match(number) else None


def parse_iban(typed: str) -> str | None:
    """Check a bank account number by ISO 13616.

    Returns:
        The number without spaces, or None if it is none.
    """
    try:
        # Without the rules of each country: they hold lists of banks, which age, and a new bank isn't a mistake.
        return str(iban.validate(typed, check_country=False))
    except ValidationError:
        return None


def format_iban(number: str) -> str:
    """Return an account number in groups of four, as people read it."""
    return str(iban.format(number))


def parse_postcode(typed: str, country: str) -> str | None:
    """Check a postcode: in the Netherlands four digits and two letters, elsewhere any of at most 12 characters.

    Returns:
        The postcode as it stands on an envelope, or None if it is none.
    """
    postcode = " ".join(typed.upper().split())
    if country == "NL":
        match = _POSTCODE_NL.match(postcode)
        return f"{match[1]} {match[2]}" if match else None
    return postcode if 0 < len(postcode) <= 12 else None
