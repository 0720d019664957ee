"""The form with which an owner accepts an agreement by name."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.views.fields import LineField
from billing.services.agreements.accept import CannotAccept, Consent
from billing.services.agreements.proposals import AgreementProposal


class ConsentForm(forms.Form):
    """The name of who accepts one agreement. The rest says which text they read."""

    name = LineField(
        label=gettext_lazy("Your name"),
        min_length=2,
        max_length=100,
        help_text=gettext_lazy("First and last name, as you sign."),
        error_messages={"min_length": gettext_lazy("At least 2 characters.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    kind = forms.CharField(widget=forms.HiddenInput)
    price_id = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, proposal: AgreementProposal) -> None:
        which = {"kind": proposal.kind, "price_id": proposal.price_id, "seen": proposal.sum}
        super().__init__(data, initial=which, auto_id=f"id_{proposal.kind}_{proposal.price_id}_%s")

    @property
    def consent(self) -> Consent:
        """Return what was said yes to."""
        return Consent(**{name: self.cleaned_data[name] for name in ("kind", "price_id", "seen", "name")})

    def add_problem(self, problem: CannotAccept, current: AgreementProposal) -> None:
        """Say why nothing was accepted. The page shows the text of now, and a second press accepts that one."""
        self.data = {**dict(self.data.items()), "seen": current.sum}
        self.add_error(None, refusal_words(problem.code))


def refusal_words(code: str) -> str:
    """Say why nothing was accepted."""
    return {
        "gone": _("This agreement isn't there any more. Below stands what there is now."),
        "details": _("First fill in whom our invoices are for: the agreement is with that party."),
        "changed": _("This text or its terms changed since you opened the page. Read it again, then accept it."),
    }[code]
