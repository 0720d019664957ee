"""Telephone numbers as people write them. `static/widget/talk/writing.js` knows the same rule, and one table tests
both.
"""

import re
import unicodedata

# E.164: at most fifteen digits. A visitor's number has eight at least; a company may be called by a short one (14 020).
MOST_DIGITS, LEAST_DIGITS, LEAST_SHORT = 15, 8, 5
_LONGEST = 40
_NUMBER = re.compile(r"\+?[0-9(][0-9 ().\-/]*", re.ASCII)


def parse_phone(typed: str, *, least: int = LEAST_DIGITS) -> str | None:
    """Return a telephone number as typed, with plain spaces and hyphens, or None when it can't be one.

    Marks that can't be seen are left out: address books put a change of direction around their numbers.

    Args:
        least: the fewest digits.
    """
    number = "".join(map(_plain, typed)).strip()
    digits = sum(character.isdigit() for character in number)
    if len(number) > _LONGEST or not _NUMBER.fullmatch(number):
        return None
    return number if least <= digits <= MOST_DIGITS else None


def _plain(character: str) -> str:
    category = unicodedata.category(character)
    return {"Zs": " ", "Pd": "-", "Cf": ""}.get(category, character)
