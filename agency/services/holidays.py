"""Public holidays, as the `holidays` package counts them: a proposal for hours and a mark in the calendar, never a rule."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays
from django.utils.translation import get_language

# Where the agency itself is: its calendar shows these.
HOME = "NL"
# Names in a language of the reader, best first; a country that has none of them uses its own.
_NAMES = MappingProxyType({"nl": ("nl",), "en": ("en_GB", "en_IE", "en_AU", "en_CA", "en_US")})


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday, with its name in the reader's language where there is one."""

    day: date
    name: str


def list_holidays(country: str, first: date, last: date) -> list[Holiday]:
    """List a country's public holidays of these days, both included, in order; none for a country that isn't known.

    Args:
        country: ISO 3166-1, two letters.
    """
    language = (get_language() or "nl")[:2]
    years = range(first.year, last.year + 1)
    found = (one for year in years for one in _of_year(country, year, language))
    return [one for one in found if first <= one.day <= last]


@lru_cache(maxsize=256)
def _of_year(country: str, year: int, language: str) -> tuple[Holiday, ...]:
    known = _languages()
    if country not in known:
        return ()
    # Without a language the package takes that of the process's environment.
    own = holidays.country_holidays(country).default_language
    name = next((one for one in _NAMES.get(language, ()) if one in known[country]), own)
    days = holidays.country_holidays(country, years=year, language=name)
    return tuple(Holiday(day, days[day]) for day in sorted(days))


@lru_cache(maxsize=1)
def _languages() -> dict[str, list[str]]:
    named = holidays.list_localized_countries()
    return {country: named.get(country, []) for country in holidays.list_supported_countries()}
