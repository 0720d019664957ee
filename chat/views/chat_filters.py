"""A reader's filters of a list of finished chats, read from the address, with a clear word on what can't be read."""

from calendar import monthrange
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _

from agency.domain.text import clean_line
from agency.models import Operator
from agency.views.chooser import Chooser
from chat.services.finished.archive import Filters
from chat.services.finished.search import LONGEST_SEARCH
from chat.templatetags.chats import OUTCOMES, RATINGS, VERDICTS, verdict_word
from tenants.models import Site

_ISO = "%Y-%m-%d"
# Days beyond these have no chats, and the ends of the calendar no neighbours.
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
# Fields that are in sight; the others wait under "More filters".
ALWAYS = ("q", "from", "to", "outcome")
_ASKED = (*ALWAYS, "verdict", "rating", "operator", "site", "day", "month")


class ChatFilters(forms.Form):
    """The form above the list. A field that can't be read is said and narrows nothing."""

    q = forms.CharField(required=False, strip=True)
    outcome = forms.ChoiceField(required=False)
    verdict = forms.ChoiceField(required=False)
    rating = forms.ChoiceField(required=False)
    operator = forms.ChoiceField(required=False, widget=Chooser)
    site = forms.ChoiceField(required=False)

    def __init__(self, query: QueryDict, sites: list[Site], operators: list[Operator]) -> None:
        """`sites` and `operators`: of the company, to choose from."""
        super().__init__(_plain(query))
        self.fields["from"] = _day_field(_("From"))
        if self.data.get("month") == self.data.get("from"):  # a month that can't be read
            words = _("Write a month as %(example)s.") % {"example": "2026-11"}
            self.fields["from"].error_messages["invalid"] = words
        self.fields["to"] = _day_field(_("To and including"))
        self._sites = sites
        self._give_choices(operators)

    @property
    def filters(self) -> Filters:
        """The filters that could be read."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        return Filters(
            words=given.get("q", ""),
            since=given.get("from"),
            until=given.get("to"),
            site_id=given.get("site") or None,
            outcome=given.get("outcome", ""),
            verdict=given.get("verdict", ""),
            rating=given.get("rating", ""),
            operator_id=given.get("operator") or None,
        )

    @property
    def query(self) -> str:
        """The readable part as a query string: the one address of this list."""
        return urlencode(self.asked)

    @property
    def query_all_days(self) -> str:
        """The same without days."""
        asked = self.asked
        return urlencode({name: asked[name] for name in asked if name not in {"from", "to"}})

    @property
    def in_sight(self) -> list[forms.BoundField]:
        """The controls that always show, after the search field."""
        return [self[name] for name in ALWAYS[1:]]

    @property
    def behind(self) -> list[forms.BoundField]:
        """The other controls. A company with one site needn't choose."""
        names = [name for name in self.fields if name not in ALWAYS]
        return [self[name] for name in names if name != "site" or len(self._sites) > 1]

    @property
    def behind_used(self) -> bool:
        """Whether one of the other controls narrows the list or needs mending."""
        return any(self.data.get(field.name) for field in self.behind)

    def clean_q(self) -> str:
        """Words of a bearable length, one space between them."""
        words: str = self.cleaned_data["q"]
        if len(words) > LONGEST_SEARCH:
            message = _("Search for at most {most} characters; this is {count}.")
            raise forms.ValidationError(message.format(most=LONGEST_SEARCH, count=len(words)))
        return words

    def clean(self) -> dict[str, Any]:
        """Days in their order."""
        given = super().clean() or self.cleaned_data
        if given.get("from") and given.get("to") and given["from"] > given["to"]:
            self.add_error("to", _("This day comes before the first one."))
        return given

    @property
    def asked(self) -> dict[str, str]:
        """The values that could be read, by field."""
        self.is_valid()
        given = self.cleaned_data
        return {name: str(given[name]) for name in self.fields if given.get(name)}

    def _give_choices(self, operators: list[Operator]) -> None:
        lists: dict[str, tuple[str, str, list[tuple[str, str]]]] = {
            "outcome": (_("Outcome"), _("All"), [(code, _(OUTCOMES[code])) for code in OUTCOMES]),
            "verdict": (_("Promise"), _("All"), [(code, verdict_word(code)) for code in VERDICTS]),
            "rating": (_("Rating"), _("All"), [(code, _(RATINGS[code])) for code in RATINGS]),
            "operator": (
                _("Operator"),
                _("Everybody"),
                [(str(one.pk), one.public_name) for one in operators],
            ),
            "site": (_("Site"), _("All"), [(str(site.pk), site.name) for site in self._sites]),
        }
        for name, (label, every, choices) in lists.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.label = label
            field.choices = [("", every), *choices]
            field.widget.attrs["class"] = "input"
            field.error_messages["invalid_choice"] = _("Choose one from the list.")
        self.fields["q"].label = _("Search in chats")


def _day_field(label: str) -> forms.DateField:
    unlikely = _("Choose a day from 2000 to 2099.")
    return forms.DateField(
        required=False,
        validators=[
            MinValueValidator(_FIRST_DAY, message=unlikely),
            MaxValueValidator(_LAST_DAY, message=unlikely),
        ],
        label=label,
        input_formats=[_ISO],
        widget=forms.DateInput(format=_ISO, attrs={"type": "date", "class": "input"}),
        error_messages={"invalid": _("Write a day as 2026-11-21.")},
    )


def _plain(query: QueryDict) -> dict[str, str]:
    """Return the last value of each field, with `day` and `month`, as other pages link, as the first and last day of
    it.
    """
    given = {name: str(query[name]).replace("\x00", "\ufffd") for name in _ASKED if name in query}
    given["q"] = clean_line(query.get("q", ""))
    if "day" in given:
        given["from"] = given["to"] = given["day"]
    elif "month" in given:
        try:
            first = date.fromisoformat(f"{given['month']}-01")
        except ValueError:
            given["from"] = given["month"]
        else:
            last = first.replace(day=monthrange(first.year, first.month)[1])
            given["from"], given["to"] = f"{first:{_ISO}}", f"{last:{_ISO}}"
    return given
