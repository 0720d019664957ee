"""Mails as they were rendered. The outbox row that sends one knows only its id."""

import uuid

from django.db import models

from chat.models.chat import Words


class Delivery(models.Model):
    """One mail: recipient and text, and what became of it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    recipient = models.EmailField()
    reply_to = models.EmailField(blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
