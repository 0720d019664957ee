"""Step 1: how the company is called and speaks, and whom its invoices are for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.services.companies import companies
from agency.views.companies.forms import FactsForm
from balie.pages.onboarding.step import Step, StepPlace, StepState
from billing.services import invoice_details
from billing.services.invoice_details import FIELDS
from billing.views.invoice_details_form import InvoiceDetailsForm, details_initial
from tenants.models import Company

NAMES = ("name", "monogram", "language", "tone", "address", "reply_email", "country", "zone")


def facts_form(place: StepPlace, names: Sequence[str], **proposed: Any) -> FactsForm:
    """Return the form of a company's facts with these fields alone.

    Args:
        proposed: what stands in a field for which the company has nothing yet.
    """
    initial = {name: getattr(place.company, name) or proposed.get(name, "") for name in names}
    form = FactsForm(place.data, initial=initial, company=place.company)
    form.fields = {name: form.fields[name] for name in names}
    return form


def save_facts(place: StepPlace, form: FactsForm) -> bool:
    """Save a form of facts. False, with an error in it, when somebody took the monogram a moment ago."""
    try:
        companies.change_facts(company=place.company, facts=form.cleaned_data, by=place.by, now=place.now)
    except IntegrityError:
        form.add_error("monogram", _("Another company has these letters."))
        return False
    return True


def _state(company: Company) -> StepState:
    details = invoice_details.find_details(company)
    if details is None:
        return StepState(missing=[_("invoice details")])
    number = f"{'KvK ' if details.country == 'NL' else ''}{details.registration}, " if details.registration else ""
    return StepState(f"{number}{details.city}")


def _make_forms(place: StepPlace) -> Sequence[forms.Form]:
    details = invoice_details.find_details(place.company)
    initial = details_initial(details, FIELDS)
    if details is None:
        initial |= {"legal_name": place.company.name, "country": place.company.country}
        if not place.is_manager:
            initial |= {"email": place.by.email}
    invoice = InvoiceDetailsForm(place.data, initial=initial, prefix="invoice")
    # Old pages are the frame's business, for every field of the step.
    del invoice.fields["version"]
    return [facts_form(place, NAMES), invoice]


def _save(place: StepPlace, sheets: Sequence[Any]) -> bool:
    facts, invoice = sheets
    before = invoice_details.find_details(place.company)
    invoice_details.change_details(
        company=place.company,
        facts=invoice.cleaned_data,
        expected=before.version if before else 0,
        by=place.by,
        now=place.now,
    )
    return save_facts(place, facts)


STEP = Step(
    slug="company",
    title=gettext_lazy("Company"),
    question=gettext_lazy("Who are you?"),
    lead=gettext_lazy("How visitors know you, and whom our invoices are for."),
    minutes=4,
    state=_state,
    make_forms=_make_forms,
    save=_save,
)
