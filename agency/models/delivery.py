"""Mails of the agency itself, which belong to no company. The outbox row that sends one knows only its id."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class AgencyDelivery(models.Model):
    """One mail: recipient and letter, as it is at every try.

    `text` may hold a mark for what only its recipient may read, which is filled in at each try and stored nowhere
    (agency/services/mail/agency_mail.py). `user`: whose account it is about.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    user = models.ForeignKey("agency.User", on_delete=models.CASCADE, null=True, related_name="+")
    recipient = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "agency deliveries"
        indexes: ClassVar = [
            # what is swept away with its outbox row
            models.Index(fields=["created_at"], name="agency_delivery_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
