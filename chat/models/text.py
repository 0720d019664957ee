"""The words a company put in our mouth: every one a version row."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from chat.models.chat import Words


class Text(models.Model):
    """One version of one text. In force: the highest version of its kind, key and language published by now.

    A version without `published_at` is a draft, written in place; one with a later moment takes force at that moment by
    itself. What is published stays as it is (`text_is_final`). `data`: a script's `steps` ([{"key", "text"}]); a
    greeting's `patterns` and `starts`; a notice's `greets`.
    """

    class Kind(models.TextChoices):
        SCRIPT = "script"
        GREETING = "greeting"
        INVITATION = "invitation"
        CANNED = "canned"
        INSTRUCTION = "instruction"
        NOTICE = "notice"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.CharField(max_length=40)
    language = models.CharField(max_length=5, default="nl")
    version = models.PositiveIntegerField(default=1)
    # Rises over all versions with each change of the words or of their approval: who began from a lower one is told.
    edition = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=100, blank=True)
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    # Of an instruction: everybody must be certified anew; and the company's major version that this one raised.
    raises = models.BooleanField(default=False)
    major = models.PositiveIntegerField(null=True)
    # Of a notice: until when it holds.
    until = models.DateTimeField(null=True)
    # A name with `inside` is the agency's: the company doesn't read it.
    author_name = models.CharField(max_length=100, blank=True)
    author_inside = models.BooleanField(default=False)
    written_at = models.DateTimeField(db_default=Now())
    # By the company.
    approved_at = models.DateTimeField(null=True)
    approved_name = models.CharField(max_length=100, blank=True)
    published_at = models.DateTimeField(null=True)
    published_name = models.CharField(max_length=100, blank=True)
    published_inside = models.BooleanField(default=False)
    # Since when consoles and log know that it is in force. It is so from `published_at` on, whether they do or not.
    told_at = models.DateTimeField(null=True)
    # Out of force; of a draft: put away.
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar = ["kind", "key", "language", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key", "language", "version"], name="text_version"),
            models.UniqueConstraint(
                fields=["kind", "key", "language"],
                condition=Q(told_at__isnull=True, withdrawn_at__isnull=True),
                name="one_coming_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.key} {self.language} v{self.version}"
