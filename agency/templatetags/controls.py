"""Controls of Django forms in the house's look: `{{ field|control }}`, and the summary of what is wrong."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.forms import widgets as w
from django.utils.safestring import SafeString

register = template.Library()


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of a summary: `target` is the id of the control to go to, "" for the form as a whole."""

    target: str
    label: str
    text: str


@register.filter
def control(field: BoundField) -> SafeString:
    """Render the field's widget with the class of the house. Ticks and choices keep their own look."""
    widget = field.field.widget
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, w.CheckboxInput | w.RadioSelect | w.CheckboxSelectMultiple):
        return field.as_widget()
    return field.as_widget(attrs={"class": f"input {own}".strip()})


@register.filter
def is_tick(field: BoundField) -> bool:
    """Whether the control is one box to tick, whose label stands behind it."""
    return isinstance(field.field.widget, w.CheckboxInput)


@register.simple_tag
def all_errors(form: BaseForm, also: Any = None) -> list[Problem]:
    """Everything wrong with a form, and with further ones (an iterable of forms), in the order of the page."""
    problems: list[Problem] = []
    for one in (form, *(also or ())):
        problems += [Problem("", "", text) for text in one.non_field_errors()]
        for field in one:
            target = field.auto_id if field.use_fieldset else field.id_for_label
            label = str(field.label)
            problems += [Problem(target, label, text) for text in field.errors]
    return problems
