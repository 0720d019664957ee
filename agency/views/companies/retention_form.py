"""The form with how long a company's words are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from tenants.models import KEPT_MONTHS, LEAST_MONTHS, MOST_MONTHS, Company

_WRONG = gettext_lazy("A whole number of months from 1 to 84.")


class Months(forms.IntegerField):
    """For how many months something is kept."""

    def __init__(self, label: Any, help_text: Any) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            initial=KEPT_MONTHS,
            min_value=LEAST_MONTHS,
            max_value=MOST_MONTHS,
            error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _WRONG),
        )


class RetentionForm(forms.Form):
    """For how many months the words of chats and leads are kept."""

    chat_months = Months(
        gettext_lazy("Months that the words of a chat are kept"), gettext_lazy("After its end; 1 to 84.")
    )
    lead_months = Months(gettext_lazy("Months that a lead is kept"), gettext_lazy("After it came; 1 to 84."))


def retention_form(company: Company, data: Any = None) -> RetentionForm:
    """Return the form with what stands now as its initial values."""
    return RetentionForm(data, initial={name: getattr(company, name) for name in RetentionForm.base_fields})
