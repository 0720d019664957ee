"""The party on a company's invoices: read, and changed without undoing what somebody else has just saved."""

from datetime import datetime
from typing import Any

from django.db import transaction

from agency.models import User
from agency.services.audit import differences, note_change
from billing.models import InvoiceDetails
from tenants.models import Company

FIELDS = (
    "legal_name",
    "country",
    "street",
    "postcode",
    "city",
    "registration",
    "vat_id",
    "iban",
    "contact",
    "email",
    "reference",
)


class ChangedMeanwhile(Exception):
    """Raised where somebody saved other details since the page was opened. `current`: what stands now."""

    def __init__(self, current: InvoiceDetails) -> None:
        super().__init__(str(current.version))
        self.current = current


def find_details(company: Company) -> InvoiceDetails | None:
    """The details of a company, or None as long as nobody gave any."""
    return InvoiceDetails.objects.filter(company=company).first()


@transaction.atomic
def change_details(
    *, company: Company, facts: dict[str, Any], expected: int, by: User, now: datetime
) -> InvoiceDetails:
    """Save a company's details and log what changed. Saving the same again changes nothing.

    Args:
        facts: a value for each of FIELDS, checked and in the form in which it is kept.
        expected: the version that the change began from, 0 where there were no details.

    Raises:
        ChangedMeanwhile: another version stands, with other values.
    """
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    before = find_details(company) or InvoiceDetails(company=company, version=0)
    details = InvoiceDetails(company=company, version=before.version + 1, changed_at=now)
    for name in FIELDS:
        setattr(details, name, facts[name])
    changes = differences(before, details, FIELDS)
    if not changes:
        return before
    if before.version != expected:
        raise ChangedMeanwhile(before)
    details.save(force_insert=before.version == 0, force_update=before.version > 0)
    note_change(actor=by, action="invoice_details.changed", now=now, company=company, about=company, changes=changes)
    return details
