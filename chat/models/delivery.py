"""Mails as they were rendered. The outbox row that sends one knows only its id."""

import uuid

from django.db import models
from django.db.models.functions import Now

from chat.models.chat import Words


class Delivery(models.Model):
    """One mail: recipient and text. A transcript is rendered at the first try and sent as it was then at every later
    one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    chat = models.ForeignKey("chat.Chat", on_delete=models.CASCADE, null=True, related_name="deliveries")
    recipient = models.EmailField()
    reply_to = models.EmailField(blank=True)
    # The name in From, as it was when the mail was rendered; the address there is always the agency's own.
    sender = models.CharField(max_length=120, blank=True, db_default="")
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    # An appointment (RFC 5545) that goes along as a file.
    calendar = models.TextField(blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
