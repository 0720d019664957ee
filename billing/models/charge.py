"""The ledger."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Charge(models.Model):
    """One immutable line of the ledger. Each settled record has one of component `chat`: an amount, or 0 with the
    reason. A billed one may have others beside it (billing/domain/components.py).

    The database refuses every change and deletion of a row. What turns out otherwise later is a line of its own,
    component `correction`, one for each event that causes it.
    """

    class Component(models.TextChoices):
        """Those that every ledger has."""

        CHAT = "chat"
        CORRECTION = "correction"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("tenants.Company", on_delete=models.PROTECT, related_name="charges")
    record = models.ForeignKey("agency.ChatRecord", on_delete=models.PROTECT, related_name="charges")
    component = models.CharField(max_length=20)
    # Why it is billed or not: a code of billing/domain/pricing.py.
    reason = models.CharField(max_length=24)
    # Euro, without VAT.
    amount = models.DecimalField(max_digits=8, decimal_places=2)
    price = models.ForeignKey("billing.Price", on_delete=models.PROTECT, null=True)
    # The event that a correction follows; the earlier chat that a repeat belongs to.
    event = models.ForeignKey("agency.RecordEvent", on_delete=models.PROTECT, null=True)
    repeat_of = models.ForeignKey("agency.ChatRecord", on_delete=models.PROTECT, null=True, related_name="+")
    # The facts that the decision was made on, as they were then.
    evidence = models.JSONField(default=dict)
    # First day of the Amsterdam month of the chat's close: what it is invoiced in.
    month = models.DateField()
    # By the database's clock, under the company's lock: the order in which the ledger was written.
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes: ClassVar = [
            # a company's month
            models.Index(fields=["company", "month"], name="charge_month")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["record", "component"], condition=~Q(component="correction"), name="one_charge_per_record"
            ),
            models.UniqueConstraint(fields=["event"], name="one_correction_per_event"),
            models.CheckConstraint(
                condition=Q(component="correction", event__isnull=False)
                | ~Q(component="correction") & Q(event__isnull=True) & (~Q(component="chat") | Q(amount__gte=0)),
                name="charge_component",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.component} {self.amount}"
