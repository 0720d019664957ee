"""Fields that say in one sentence what is allowed, and never let through what a page or a mail can't show."""

import re
import unicodedata
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.domain import text
from agency.domain.addresses import shown_address
from agency.domain.hours.hours_as_text import MOST_WINDOWS, BadHours, clock, parse_windows
from agency.domain.phones import LEAST_SHORT, parse_phone
from agency.domain.sites.page_paths import MOST_PATTERNS, pattern_problem
from agency.services.people.addresses import read_address
from tenants.names import has_unseen, trim
from tenants.origins import BadOrigin, ascii_url, parse_origin, shown_url

MOST_ORIGINS = 20
# Control characters, line and paragraph separators; and the classes of marks that turn the reading direction round.
_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_COLOUR = re.compile(r"^#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})$", re.ASCII)
# Names of zones that aren't places, while a company lies somewhere.
_NO_PLACE = (
    "Etc/",
    "posix/",
    "right/",
    "SystemV/",
    "US/",
    "Canada/",
    "Brazil/",
    "Chile/",
    "Mexico/",
)
_WORDS: dict[str, Any] = {
    "max_length": gettext_lazy("At most %(limit_value)d characters; this has %(show_value)d."),
    "invalid_choice": gettext_lazy("Choose one of the list."),
}

PATTERN_PROBLEMS = {
    "address": gettext_lazy("“%(line)s”: leave the site's address out, the path alone counts."),
    "start": gettext_lazy("“%(line)s” must begin with / or *."),
    "query": gettext_lazy("“%(line)s”: what stands behind ? or # doesn't count."),
    "control": gettext_lazy("“%(line)s” holds a character that no address has."),
    "too_long": gettext_lazy("“%(line)s” is longer than 200 characters."),
}


class LineField(forms.CharField):
    """One line of text."""

    default_error_messages = _WORDS

    def to_python(self, value: Any) -> str:
        """Return the line as it is stored: "" when a person can't see anything of it."""
        return _seen(super().to_python(value))

    def clean(self, value: Any) -> str:
        """Return the line in composed letters (NFC), without spaces and unseen characters at its ends."""
        if isinstance(value, str):
            value = trim(value)
            if has_unseen(value):
                raise ValidationError(_("One line, without hidden characters."), code="unseen")
        return str(super().clean(value))


class WordsField(forms.CharField):
    """Several lines of text, each end of line as `\\n`."""

    widget = forms.Textarea
    default_error_messages = _WORDS

    def to_python(self, value: Any) -> str:
        """Return the text with line ends of one kind."""
        words = _seen(super().to_python(value))
        if any(map(_is_unseen, words.replace("\n", ""))):
            raise ValidationError(_("Text without hidden characters."), code="unseen")
        return words


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN or unicodedata.bidirectional(character) in _TURNING


class Mail(forms.CharField):
    """A mail address: kept with its domain in ASCII, shown in its own script.

    Not of the browser's type `email`: that turns `fußball.example` into ASCII by rules of its own, or refuses it.
    """

    default_error_messages = {
        **_WORDS,
        "invalid": gettext_lazy("An address such as name@example.nl."),
    }

    def __init__(self, **facts: Any) -> None:
        attrs = {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(max_length=254, widget=forms.TextInput(attrs=attrs), **facts)

    def prepare_value(self, value: Any) -> Any:
        """Return the address for people to read."""
        return shown_address(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the address as it is stored and sent to."""
        typed = str(super().clean(value))
        address = read_address(typed) if typed else ""
        if address is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class ChoiceField(forms.ChoiceField):
    """One of a few."""

    default_error_messages = _WORDS


class WebAddress(forms.URLField):
    """The address of a page on the web, http or https."""

    default_error_messages = {
        **_WORDS,
        "invalid": gettext_lazy("An address such as https://www.example.nl/privacy."),
    }

    def __init__(self, **facts: Any) -> None:
        super().__init__(max_length=200, assume_scheme="https", **facts)
        message = self.error_messages["invalid"]
        self.validators = [one for one in self.validators if not isinstance(one, URLValidator)] + [
            URLValidator(schemes=["http", "https"], message=message)
        ]

    def prepare_value(self, value: Any) -> Any:
        """Return the address for people to read."""
        return shown_url(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the address with its host as browsers send it."""
        url = str(super().clean(value))
        try:
            return ascii_url(url) if url else ""
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class Phone(forms.CharField):
    """A telephone number as it stands on a page."""

    default_error_messages = _WORDS

    def clean(self, value: Any) -> str:
        """Return the number as typed, with plain spaces."""
        typed = str(super().clean(value))
        number = parse_phone(typed, least=LEAST_SHORT) if typed else ""
        if number is None:
            raise ValidationError(_("A number such as 085 000 12 34, digits and spaces."), code="phone")
        return number


class Colour(LineField):
    """A colour as `#rrggbb`."""

    def clean(self, value: Any) -> str:
        """Return the colour with its #, in small letters: `#fc0` becomes `#ffcc00`."""
        found = _COLOUR.match(super().clean(value))
        if found is None:
            raise ValidationError(_("A colour code such as #ffc400."), code="colour")
        digits = found[1].lower()
        return "#" + ("".join(digit * 2 for digit in digits) if len(digits) == 3 else digits)


class Origins(WordsField):
    """The addresses of a site, one a line, as browsers name them."""

    def prepare_value(self, value: Any) -> Any:
        """Return the addresses for people to read."""
        return "\n".join(map(shown_url, value.split("\n"))) if isinstance(value, str) else value

    def clean(self, value: Any) -> Any:
        """Return each address once, in the order typed."""
        typed = [line.strip() for line in str(super().clean(value)).split("\n") if line.strip()]
        if len(typed) > MOST_ORIGINS:
            raise ValidationError(
                _("At most %(limit)d addresses; these are %(count)d.") % {"limit": MOST_ORIGINS, "count": len(typed)},
                code="too_many",
            )
        found: list[str] = []
        problems = []
        for line in typed:
            try:
                found.append(parse_origin(line))
            except BadOrigin as problem:
                problems.append(ValidationError(_origin_words(problem), code=problem.code))
        if problems:
            raise ValidationError(problems)
        return list(dict.fromkeys(found))


class PagesField(WordsField):
    """Pages of a site as path patterns, one a line, in which a star stands for anything. May be empty."""

    def clean(self, value: Any) -> Any:
        """Return each pattern once, in the order typed."""
        typed = [line.strip() for line in str(super().clean(value)).split("\n") if line.strip()]
        found = list(dict.fromkeys(typed))
        if len(found) > MOST_PATTERNS:
            given = {"limit": MOST_PATTERNS, "count": len(found)}
            raise ValidationError(_("At most %(limit)d lines; these are %(count)d.") % given)
        problems = [(line, pattern_problem(line)) for line in found]
        wrong = [PATTERN_PROBLEMS[code] % {"line": line[:60]} for line, code in problems if code]
        if wrong:
            raise ValidationError(wrong)
        return found


class DayHours(LineField):
    """The windows of one day: `09:00-12:30, 13:30-18:00`. Empty means closed."""

    def clean(self, value: Any) -> Any:
        """Return the windows in minutes of wall time."""
        try:
            return parse_windows(super().clean(value))
        except BadHours as problem:
            raise ValidationError(hours_words(problem), code=problem.code) from None


def _seen(value: Any) -> str:
    words = text.clean(str(value or ""))
    return "" if text.is_empty(words) else words


def hours_words(problem: BadHours) -> str:
    """Say what is wrong with hours, and how to write them."""
    piece = problem.piece[:40]
    if problem.code == "reversed":
        return _(
            "%(piece)s ends before it begins. Open past midnight? Write until 24:00 here and the rest on the next day."
        ) % {"piece": piece}
    if problem.code == "overlap":
        return _("%(piece)s overlaps other hours of this day.") % {"piece": piece}
    if problem.code == "no_such_time":
        return _("%(piece)s: times run from 00:00 to 24:00.") % {"piece": piece}
    if problem.code == "too_many":
        return _("At most %(limit)d windows a day.") % {"limit": MOST_WINDOWS}
    return _("%(piece)s isn't understood. Write hours such as %(example)s.") % {
        "piece": piece,
        "example": f"{clock(540)}-{clock(750)}, {clock(810)}-{clock(1080)}",
    }


@cache
def zone_choices() -> list[tuple[str, str]]:
    """List every zone of a place, Europe first."""
    names = [name for name in available_timezones() if "/" in name and not name.startswith(_NO_PLACE)]
    ordered = sorted(names, key=lambda name: (not name.startswith("Europe/"), name))
    return [(name, name.replace("_", " ")) for name in ordered]


def _origin_words(problem: BadOrigin) -> str:
    typed = problem.typed[:60]
    if problem.code == "path":
        return _("%(typed)s: only the address of the site, without a path. Such as https://www.example.nl") % {
            "typed": typed
        }
    if problem.code == "scheme":
        return _("%(typed)s: an address begins with https:// or http://.") % {"typed": typed}
    if problem.code == "too_long":
        return _("%(typed)s: at most 200 characters.") % {"typed": typed}
    return _("%(typed)s isn't the address of a site. Such as https://www.example.nl") % {"typed": typed}
