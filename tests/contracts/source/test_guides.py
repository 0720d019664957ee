"""The guides, in both languages: words, keys and numbers are those of the product, and their pictures are there."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from agency.domain import certification
from agency.domain.pool import capacity, routing
from agency.domain.promise import causes, figures, sla
from agency.domain.shifts import shift_times
from agency.models import PoolRule
from agency.services.constants import say
from agency.services.mail import outbox
from agency.services.pool import reservations, seats
from agency.services.pool.live import desks
from agency.services.reports import period, report
from agency.services.shifts import forecast
from agency.services.system import rate_limits
from billing.domain import pricing
from billing.services import reasons
from chat.domain import lifecycle, text
from chat.realtime import auth
from chat.services.finished import rate
from chat.services.mail import limits
from tests import DATA
from tests.browser.screens.pictures import FOLDER, LARGEST, LARGEST_TOGETHER, NAMES

ROOT = DATA.parents[1]
FOLDERS = {"en": ROOT / "docs", "nl": ROOT / "docs" / "nl"}
STATIC = ROOT / "static"
CONSOLE = STATIC / "console"
GUIDES = ("operators", "companies", "managers")
EVERY = [(guide, language) for guide in GUIDES for language in FOLDERS]
# A number and what it counts, as (singular, plural) in each language.
UNITS = {
    "s": {"en": ("second", "seconds"), "nl": ("seconde", "seconden")},
    "min": {"en": ("minute", "minutes"), "nl": ("minuut", "minuten")},
    "h": {"en": ("hour", "hours"), "nl": ("uur", "uur")},
    "days": {"en": ("day", "days"), "nl": ("dag", "dagen")},
    "weeks": {"en": ("week", "weeks"), "nl": ("week", "weken")},
    "times": {"en": ("time", "times"), "nl": ("keer", "keer")},
    "chats": {"en": ("chat", "chats"), "nl": ("chat", "chats")},
    "characters": {"en": ("character", "characters"), "nl": ("teken", "tekens")},
    "addresses": {"en": ("address", "addresses"), "nl": ("adres", "adressen")},
    "people": {"en": ("person", "people"), "nl": ("mens", "mensen")},
    "%": {"en": ("%", "%"), "nl": ("%", "%")},
}
_DAY, _WEEK, _HOUR = timedelta(days=1), timedelta(weeks=1), timedelta(hours=1)
_PROMISE = [(sla.DEFAULT_PROMISE_SECONDS, "s"), (round(sla.PromiseTerms().share * 100), "%")]
_RULE = {field.name: field.default for field in PoolRule._meta.fields}
NUMBERS: dict[str, list[tuple[float, str]]] = {
    "operators": [
        (_PROMISE[0]),
        (routing.OFFER_SECONDS, "s"),
        (routing.CALL_AFTER_BOUNCES, "times"),
        (capacity.LEVEL_CAPACITY["beginner"], "chats"),
        (capacity.LEVEL_CAPACITY["trained"], "chats"),
        (text.TEXT_LIMIT, "characters"),
        (lifecycle.LEFT_AFTER, "s"),
        (lifecycle.REMIND_AFTER // 60, "min"),
        (lifecycle.IDLE_CLOSE // 60, "min"),
        (lifecycle.WRAP_UP_LIMIT, "s"),
        (seats.LEASE.total_seconds(), "s"),
        (routing.DRAIN_SECONDS // 60, "min"),
        (certification.GRACE / _DAY, "days"),
        (rate_limits.PASSWORDS_OF_ACCOUNT.most, "times"),
        (rate_limits.PASSWORDS_OF_ACCOUNT.within // 60, "min"),
    ],
    "companies": [
        *_PROMISE,
        (sla.SHORT_ABANDON_SECONDS, "s"),
        (figures.FEW, "chats"),
        (reservations.KEEP_FOR.total_seconds(), "s"),
        (auth.TOKEN_AGE * timedelta(seconds=1) / _DAY, "days"),
        (lifecycle.REMIND_AFTER // 60, "min"),
        (lifecycle.IDLE_CLOSE // 60, "min"),
        (lifecycle.LEFT_AFTER, "s"),
        (lifecycle.LEFT_AFTER_HIDDEN // 60, "min"),
        (text.TEXT_LIMIT, "characters"),
        (limits.ADDRESSES_PER_CHAT, "addresses"),
        (rate.RATE_WITHIN / _DAY, "days"),
        (pricing.REPEAT_WINDOW / _HOUR, "h"),
        (settings.PASSWORD_RESET_TIMEOUT * timedelta(seconds=1) / _DAY, "days"),
    ],
    "managers": [
        *_PROMISE,
        (settings.PASSWORD_RESET_TIMEOUT * timedelta(seconds=1) / _DAY, "days"),
        (capacity.LEVEL_CAPACITY["beginner"], "chats"),
        (capacity.LEVEL_CAPACITY["trained"], "chats"),
        (certification.GRACE / _DAY, "days"),
        (certification.SOON / _DAY, "days"),
        (_RULE["certified_days"], "days"),
        (_RULE["min_certified"], "people"),
        (routing.OFFER_SECONDS, "s"),
        (routing.CALL_AFTER_BOUNCES, "times"),
        (sla.NOW_SHARE * 100, "%"),
        (desks.SILENT_AFTER.total_seconds(), "s"),
        (seats.LEASE.total_seconds(), "s"),
        (shift_times.SHORTEST / timedelta(minutes=1), "min"),
        (shift_times.LONGEST / _HOUR, "h"),
        (routing.DRAIN_SECONDS // 60, "min"),
        (forecast.HISTORY / _WEEK, "weeks"),
        (forecast.TESTED_WEEKS, "weeks"),
        (forecast.MOST_AHEAD / _WEEK, "weeks"),
        (period.MAX_DAYS, "days"),
        (figures.FEW, "chats"),
        (report.WORST_SHOWN, "chats"),
        (sla.SHORT_ABANDON_SECONDS, "s"),
        (pricing.REPEAT_WINDOW / _HOUR, "h"),
        (outbox.MAX_ATTEMPTS, "times"),
    ],
}


def read(guide: str, language: str) -> str:
    return (FOLDERS[language] / f"{guide}.md").read_text()


def tables(guide: str, language: str) -> list[list[list[str]]]:
    """Return the tables of a guide: rows of cells, without their heads."""
    found = re.findall(r"(?:^\|.*\n)+", read(guide, language), re.M)
    return [
        [[cell.strip() for cell in row.strip("|").split("|")] for row in one.split("\n")[2:] if row] for one in found
    ]


def written(number: float, unit: str, language: str) -> str:
    one, more = UNITS[unit][language]
    shown = f"{round(number):,}" if language == "en" else f"{round(number):,}".replace(",", ".")
    if unit == "%" and language == "en":
        return f"{shown}%"
    return f"{shown} {one if number == 1 else more}"


@pytest.mark.parametrize(("guide", "language"), EVERY)
def test_the_last_table_of_a_guide_has_the_numbers_of_the_code(guide: str, language: str) -> None:
    said = [row[1] for row in tables(guide, language)[-1]]
    assert said == [written(number, unit, language) for number, unit in NUMBERS[guide]]


@pytest.mark.parametrize(("guide", "language"), EVERY)
def test_a_guide_says_no_number_that_its_table_lacks(guide: str, language: str) -> None:
    known = {written(number, unit, language) for number, unit in NUMBERS[guide]}
    units = "|".join(re.escape(word) for unit in UNITS.values() for word in unit[language])
    prose = re.sub(r"`[^`]*`", "", read(guide, language))
    said = {one.group() for one in re.finditer(rf"\d[\d.,]* ?(?:{units})(?!\w)", prose)}
    assert said - known == set()


# Tables that say what the product says of itself: guide, which table of it, how it is made.
@pytest.mark.parametrize("language", FOLDERS)
def test_tables_say_what_the_product_says(language: str) -> None:
    for guide, place, made in (
        ("operators", 0, expected_keys),
        ("companies", 0, expected_reasons),
        ("managers", 0, expected_figures),
        ("managers", 1, expected_causes),
    ):
        said = [[cell.replace("`", "") for cell in row] for row in tables(guide, language)[place]]
        assert said == made(language)


def expected_keys(language: str) -> list[list[str]]:
    """Each key of the console and what its map says that it does."""
    alt, _, places = (CONSOLE / "rules" / "keys.js").read_text().partition("export const PLACE_KEYS")
    words = (CONSOLE / "words" / f"{language}.js").read_text() + (CONSOLE / "words" / f"{language}-pool.js").read_text()
    does = dict(re.findall(r'"keys\.(\w+)":\s*"(.*?)"', words))
    keys = [
        (f"Alt {'Shift ' if shift else ''}{shown}", does[key])
        for key, shift, shown in re.findall(r'\{ id: "(\w+)", code: "\w+",( shift: true,)? shown: "(.+?)" \}', alt)
    ]
    keys += [(shown, does[key]) for key, shown in re.findall(r'\{ id: "(\w+)", shown: "(.+?)" \}', places)]
    assert len(keys) > 20
    return [list(key) for key in keys]


def expected_reasons(language: str) -> list[list[str]]:
    with translation.override(language):
        return [[str(words.short), str(words.meaning)] for _, words in reasons.list_definitions()]


def expected_figures(language: str) -> list[list[str]]:
    with translation.override(language):
        return [[say(one.name), say(one.definition)] for one in figures.FIGURES if one.explained]


def expected_causes(language: str) -> list[list[str]]:
    with translation.override(language):
        return [[gettext(causes.CAUSE_NAMES[one]), gettext(causes.CAUSE_DEFINITIONS[one])] for one in causes.Cause]


@pytest.mark.parametrize(("guide", "language"), EVERY)
def test_what_a_guide_sets_in_bold_is_said_on_a_screen(guide: str, language: str) -> None:
    said = set(re.findall(r"\*\*(.+?)\*\*", " ".join(read(guide, language).split())))
    words = set(words_of_screens(language))
    patterns = [re.compile(as_pattern(one)) for one in words if "{" in one or "%(" in one]
    unknown = {one for one in said - words if not any(pattern.fullmatch(one) for pattern in patterns)}
    assert said
    assert unknown == set()


def words_of_screens(language: str) -> Iterator[str]:
    """Every text that a page, the console or the widget shows in this language."""
    with (ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po").open("rb") as catalogue:
        for message in read_po(catalogue):
            kept = message.string if language == "nl" else message.id
            yield from (kept,) if isinstance(kept, str) else kept
    for path in sorted(STATIC.rglob("words/*.js")):
        if path.stem.startswith(language):
            yield from re.findall(r'"((?:[^"\\]|\\.)+)"', path.read_text())
    for path in (STATIC / "widget" / "launcher.js", STATIC / "widget" / "ending" / "words.js"):
        part = re.search(rf"^  {language}: \{{\n(.*?)^  \}},", path.read_text(), re.M | re.S)
        assert part is not None
        yield from re.findall(r'"((?:[^"\\]|\\.)+)"', part.group(1))


def as_pattern(words: str) -> str:
    """A value that is filled in may be anything."""
    return re.sub(r"\\\{\w+\\\}|%\\\(\w+\\\)[sd]", ".+", re.escape(words)).replace("%%", "%")


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_of_a_guide_have_the_same_parts(guide: str) -> None:
    shapes = {
        language: re.findall(r"^(#+) |^!\[.*?\]\(.*/([\w-]+)-\w\w-(\d+)\.png", read(guide, language), re.M)
        for language in FOLDERS
    }
    assert shapes["en"] == shapes["nl"]


def test_every_picture_is_listed_and_no_larger_than_is_good() -> None:
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(sizes) == NAMES
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) <= LARGEST_TOGETHER


def test_every_picture_stands_in_a_guide_of_its_language() -> None:
    shown = {
        (language, name)
        for guide, language in EVERY
        for name in re.findall(r"!\[[^\]]+\]\((?:\.\./)?screens/([\w.-]+)\)", read(guide, language))
    }
    assert {name for _, name in shown} == NAMES
    assert [name for language, name in sorted(shown) if f"-{language}-" not in name] == []
