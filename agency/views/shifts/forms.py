"""A shift as a manager writes it: a day, and from when to when on the clock of the agency."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.domain.hours.hours_as_text import BadHours
from agency.domain.shifts.shift_times import Span, parse_span
from agency.services.hours.weekly_hours import WEEKDAYS
from agency.views.chooser import Chooser
from agency.views.companies.hours_forms import DAY_NAMES
from agency.views.fields import ChoiceField, LineField, hours_words

MOST_WEEKS = 8
_DAY: dict[str, Any] = {
    "widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "error_messages": {
        "invalid": gettext_lazy("A day such as 2026-12-25."),
    },
}


def _times() -> LineField:
    return LineField(
        label=gettext_lazy("Times"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Such as 07:00-15:00, or 22:00-06:00 for a night. From 15 minutes to 12 hours."),
    )


def _span(day: date, written: str) -> Span:
    try:
        return parse_span(day, written)
    except BadHours as problem:
        if problem.code == "too_long":
            raise ValidationError(_("A shift is 12 hours at most."), code="too_long") from None
        raise ValidationError(hours_words(problem), code=problem.code) from None


class ShiftForm(forms.Form):
    """One shift of the person who is chosen."""

    person = ChoiceField(
        label=gettext_lazy("Who"),
        choices=[],
        widget=Chooser,
        error_messages={"invalid_choice": gettext_lazy("Nobody who can be planned is called “%(value)s”.")},
    )
    day = forms.DateField(label=gettext_lazy("Day"), **_DAY)
    times = _times()

    def __init__(self, *args: Any, people: list[tuple[str, str]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        if people:
            person = self.fields["person"]
            assert isinstance(person, forms.ChoiceField)
            person.choices = people
        else:
            del self.fields["person"]

    def clean(self) -> dict[str, Any]:
        """Make the shift of day and times."""
        facts = super().clean() or {}
        if facts.get("day") and facts.get("times"):
            try:
                facts["span"] = _span(facts["day"], facts["times"])
            except ValidationError as problem:
                self.add_error("times", problem)
        return facts


class DaysForm(forms.Form):
    """The same shift on several days of one person's weeks."""

    # That of the page.
    field_order = ("times", "weekdays", "first", "weeks")

    first = forms.DateField(label=gettext_lazy("From"), **_DAY)
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Which days"),
        choices=list(DAY_NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose one day at least.")},
    )
    times = _times()
    weeks = forms.IntegerField(
        label=gettext_lazy("For how many weeks"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            gettext_lazy("A whole number from 1 to 8."),
        ),
        help_text=gettext_lazy("Seven days each, from the first day on; 1 to 8."),
    )

    def clean(self) -> dict[str, Any]:
        """Make every shift that is meant, in order."""
        facts = super().clean() or {}
        if self.errors:
            return facts
        numbers = {WEEKDAYS.index(name) for name in facts["weekdays"]}
        try:
            days = [facts["first"] + timedelta(days=n) for n in range(7 * facts["weeks"])]
            facts["spans"] = [_span(day, facts["times"]) for day in days if day.weekday() in numbers]
        except OverflowError:
            self.add_error("first", _("Within a year from today."))
        except ValidationError as problem:
            self.add_error("times", problem)
        return facts
