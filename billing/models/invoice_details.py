"""The party on a company's invoices."""

from django.db import models
from django.db.models.functions import Now


class InvoiceDetails(models.Model):
    """The party on a company's invoices, as it is now: what was issued keeps its own copy.

    `version` rises with each change, so that a page that somebody opened earlier can't undo it unseen.
    """

    company = models.OneToOneField(
        "tenants.Company", on_delete=models.CASCADE, primary_key=True, related_name="invoice_details"
    )
    version = models.PositiveIntegerField(default=1)
    legal_name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    street = models.CharField(max_length=100)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=60)
    # Number of the trade register; in the Netherlands KvK's.
    registration = models.CharField(max_length=20, blank=True)
    # With its country's prefix in the EU.
    vat_id = models.CharField(max_length=20, blank=True)
    iban = models.CharField(max_length=34, blank=True)
    contact = models.CharField(max_length=100, blank=True)
    email = models.EmailField()
    # The company's own, on every invoice, such as an order number.
    reference = models.CharField(max_length=50, blank=True)
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "invoice details"

    def __str__(self) -> str:
        return self.legal_name
