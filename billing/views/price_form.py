"""The form in which a manager types a price, and its checks."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agency.templatetags.amounts import money
from billing.services.prices import MOST, CannotSetPrice, allowed_days


class EuroField(forms.DecimalField):
    """An amount as people type it: `4,50`, `€ 4.50`, in either language."""

    def clean(self, value: Any) -> Any:
        """The amount.

        Raises:
            ValidationError: with one sentence that says all that is allowed, whichever limit was passed.
        """
        if isinstance(value, str):
            value = value.replace("€", "").replace("\N{NO-BREAK SPACE}", "").strip()
        try:
            return super().clean(value)
        except ValidationError as problem:
            if getattr(problem, "code", "") == "required":
                raise
            raise ValidationError(_amount_words()) from problem


class PriceForm(forms.Form):
    """A price from a day on."""

    amount = EuroField(
        label=_("Price of one chat, in euro"),
        min_value=Decimal(0),
        max_value=MOST,
        max_digits=5,
        decimal_places=2,
        localize=True,
        help_text=_("Without VAT, such as 4.50. Only billed chats cost it."),
    )
    valid_from = forms.DateField(
        label=_("From"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d-%m-%Y"],
        help_text=_("Every chat that ends on this day or later, until the next price."),
        error_messages={"invalid": _("A day such as 2026-12-01.")},
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        first, last = allowed_days(now)
        self.fields["valid_from"].widget.attrs |= {"min": f"{first}", "max": f"{last}"}

    def add_problem(self, problem: CannotSetPrice) -> None:
        """Say at its field why the service refused."""
        if problem.code == "bad_amount":
            self.add_error("amount", _amount_words())
        elif problem.code == "bad_day":
            first, last = (date_format(day, "j F Y") for day in allowed_days(self._now))
            words = _("A day from %(first)s to %(last)s.") % {"first": first, "last": last}
            self.add_error("valid_from", words)
        else:
            self.add_error("valid_from", charged_words(problem))


def charged_words(problem: CannotSetPrice) -> str:
    """Why the days of a price are closed, and from which day on they aren't."""
    day = date_format(problem.first_free, "j F Y") if problem.first_free else ""
    return _("Chats of these days are charged already. Free from %(day)s on.") % {"day": day}


def _amount_words() -> str:
    return _("An amount from %(least)s to %(most)s, in whole cents, such as %(example)s.") % {
        "least": money(0),
        "most": money(MOST),
        "example": money(Decimal("4.5")),
    }
