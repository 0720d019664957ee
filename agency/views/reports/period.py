"""The company and the days that a report is asked for, read from an address. It says clearly what can't be read."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _

from agency.domain.hours.hours import DAY
from agency.services.reports.period import MAX_DAYS, BadPeriod, check_period, zone_of
from agency.views.chooser import Chooser, distinct
from tenants.models import Company

# Days no chat can lie outside of; further out, local midnights don't exist in UTC.
_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, both included. With `month` they are one calendar month, or its days up to today."""

    since: date
    until: date
    month: bool

    @property
    def words(self) -> str:
        """The period: November 2026, a single day, or from one day to another."""
        if self.month:
            return formats.date_format(self.since, "F Y").capitalize()
        last = formats.date_format(self.until, "j F Y")
        if self.since == self.until:
            return last
        return _("{first} to {last}").format(first=formats.date_format(self.since, "j F Y"), last=last)

    @property
    def before(self) -> "Period":
        """The month before, or as many days before."""
        end = self.since - DAY
        if self.month:
            return Period(end.replace(day=1), end, True)
        return Period(end - (self.until - self.since), end, False)


class PeriodForm(forms.Form):
    """Company, first and last day. What can't be read is said, and the default stands in: all companies, this month."""

    def __init__(self, query: QueryDict, now: datetime) -> None:
        companies = list(Company.objects.order_by("name"))
        self._companies = {str(company.pk): company for company in companies}
        given = {name: str(query[name]) for name in ("company", "from", "to", "month") if query.get(name)}
        names = distinct((one.pk, name_of(one), one.slug) for one in companies)
        chooser = Chooser(choices=names)
        given["company"] = chooser.value_from_datadict(given, None, "company")
        self.company = self._companies.get(given["company"])
        self._today = now.astimezone(ZoneInfo(zone_of(self.company))).date()
        self.fallback = _month(self._today, self._today)
        self._said_month = given.pop("month", "")
        super().__init__(given)
        self.fields["company"] = forms.ChoiceField(
            required=False,
            label=_("Company"),
            choices=[("", _("All companies")), *names],
            widget=chooser,
            error_messages={"invalid_choice": _("This company doesn't exist.")},
        )
        self.fields["from"] = _day_field(_("From"))
        self.fields["to"] = _day_field(_("To and including"))
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
        self.is_valid()
        self.period = self.fallback if self.errors else self._read()
        # The controls show what the page shows.
        self.data = {
            "company": str(self.company.pk) if self.company else "",
            "from": self.period.since.isoformat(),
            "to": self.period.until.isoformat(),
        }

    def clean(self) -> dict[str, Any]:
        """Require days in order, not too many, and a month that can be read."""
        given = super().clean() or self.cleaned_data
        since, until = given.get("from"), given.get("to")
        if bool(since) != bool(until) and not {"from", "to"} & set(self.errors):
            self.add_error(None, _("Choose both the first and the last day."))
        elif since and until:
            try:
                check_period(since, until)
            except BadPeriod as problem:
                self.add_error(None, _words_for(problem.code))
        if self._said_month and _parse_month(self._said_month) is None:
            self.add_error(None, _("Write a month as %(example)s.") % {"example": f"{self._today:%Y-%m}"})
        return given

    @property
    def left(self) -> set[UUID]:
        """The companies that left: their books are here, and no chat can be looked into."""
        return {company.pk for company in self._companies.values() if not company.ready}

    def address(self, **changes: str) -> str:
        """Return the query of this company and period, or with other values. Empty values are left out."""
        values = {**self.data, **changes}
        return urlencode({name: value for name, value in values.items() if value})

    def month_address(self, month: date) -> str:
        """Return the query of this company in another month."""
        company = {"company": self.data["company"]} if self.company else {}
        return urlencode({**company, "month": f"{month:%Y-%m}"})

    @property
    def months(self) -> tuple[date, date | None]:
        """The month before the period, and the one after it if that has begun."""
        first = self.period.since.replace(day=1)
        following = (first.replace(day=28) + 4 * DAY).replace(day=1)
        return (first - DAY).replace(day=1), following if following <= self._today else None

    def _read(self) -> Period:
        since, until = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if since and until:
            whole = _month(since, self._today)
            return Period(since, until, (whole.since, whole.until) == (since, until))
        month = _parse_month(self._said_month)
        return _month(month, self._today) if month else self.fallback


def name_of(company: Company) -> str:
    """Return a company's name, with a word added when it left."""
    return company.name if company.ready else _("%(name)s (left)") % {"name": company.name}


def _month(day: date, today: date) -> Period:
    """Return the month of this day: of the running one, the days that have begun."""
    first = day.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return Period(first, min(last, today) if first <= today else last, True)


def _parse_month(text: str) -> date | None:
    try:
        found = datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 -- a calendar's month, of no zone
    except ValueError:
        return None
    return found if _FIRST <= found <= _LAST else None


def _words_for(code: str) -> str:
    if code == "reversed":
        return _("The last day comes before the first one.")
    return _("A report holds at most {n} days.").format(n=MAX_DAYS)


def _day_field(label: str) -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        validators=[_check_day],
        error_messages={"invalid": _("Write a day as 2026-11-21.")},
    )


def _check_day(day: date) -> None:
    if not _FIRST <= day <= _LAST:
        raise forms.ValidationError(_("Choose a day between 2000 and 2099."))
