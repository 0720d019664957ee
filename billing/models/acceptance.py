"""Agreements that a company accepted."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Acceptance(models.Model):
    """One agreement as one person accepted it: never changed or deleted, as the document itself is in it.

    The database refuses a document that isn't the one of the sum. The account that accepted may go; its name stays.
    """

    class Kind(models.TextChoices):
        PROCESSING = "processing", _("Processing agreement")
        PRICE = "price", _("Price agreement")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("tenants.Company", on_delete=models.PROTECT, related_name="acceptances")
    kind = models.CharField(max_length=10, choices=Kind)
    # Of the text, in templates/documents/agreements.
    edition = models.PositiveSmallIntegerField()
    # The name that was typed, and the account that typed it.
    name = models.CharField(max_length=100)
    user = models.ForeignKey("agency.User", on_delete=models.SET_NULL, null=True, related_name="+")
    accepted_at = models.DateTimeField(db_default=Now())
    # Of a price: the row's id, its amount and its first day, as they were.
    price_id = models.UUIDField(null=True)
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    valid_from = models.DateField(null=True)
    # All that the document was typeset from, its text filled in among it.
    facts = models.JSONField()
    document = models.BinaryField()
    # Of the document, in hexadecimal.
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["-accepted_at", "-id"]
        indexes: ClassVar = [
            # a company's, newest first
            models.Index(fields=["company", "-accepted_at"], name="acceptance_company")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="price", price_id__isnull=False, amount__isnull=False, valid_from__isnull=False)
                | Q(kind="processing", price_id__isnull=True, amount__isnull=True, valid_from__isnull=True),
                name="acceptance_of_a_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.edition} {self.name}"
