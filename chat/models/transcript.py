"""Visitors who want their chat by mail."""

import uuid
from typing import ClassVar

from django.db import models

from chat.models.chat import Words


class TranscriptRequest(models.Model):
    """A visitor asked for the transcript at an address, during the chat or after it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    chat = models.ForeignKey("chat.Chat", on_delete=models.CASCADE, related_name="transcript_requests")
    client_id = models.UUIDField()
    recipient = models.EmailField()
    created_at = models.DateTimeField()
    # When the recipient said, by the link in a mail to them, that they want it; null: nobody knows whose address it is.
    confirmed_at = models.DateTimeField(null=True)
    # Null while the chat goes on: it is mailed when it closes. The newest, where confirming made a second.
    delivery = models.OneToOneField("chat.Delivery", on_delete=models.CASCADE, null=True, related_name="request")

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chat", "client_id"], name="transcript_asked_once"),
            models.UniqueConstraint(fields=["chat", "recipient"], name="transcript_per_address"),
        ]

    def __str__(self) -> str:
        return str(self.id)
