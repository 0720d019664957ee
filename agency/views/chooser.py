"""A choice of one of many: where a list is too long to go through, its names are typed and found."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

# The most choices of a select: an eye still takes in so many.
FEW = 20
_LONGEST = 200


def distinct(people: Iterable[tuple[object, str, str]]) -> list[tuple[str, str]]:
    """Return choices of (id, name, more): a name that isn't the only one is followed by `more`."""
    rows = list(people)
    counts = Counter(name for _id, name, _more in rows)
    return [(str(pk), f"{name} ({more})" if counts[name] > 1 else name) for pk, name, more in rows]


class Chooser(forms.Select):
    """A select for up to 20 choices, and for more a field to type in, beside the browser's own list of names.

    An address and a form may hold an id or a name. What is neither stays as it was typed, for the field to refuse.
    """

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """Return the id of what is chosen."""
        typed = str(super().value_from_datadict(data, files, name) or "").strip()[:_LONGEST]
        labels = {label.casefold(): key for key, label in self._options()}
        return typed if self._is_id(typed) else labels.get(typed.casefold(), typed)

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """Draw the control."""
        options = self._options()
        if len(options) <= FEW:
            return super().render(name, value, attrs, renderer)
        given = self.build_attrs(self.attrs, attrs)
        known = dict(options)
        every = next((str(label) for key, label in self.choices if not key), "")
        facts = {
            "name": name,
            "attrs": {key: one for key, one in given.items() if one not in (None, False)},
            "typed": known.get(str(value or ""), value or ""),
            "labels": list(known.values()),
            "every": every,
            "is_required": self.is_required,
            "list_id": f"{given.get('id', name)}_list",
        }
        return mark_safe(render_to_string("layouts/table/_chooser.html", facts))  # noqa: S308 -- a template's own answer

    def _is_id(self, typed: str) -> bool:
        return any(key == typed for key, _label in self._options())

    def _options(self) -> list[tuple[str, str]]:
        """List the choices without the empty one. Of several with the same name, all but the first are numbered."""
        seen: Counter[str] = Counter()
        options = []
        for key, label in self.choices:
            if not key:
                continue
            seen[str(label)] += 1
            number = seen[str(label)]
            options.append((str(key), f"{label} ({number})" if number > 1 else str(label)))
        return options
