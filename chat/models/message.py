"""Every lasting change of a chat, in order."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from chat.models.chat import Words


class Message(models.Model):
    """One change of a chat. `seq` has no gap within a chat and is the order, which clocks are not.

    `data`: what a system line tells (`code`), the greeting of an automatic one (`greeting`, `version`), and of an
    operator's text how it came about (`Provenance` of chat/domain/frames/console.py), which neither side is shown.
    The live path's writer inserts texts and notes by SQL: a column that it doesn't set has a `db_default`.
    """

    class Kind(models.TextChoices):
        TEXT = "text"
        AUTO = "auto"
        SYSTEM = "system"
        NOTE = "note"

    chat = models.ForeignKey("chat.Chat", on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    client_id = models.UUIDField()
    kind = models.CharField(max_length=6, choices=Kind, db_default=Kind.TEXT)
    side = models.CharField(max_length=8)
    author_id = models.UUIDField(null=True, db_default=None)
    author_name = models.CharField(max_length=40, db_default="")
    body = models.TextField(db_default="")
    data = models.JSONField(db_default={})
    created_at = models.DateTimeField(db_default=Now())

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar = ["chat_id", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chat", "seq"], name="message_seq"),
            models.UniqueConstraint(fields=["chat", "client_id"], name="message_once"),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.seq} {self.kind}"
