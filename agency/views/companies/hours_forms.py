"""Forms for what a manager agrees with a company: its hours, and the seconds to a first answer."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS as NAMES
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from agency.domain.hours.hours import Window
from agency.domain.hours.hours_as_text import BadHours, format_windows, parse_windows, week_of
from agency.services.constants import say_lazy
from agency.services.hours.dated_hours import USUAL, Wanted
from agency.services.hours.holidays import Holiday
from agency.services.hours.weekly_hours import WEEKDAYS
from agency.templatetags.days import dated
from agency.views.fields import ChoiceField, DayHours, LineField, hours_words

# Whatever is wrong with a number, the sentence says what is allowed.
_NUMBER = (
    "invalid",
    "min_value",
    "max_value",
    "max_digits",
    "max_decimal_places",
    "max_whole_digits",
)
# A year of exceptions ahead is a plan; ten is a typing mistake.
_DAYS_AHEAD = 3 * 366
# Django's own words: as texts of ours, with a capital, they would stand in every date.
DAY_NAMES = dict(zip(WEEKDAYS, (capfirst(name) for name in NAMES.values()), strict=True))


class WeekForm(forms.Form):
    """The windows of each weekday."""

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        for day in WEEKDAYS:
            self.fields[day] = DayHours(
                label=DAY_NAMES[day],
                required=False,
                max_length=100,
                initial="07:00-23:00",
                widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
            )

    @staticmethod
    def initial_of(week: tuple[Window, ...]) -> dict[str, str]:
        """Return the week as it is typed."""
        days: dict[str, list[tuple[int, int]]] = {day: [] for day in WEEKDAYS}
        for window in week:
            days[WEEKDAYS[window.weekday]].append((window.opens, window.closes))
        return {day: format_windows(sorted(windows)) for day, windows in days.items()}

    def clean(self) -> dict[str, Any]:
        """Require that a company opens at least once a week."""
        days = super().clean() or {}
        if not self.errors and not any(days[day] for day in WEEKDAYS):
            raise ValidationError(_("Open on one day at least. To close for a while, add dated hours."), code="never")
        return days

    def week(self) -> tuple[Window, ...]:
        """Return the windows of a valid form."""
        return week_of(self.cleaned_data[day] for day in WEEKDAYS)


class DatedForm(forms.Form):
    """Other hours on certain days."""

    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "invalid": gettext_lazy("A day such as 2026-12-25."),
        },
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: one day."),
        error_messages={"invalid": gettext_lazy("A day such as 2026-12-25.")},
    )
    hours = LineField(
        label=gettext_lazy("Open"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("One window, such as 10:00-16:00. Empty: closed."),
    )
    note = LineField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Such as: Christmas. Visitors don't see it."),
    )

    def __init__(self, *args: Any, today: date, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.today = today

    def clean_hours(self) -> tuple[int, int] | None:
        """Return one window, or None when closed."""
        typed = self.cleaned_data["hours"]
        return _one_window(typed) if typed else None

    def clean(self) -> dict[str, Any]:
        """Require days in order, and none in the past."""
        facts = super().clean() or {}
        first, last = facts.get("starts_on"), facts.get("ends_on") or facts.get("starts_on")
        if first is None or last is None:
            return facts
        if last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        elif last < self.today:
            words = _("%(day)s is over. Is the year right?") % {"day": dated(last)}
            self.add_error("ends_on" if facts.get("ends_on") else "starts_on", words)
        elif last > (latest := self.today + timedelta(days=_DAYS_AHEAD)):
            words = _("%(day)s is too far ahead: until %(latest)s at most. Is the year right?")
            field = "ends_on" if facts.get("ends_on") else "starts_on"
            self.add_error(field, words % {"day": dated(last), "latest": dated(latest)})
        return {**facts, "ends_on": last}


class HolidaysForm(forms.Form):
    """The hours of each public holiday: as usual, closed, or others. `found` says what they are by now."""

    def __init__(self, *args: Any, found: list[tuple[Holiday, Wanted]], **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.found = found
        for holiday, wanted in found:
            day = holiday.day.isoformat()
            other = isinstance(wanted, tuple)
            self.fields[f"is_{day}"] = ChoiceField(
                label=holiday.name,
                choices=[
                    (USUAL, gettext_lazy("as usual")),
                    ("closed", gettext_lazy("closed")),
                    ("other", gettext_lazy("other hours")),
                ],
                initial="other" if other else USUAL if wanted == USUAL else "closed",
            )
            self.fields[f"at_{day}"] = LineField(
                label=_("Other hours on %(name)s, %(day)s") % {"name": holiday.name, "day": dated(holiday.day)},
                required=False,
                max_length=40,
                initial=format_windows([wanted]) if isinstance(wanted, tuple) else "",
                widget=forms.TextInput(attrs={"autocomplete": "off", "size": 12}),
            )

    def rows(self) -> list[tuple[Holiday, BoundField, BoundField]]:
        """Return each holiday with its two controls."""
        return [(holiday, self[f"is_{holiday.day}"], self[f"at_{holiday.day}"]) for holiday, _wanted in self.found]

    def clean(self) -> dict[str, Any]:
        """Require the hours where a holiday has other hours."""
        facts = super().clean() or {}
        days: dict[date, Wanted] = {}
        for holiday, _wanted in self.found:
            day = holiday.day
            wanted = facts.get(f"is_{day}")
            if wanted == "other":
                if not (typed := facts.get(f"at_{day}")) and f"at_{day}" not in self.errors:
                    self.add_error(f"at_{day}", _("Fill in the hours, such as 10:00-16:00."))
                    continue
                try:
                    days[day] = _one_window(typed or "")
                except ValidationError as problem:
                    self.add_error(f"at_{day}", problem)
            elif wanted is not None:
                days[day] = USUAL if wanted == USUAL else None
        return {**facts, "days": days}


class PromiseForm(forms.Form):
    """Seconds to a first human answer, and for how large a part of the chats."""

    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds to the first answer"),
        min_value=5,
        max_value=300,
        initial=20,
        error_messages=dict.fromkeys(_NUMBER, gettext_lazy("A whole number from 5 to 300.")),
        help_text=gettext_lazy("Visitors see it; 5 to 300."),
    )
    percent = forms.DecimalField(
        label=gettext_lazy("For this share of the chats, in percent"),
        min_value=50,
        max_value=100,
        max_digits=4,
        decimal_places=1,
        initial=90,
        localize=True,
        error_messages=dict.fromkeys(_NUMBER, gettext_lazy("A percentage from 50 to 100, one decimal at most.")),
        help_text=say_lazy(gettext_noop("Chats left within {short} s aren't counted; 50 to 100.")),
    )

    def share(self) -> Decimal:
        """Return the percentage as a share with three decimals, as it is stored."""
        return (Decimal(self.cleaned_data["percent"]) / 100).quantize(Decimal("0.001"))


def _one_window(typed: str) -> tuple[int, int]:
    try:
        windows = parse_windows(typed)
    except BadHours as problem:
        raise ValidationError(hours_words(problem), code=problem.code) from None
    if len(windows) != 1:
        raise ValidationError(_("One window, such as 10:00-16:00."), code="too_many")
    return windows[0]
