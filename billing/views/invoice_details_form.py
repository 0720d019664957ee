"""The form with whom a company's invoices are for, and its checks."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.views.companies.forms import COUNTRIES
from agency.views.fields import ChoiceField, LineField, Mail
from billing.domain.identifiers import format_iban, parse_iban, parse_postcode, parse_registration, parse_vat_id
from billing.models import InvoiceDetails


class InvoiceDetailsForm(forms.Form):
    """Name, address and numbers of the party on a company's invoices."""

    # Which version the page showed, 0 for none: what somebody else saved meanwhile isn't undone unseen.
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    legal_name = LineField(
        label=gettext_lazy("Name on the invoice"),
        max_length=200,
        help_text=gettext_lazy("As it stands in the trade register, such as: Acme Schoenen B.V."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    country = ChoiceField(label=gettext_lazy("Country"), choices=COUNTRIES, initial="NL")
    street = LineField(
        label=gettext_lazy("Street and number"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
    )
    postcode = LineField(
        label=gettext_lazy("Postcode"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "size": 8}),
    )
    city = LineField(
        label=gettext_lazy("Town"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )
    registration = LineField(
        label=gettext_lazy("Trade register number"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("In the Netherlands the KvK number, eight digits."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    vat_id = LineField(
        label=gettext_lazy("VAT number"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("The btw-id, such as NL123456789B13."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    iban = LineField(
        label=gettext_lazy("Bank account"),
        required=False,
        max_length=50,
        help_text=gettext_lazy("The IBAN to which a credit is paid back."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    contact = LineField(
        label=gettext_lazy("For the attention of"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = Mail(label=gettext_lazy("Invoices are mailed to"))
    reference = LineField(
        label=gettext_lazy("Your reference"),
        required=False,
        max_length=50,
        help_text=gettext_lazy("Stands on every invoice, such as an order number."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    # The order of the page, which the list of errors follows.
    field_order = ("version", "legal_name", "contact", "street", "postcode", "city", "country")

    def clean(self) -> dict[str, Any]:
        """Check each number by the rules of the country, and keep it in one form."""
        facts = super().clean() or {}
        country = facts.get("country", "")
        self._keep(facts, "postcode", parse_postcode(facts.get("postcode", ""), country), _postcode_words(country))
        self._keep(
            facts,
            "registration",
            parse_registration(facts.get("registration", ""), country),
            _registration_words(country),
        )
        self._keep(
            facts,
            "vat_id",
            parse_vat_id(facts.get("vat_id", ""), country),
            _("This is no VAT number of that country. Check digits and letters; the prefix is that of the country."),
        )
        self._keep(
            facts, "iban", parse_iban(facts.get("iban", "")), _("This is no IBAN. Check the digits and letters.")
        )
        return facts

    def _keep(self, facts: dict[str, Any], name: str, kept: str | None, problem: str) -> None:
        """Put the checked form of a value that was typed in its place, or an error beside its field."""
        if not facts.get(name):
            return
        if kept is None:
            self.add_error(name, ValidationError(problem, code=name))
        else:
            facts[name] = kept


def details_initial(details: InvoiceDetails | None, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return what the form shows at first."""
    if details is None:
        return {"version": 0}
    shown = {name: getattr(details, name) for name in fields}
    return {**shown, "version": details.version, "iban": format_iban(details.iban) if details.iban else ""}


def _postcode_words(country: str) -> str:
    if country == "NL":
        return _("A postcode such as 8011 AB: four digits and two letters.")
    return _("At most 12 characters.")


def _registration_words(country: str) -> str:
    if country == "NL":
        return _("A KvK number has eight digits.")
    return _("2 to 20 letters and digits.")
