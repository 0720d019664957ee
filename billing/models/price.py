"""Prices that companies pay."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Price(models.Model):
    """The price of one billable chat from a day on, by the Amsterdam calendar. The newest that has begun holds."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("tenants.Company", on_delete=models.PROTECT, related_name="prices")
    valid_from = models.DateField()
    # Euro, without VAT.
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["company", "-valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "valid_from"], name="one_price_per_day"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.valid_from} {self.amount}"
