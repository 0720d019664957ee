"""The words a company put in our mouth: every one a version row."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from chat.models.chat import Words


class Text(models.Model):
    """One version of one text. In force: the highest published version of its kind, key and language.

    `data`: a script's `steps` ([{"key", "text"}]); a greeting's `patterns` and `starts`; of an instruction that raised
    the company's major version that number as `major`.
    """

    class Kind(models.TextChoices):
        SCRIPT = "script"
        GREETING = "greeting"
        INVITATION = "invitation"
        CANNED = "canned"
        INSTRUCTION = "instruction"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=40)
    language = models.CharField(max_length=5, default="nl")
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=100, blank=True)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    author_name = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar = ["kind", "key", "language", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key", "language", "version"], name="text_version")
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key} {self.language} v{self.version}"
