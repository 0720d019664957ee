"""Values of a file put through the forms that pages use, with each problem under its path in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.formats import localize_input
from django.utils.translation import gettext as _

from agency.views.fields import WordsField


@dataclass(slots=True)
class Problems:
    """All that is wrong with a file, in the order in which it was found."""

    found: list[str] = field(default_factory=list)

    def add(self, path: str, words: str) -> None:
        """Note one problem, once."""
        line = f"{path}: {words}" if path else words
        if line not in self.found:
            self.found.append(line)


def mapping_at(value: Any, path: str, allowed: Iterable[str], problems: Problems) -> Mapping[str, Any]:
    """Return a mapping with its known keys alone. Another kind of value, and each unknown key, is a problem."""
    names = list(allowed)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        problems.add(
            path, _("a mapping with {names}, not {value}.").format(names=", ".join(names), value=_shown(value))
        )
        return {}
    for key in value:
        if key not in names:
            words = _("unknown. Allowed: {names}.").format(names=", ".join(names))
            problems.add(_join(path, str(key)[:60]), words)
    return {key: one for key, one in value.items() if key in names}


def list_at(value: Any, path: str, problems: Problems, *, most: int) -> list[Any]:
    """Return a list. Another kind of value, or too many, is a problem."""
    if value is None:
        return []
    if not isinstance(value, list):
        problems.add(path, _("a list, each on a line with a hyphen, not {value}.").format(value=_shown(value)))
        return []
    if len(value) > most:
        problems.add(path, _("at most {most}; these are {n}.").format(most=most, n=len(value)))
        return []
    return value


def fill_form(form: forms.Form, values: Mapping[str, Any], path: str, problems: Problems) -> bool:
    """Bind a form to the values of a file and check it. A field that isn't named has its usual value.

    A list is several lines of one field; each of its values is checked alone as well, so that its number is told.

    Returns:
        Whether nothing is wrong with it.
    """
    before = len(problems.found)
    data = QueryDict(mutable=True)
    told: set[str] = set()
    for name, one in form.fields.items():
        where = _join(path, name)
        given = values.get(name, form.get_initial_for_field(one, name))
        typed = _typed(one, given, where, problems)
        if typed is None or (isinstance(given, list) and _has_bad_item(one, given, where, problems)):
            told.add(name)
        data[form.add_prefix(name)] = typed or ""
    form.is_bound, form.data = True, data
    for name, errors in form.errors.items():
        if name not in told:
            for words in errors:
                problems.add(_join(path, name) if name != "__all__" else path, str(words))
    return len(problems.found) == before


def form_names(form: forms.Form) -> list[str]:
    """Return the names of the fields that a file may fill in."""
    return list(form.fields)


def _typed(one: forms.Field, value: Any, path: str, problems: Problems) -> str | None:
    """Return a value as somebody would have typed it, None where its kind is wrong."""
    if value is None or isinstance(value, str | Decimal):
        return str(value or "")
    if isinstance(value, list) and isinstance(one, WordsField):
        wrong = [n for n, item in enumerate(value) if not isinstance(item, str) or "\n" in item.strip()]
        for n in wrong:
            problems.add(f"{path}[{n}]", _("one line of text, not {value}.").format(value=_shown(value[n])))
        return None if wrong else "\n".join(item.strip() for item in value)
    if isinstance(one, forms.BooleanField) and isinstance(value, bool):
        return "on" if value else ""
    if isinstance(one, forms.DateField) and isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(one, forms.IntegerField | forms.DecimalField) and _is_number(value):
        return str(localize_input(Decimal(str(value)))) if one.localize else str(value)
    problems.add(path, _kind_words(one).format(value=_shown(value)))
    return None


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    except OverflowError:  # a whole number of over 308 digits
        return False


def _has_bad_item(one: forms.Field, items: list[Any], path: str, problems: Problems) -> bool:
    before = len(problems.found)
    for n, item in enumerate(items):
        try:
            one.clean(item)
        except ValidationError as problem:
            for words in problem.messages:
                problems.add(f"{path}[{n}]", words)
    return len(problems.found) > before


def _kind_words(one: forms.Field) -> str:
    if isinstance(one, forms.BooleanField):
        return _("true or false, not {value}.")
    if isinstance(one, forms.DateField):
        return _("a day such as 2026-12-25, not {value}.")
    if isinstance(one, forms.IntegerField | forms.DecimalField):
        return _("a number, not {value}.")
    if isinstance(one, WordsField):
        return _("a text, or a list of lines, not {value}.")
    return _("a text, not {value}; put it between quotes.")


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return _("a mapping")
    if isinstance(value, list):
        return _("a list")
    try:
        return f"{value!r}"[:60]
    except ValueError:  # a whole number of over 4,300 digits, as a file can write it in base 16
        return hex(value)[:60]


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
