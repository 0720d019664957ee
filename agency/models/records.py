"""The facts of finished chats. Reports and billing read only these."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q


class ChatRecord(models.Model):
    """One finished chat: raw times, who, how it ended, the promise in force. Written in the closing transaction."""

    chat_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    company = models.ForeignKey("tenants.Company", on_delete=models.PROTECT, related_name="records")
    site_id = models.UUIDField()
    visitor_id = models.UUIDField()
    language = models.CharField(max_length=5)
    operator = models.ForeignKey(
        "agency.Operator", on_delete=models.PROTECT, null=True, related_name="records"
    )
    arrived_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True)
    first_human_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=16)
    outcome = models.CharField(max_length=20, blank=True)
    promise_id = models.BigIntegerField(null=True)
    promise_seconds = models.PositiveSmallIntegerField()
    bounces = models.PositiveSmallIntegerField(default=0)
    visitor_texts = models.PositiveIntegerField(default=0)
    operator_texts = models.PositiveIntegerField(default=0)
    in_hours = models.BooleanField(default=True)
    visitor_left_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # reports: one company's chats by arrival
            models.Index(fields=["company", "arrived_at"], name="record_company_arrived"),
            # charging sweeps settled records; unsettled ones are listed for the lead
            models.Index(
                fields=["closed_at"], name="record_unsettled", condition=Q(settled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.close_reason}"
