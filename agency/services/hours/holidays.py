"""Public holidays, as the `holidays` package counts them: a proposal for hours and a mark in the calendar, never a
rule.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType

import holidays
from django.utils.translation import get_language

# Where the agency itself is: its calendar shows these.
HOME = "NL"
# Names in a language of the reader, best first; a country that has none of them uses its own.
_NAMES = MappingProxyType({"nl": ("nl",), "en": ("en_GB", "en_IE", "en_AU", "en_CA", "en_US")})


# A day off for some, every year, and a public holiday once in five years (Liberation Day: 2025, 2030): proposed all the
# same.
_FOR_SOME = frozenset({("NL", 5, 5)})


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, with its name in the reader's language where there is one. `for_some`: not
    a day off for all.
    """

    day: date
    name: str
    for_some: bool = False


def list_holidays(country: str, first: date, last: date, *, for_some: bool = False) -> list[Holiday]:
    """List a country's public holidays of these days, both included, in order, or an empty list for an unknown country.

    Args:
        country: ISO 3166-1, two letters.
        for_some: with the days that only some have off that year.
    """
    language = (get_language() or "nl")[:2]
    years = range(first.year, last.year + 1)
    found = (one for year in years for one in _of_year(country, year, language))
    return [one for one in found if first <= one.day <= last and (for_some or not one.for_some)]


@lru_cache(maxsize=256)
def _of_year(country: str, year: int, language: str) -> tuple[Holiday, ...]:
    known = _languages()
    if country not in known:
        return ()
    # Without a language the package takes that of the process's environment.
    own = holidays.country_holidays(country).default_language
    name = next((one for one in _NAMES.get(language, ()) if one in known[country]), own)
    read = partial(holidays.country_holidays, country, years=year, language=name)
    days = read()
    found = {day: Holiday(day, days[day]) for day in days}
    some = [date(year, month, day) for place, month, day in _FOR_SOME if place == country]
    optional = read(categories="optional") if some else {}
    found |= {day: Holiday(day, optional[day], for_some=True) for day in some if day not in found and day in optional}
    return tuple(found[day] for day in sorted(found))


@lru_cache(maxsize=1)
def _languages() -> dict[str, list[str]]:
    named = holidays.list_localized_countries()
    return {country: named.get(country, []) for country in holidays.list_supported_countries()}
