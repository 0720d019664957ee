"""The edition of a form: what each of its fields showed, so that nobody undoes unseen what somebody else has saved.

A page carries the edition in a hidden field. Who saves a page that is older than what stands is told field by field
what changed, and nothing of theirs or of the other's is lost: a second press saves what then stands in the form.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.translation import gettext as _

# Of the hidden field that carries it.
FIELD = "edition"


def edition_of(sheets: Iterable[forms.Form]) -> str:
    """Return what the fields of these forms show when nobody typed anything yet: a mark for each."""
    return json.dumps({field.html_name: _mark(_stored(field)) for field in _fields(sheets)}, separators=(",", ":"))


def merge(sheets: Iterable[forms.Form], sent: QueryDict) -> bool:
    """Look for what somebody else saved since the page was opened, and say it beside each of those fields.

    A field that the sender didn't touch gets what stands now; one where both wrote keeps what was typed.

    Args:
        sheets: bound forms, whose initial values are what stands now.
        sent: what the page sent, with its edition. Without one the page is taken to be new.

    Returns:
        Whether the forms can be saved: False if anything was said.
    """
    shown = _read(sent.get(FIELD, ""))
    is_new = True
    for field in list(_fields(sheets)):
        before, now = shown.get(field.html_name), _stored(field)
        # Both wrote the same, or nobody else wrote.
        if before in (None, _mark(now)) or field.name not in field.form.changed_data:
            continue
        is_new = False
        if _mark(_typed(field)) == before:
            field.form.data = _with(field.form.data, field.html_name, now)
            field.form.add_error(field.name, _("Somebody else has just changed this; it is as they saved it now."))
        else:
            words = _("Somebody else has just saved here: “%(value)s”. Save again to put yours in its place.")
            field.form.add_error(field.name, words % {"value": _words(field, now) or "-"})
    return is_new


def _fields(sheets: Iterable[forms.Form]) -> Iterable[BoundField]:
    """Every field that somebody can type into or choose in. A file is never shown."""
    for sheet in sheets:
        yield from (field for field in sheet if not field.is_hidden and not isinstance(field.field, forms.FileField))


def _stored(field: BoundField) -> Any:
    return field.field.prepare_value(field.initial)


def _typed(field: BoundField) -> Any:
    return field.field.prepare_value(field.data)


def _mark(value: Any) -> str:
    text = "" if value is None else str(value).replace("\r\n", "\n").strip()
    # A tick is no value of its own when it is off.
    return hashlib.sha256(("" if text == "False" else text).encode()).hexdigest()[:12]


def _words(field: BoundField, value: Any) -> str:
    """Return a value as the page shows it: of a choice its label."""
    choices = dict(getattr(field.field, "choices", ()))
    found = choices.get(value, "" if value is None else value)
    return str(found)[:200]


def _with(data: Mapping[str, Any], name: str, value: Any) -> QueryDict:
    copy = QueryDict(mutable=True)
    copy.update(data)
    copy.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value]) if one is not None])
    return copy


def _read(edition: str) -> dict[str, str]:
    """Return the marks as the page sent them, none of what isn't ours."""
    try:
        marks = json.loads(edition)
    except ValueError:
        return {}
    return {str(name): str(mark) for name, mark in marks.items()} if isinstance(marks, dict) else {}
