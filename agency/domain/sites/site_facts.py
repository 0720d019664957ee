"""Facts from a page of a company's own site, found by rules: each fact with the words that it was taken from."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote

from stdnum.exceptions import ValidationError
from stdnum.nl import btw

from agency.domain.addresses import parse_address
from agency.domain.phones import parse_phone
from agency.domain.sites.page import HEADING, SUMMARY, TERM, PageLine, ReadPage
from agency.domain.text import clean_line

VALUE_LIMIT, WORDS_LIMIT = 300, 400
ANSWER_LIMIT = 800
# Of one page; what repeats on others is one fact.
_MOST = {"question": 12, "delivery": 4, "returns": 4, "hours": 3}
_MOST_OTHER = 2


class FactKind(StrEnum):
    """The subjects of facts."""

    PHONE = "phone"
    MAIL = "mail"
    ADDRESS = "address"
    HOURS = "hours"
    DELIVERY = "delivery"
    RETURNS = "returns"
    REGISTER = "register"
    VAT = "vat"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class PageFact:
    """A fact. `words`: the line it was taken from, of a question its answer."""

    kind: FactKind
    value: str
    words: str


_PHONE = re.compile(r"(?<![\w+/.-])(?:\+\d{1,3}|0)[\d ().\-]{6,18}\d(?![\w/])")
_MAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,4}")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp|svg|avif)$", re.IGNORECASE)
_POSTCODE = re.compile(r"\b[1-9][0-9]{3} ?(?!S[ADS]\b)[A-Z]{2}\b")
_CITY = re.compile(r"^[\s,·:|-]*([A-Z'’][^\d,;:|·()]{1,40})")
_STREET = re.compile(r"([A-Z][\w.'’\- ]{2,50} \d{1,5}(?:[ \-]?[a-zA-Z]{1,3}\b)?(?:[\-/ ]\d{1,4})?)[\s,·:|-]*$")
_REGISTER = re.compile(
    r"(?:\bkvk\b|\bk\.v\.k\.?|kamer van koophandel|chamber of commerce|\bcoc\b)\D{0,30}(\d{8})(?!\d)", re.IGNORECASE
)
_VAT = re.compile(r"\bNL ?\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?B[ .]?\d{2}\b", re.IGNORECASE)
_DAY = re.compile(
    r"\b(?:ma|di|wo|do|vr|za|zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|doordeweeks|werkdag(?:en)?|"
    r"weekend|dagelijks|elke dag|iedere dag|feestdagen|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday|weekdays?|daily|every day)\b",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\b\d{1,2}(?:[:.]\d{2})?(?: ?(?:uur|u|am|pm|h))? ?(?:-|–|—|tot|t/m|to|until|till) ?\d{1,2}(?:[:.]\d{2}|\b)|"
    r"\b24/7\b|\b24 uur\b|\bgesloten\b|\bclosed\b",
    re.IGNORECASE,
)
_AMOUNT = r"(?=.*(?:\d|gratis|free|vandaag|morgen|tomorrow|same day))"
_DELIVERY = re.compile(
    rf"{_AMOUNT}.*(?:bezorg|lever(?!anc)|verzend|besteld|in huis|deliver|shipping|dispatch)", re.IGNORECASE
)
_RETURNS = re.compile(
    rf"{_AMOUNT}.*(?:retour|terugst|bedenktijd|ruilen|geruild|\breturn|exchange|refund|geld terug)", re.IGNORECASE
)


def facts_of(page: ReadPage) -> list[PageFact]:
    """Return what a page says by its text and links, in the order of the page, each once."""
    lines = [line for line in page.lines if not line.in_nav]
    found = [*_linked(page), *_spoken(lines), *_addresses(lines), *_hours(lines), *_questions(lines)]
    return keep_some(found)


def keep_some(facts: Iterable[PageFact]) -> list[PageFact]:
    """Leave out repeats, and of each kind what is more than anybody would read."""
    kept: dict[tuple[FactKind, str], PageFact] = {}
    counts: dict[str, int] = dict.fromkeys(FactKind, 0)
    for fact in facts:
        name = (fact.kind, _plain(fact.value))
        if name not in kept and counts[fact.kind] < _MOST.get(fact.kind, _MOST_OTHER):
            kept[name] = fact
            counts[fact.kind] += 1
    return list(kept.values())


def make_fact(kind: FactKind, value: str, words: str) -> PageFact | None:
    """Put a fact down as a line of a bounded length, or None where nothing is left of it that a person can see."""
    value, limit = clean_line(value, VALUE_LIMIT), ANSWER_LIMIT if kind == FactKind.QUESTION else WORDS_LIMIT
    words = clean_line(words, limit)
    return PageFact(kind, value, words) if value and words else None


def find_phone(words: str) -> str | None:
    """Return the telephone number in some words: a Dutch one, a service number, or one with its country's."""
    for match in _PHONE.finditer(words):
        number = parse_phone(match[0])
        digits = re.sub(r"\D", "", match[0])
        service = digits.startswith(("0800", "0900", "085", "088")) and len(digits) in (8, 10, 11)
        whole = 10 <= len(digits) <= 13 if match[0].startswith("+") else len(digits) == 10
        if number is not None and (whole or service):
            return number
    return None


def find_mail(words: str) -> str | None:
    """Return the mail address in some words. A picture for high resolution (logo@2x.png) is none."""
    for match in _MAIL.finditer(words):
        if not _PICTURE.search(match[0]):
            return parse_address(match[0])
    return None


def find_vat(words: str) -> str | None:
    """Return the Dutch VAT number in some words, by its check digits."""
    for match in _VAT.finditer(words):
        try:
            return f"NL{btw.validate(match[0])}"
        except ValidationError:
            continue
    return None


def _linked(page: ReadPage) -> Iterator[PageFact]:
    """Telephone numbers and addresses that a page links to."""
    for link in page.links:
        scheme, _colon, rest = link.href.partition(":")
        kind = {"tel": FactKind.PHONE, "mailto": FactKind.MAIL}.get(scheme.lower())
        if kind is None:
            continue
        rest = unquote(rest.partition("?")[0])[:100]
        read = find_phone if kind == FactKind.PHONE else find_mail
        value = read(link.words) or read(rest)
        yield from _made(kind, value, link.words or rest)


def _spoken(lines: list[PageLine]) -> Iterator[PageFact]:
    for line in lines:
        words = line.text
        if not words.endswith("?"):
            for kind, pattern in ((FactKind.DELIVERY, _DELIVERY), (FactKind.RETURNS, _RETURNS)):
                # Shorter is a menu, longer the terms of a contract. A heading only announces it.
                if 15 <= len(words) <= 260 and line.kind != HEADING and pattern.match(words):
                    yield from _made(kind, words, words)
                    break
        if any(one.isdigit() for one in words):
            yield from _made(FactKind.PHONE, find_phone(words), words)
            register = _REGISTER.search(words)
            yield from _made(FactKind.REGISTER, register[1] if register else None, words)
            yield from _made(FactKind.VAT, find_vat(words), words)
        if "@" in words:
            yield from _made(FactKind.MAIL, find_mail(words), words)


def _addresses(lines: list[PageLine]) -> Iterator[PageFact]:
    """Street, postcode and city on one line, or the street on the line above."""
    for at, line in enumerate(lines):
        code = _POSTCODE.search(line.text)
        city = _CITY.match(line.text[code.end() :]) if code else None
        if code is None or city is None:
            continue
        before = line.text[: code.start()]
        above = lines[at - 1].text if at and not before.strip() else ""
        street = _STREET.search(before) or _STREET.search(above)
        parts = [street[1].strip()] if street else []
        value = ", ".join([*parts, f"{code[0]} {city[1].strip(' .')}"])
        yield from _made(FactKind.ADDRESS, value, f"{above} {line.text}".strip())


def _hours(lines: list[PageLine]) -> Iterator[PageFact]:
    """Lines with days and times. Those one under the other are one fact."""
    run: list[str] = []
    for line in [*lines, PageLine("")]:
        is_hours = len(line.text) <= 120 and _DAY.search(line.text) and _HOURS.search(line.text)
        if is_hours and len(run) < 8:
            run.append(line.text)
        elif run:
            value = "; ".join(run)
            yield from _made(FactKind.HOURS, value, value)
            run = [line.text] if is_hours else []


def _questions(lines: list[PageLine]) -> Iterator[PageFact]:
    """A heading, summary or term that asks, with the lines up to the next one as its answer."""
    asked, said = "", list[str]()
    for line in [*lines, PageLine("", HEADING)]:
        if line.kind in (HEADING, SUMMARY, TERM):
            if asked and said:
                yield from _made(FactKind.QUESTION, asked, " ".join(said))
            is_question = line.text.endswith("?") or line.kind == SUMMARY
            asked, said = (line.text if is_question and len(line.text) >= 8 else ""), []
        elif asked and sum(map(len, said)) < ANSWER_LIMIT:
            said.append(line.text)


def _made(kind: FactKind, value: str | None, words: str) -> Iterator[PageFact]:
    fact = make_fact(kind, value, words) if value else None
    if fact is not None:
        yield fact


def _plain(value: str) -> str:
    return re.sub(r"[\W_]+", "", value.casefold())
