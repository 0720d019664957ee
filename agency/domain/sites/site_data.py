"""Facts from a page's JSON-LD: what schema.org calls an organisation, a local business, or a page of questions."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from agency.domain.sites.page import ReadPage, read_html
from agency.domain.sites.site_facts import FactKind, PageFact, find_mail, find_phone, find_vat, keep_some, make_fact

# Things looked at on a page, however deep they lie.
_MOST_THINGS = 2_000
_CODES = ("mo", "tu", "we", "th", "fr", "sa", "su")
_DAYS = MappingProxyType(
    {
        "nl": dict(zip(_CODES, ("ma", "di", "wo", "do", "vr", "za", "zo"), strict=True)),
        "en": dict(zip(_CODES, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True)),
    }
)
_DAY = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su)\b")


def facts_of_data(page: ReadPage) -> list[PageFact]:
    """Return what a page's JSON-LD says. What can't be read says nothing."""
    language = "nl" if page.language[:2] in ("", "nl") else "en"
    return keep_some(fact for text in page.data for thing in _things(text) for fact in _facts(thing, language))


def types_of(page: ReadPage) -> set[str]:
    """Return the types of all things that a page's JSON-LD names."""
    return {name for text in page.data for thing in _things(text) for name in _types(thing)}


def _things(text: str) -> Iterator[Mapping[str, Any]]:
    """Go through all objects, wherever they lie, without recursion."""
    try:
        held: list[Any] = [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return
    seen = 0
    while held and seen < _MOST_THINGS:
        seen += 1
        one = held.pop()
        if isinstance(one, dict):
            yield one
            held += list(one.values())[:200][::-1]
        elif isinstance(one, list):
            held += one[:200][::-1]


def _types(thing: Mapping[str, Any]) -> list[str]:
    named = thing.get("@type")
    return [one for one in (named if isinstance(named, list) else [named]) if isinstance(one, str)]


def _facts(thing: Mapping[str, Any], language: str) -> Iterator[PageFact]:
    if "Question" in _types(thing):
        answers = thing.get("acceptedAnswer")
        answer = answers[0] if isinstance(answers, list) and answers else answers
        said = answer.get("text") if isinstance(answer, dict) else None
        yield from _made(FactKind.QUESTION, _text(thing.get("name")), _text(said))
        return
    for name, kind, read in (
        ("telephone", FactKind.PHONE, find_phone),
        ("email", FactKind.MAIL, find_mail),
        ("vatID", FactKind.VAT, find_vat),
    ):
        said = _text(thing.get(name))
        yield from _made(kind, read(said) or "", said)
    yield from _address(thing)
    hours = thing.get("openingHours")
    for said in hours[:7] if isinstance(hours, list) else [hours]:
        yield from _made(FactKind.HOURS, _days(_text(said), language), _text(said))
    specified = thing.get("openingHoursSpecification")
    yield from _specified(specified if isinstance(specified, list) else [specified], language)


def _address(thing: Mapping[str, Any]) -> Iterator[PageFact]:
    if "PostalAddress" in _types(thing):
        street, code, city = (_text(thing.get(name)) for name in ("streetAddress", "postalCode", "addressLocality"))
        if street and city:
            value = f"{street}, {f'{code} {city}'.strip()}"
            yield from _made(FactKind.ADDRESS, value, value)


def _specified(rows: Sequence[Any], language: str) -> Iterator[PageFact]:
    said = []
    for row in rows[:14]:
        if not isinstance(row, dict):
            continue
        days = row.get("dayOfWeek")
        names = [_text(one).rpartition("/")[2][:2] for one in (days if isinstance(days, list) else [days])[:7]]
        opens, closes = _text(row.get("opens"))[:5], _text(row.get("closes"))[:5]
        if names and opens and closes:
            said.append(f"{_days(', '.join(names), language)} {opens}-{closes}")
    yield from _made(FactKind.HOURS, "; ".join(said), "; ".join(said))


def _days(said: str, language: str) -> str:
    """Write `Mo-Fr 09:00-17:00` with the days' names of a language."""
    return _DAY.sub(lambda day: _DAYS[language][day[0].lower()], said)


def _text(said: Any) -> str:
    """A string as text: an answer may be written in HTML."""
    if not isinstance(said, str):
        return ""
    if "<" not in said and "&" not in said:
        return said[:2_000]
    return " ".join(line.text for line in read_html(said[:4_000].encode("utf-8", "replace"), "charset=utf-8").lines)


def _made(kind: FactKind, value: str, words: str) -> Iterator[PageFact]:
    fact = make_fact(kind, value, words)
    if fact is not None:
        yield fact
