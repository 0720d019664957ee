"""Certifications: operator x company x major version of the company's instruction."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class InstructionVersion(models.Model):
    """The number of a company's current major instruction version. Only a publish marked major raises it."""

    company = models.OneToOneField(
        "tenants.Company",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="instruction_version",
    )
    major = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(db_default=Now())
    # Since when an instruction is in force, in whatever language; empty: there is none to read.
    published_at = models.DateTimeField(null=True, blank=True)


class Certification(models.Model):
    """An operator knows a company's instruction up to `major`. Without it, no offer."""

    operator = models.ForeignKey("agency.Operator", on_delete=models.CASCADE, related_name="certifications")
    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="certifications")
    major = models.PositiveIntegerField(default=1)
    certified_at = models.DateTimeField(db_default=Now())
    # Counts until then and a week's grace; empty: until a newer major version.
    expires_at = models.DateTimeField(null=True, blank=True)
    # The newest major version the operator knows: certified for it, or read its changes then (empty: they never read
    # any).
    read_major = models.PositiveIntegerField(default=1)
    read_at = models.DateTimeField(null=True, blank=True)
    # Chats of this company at once, for somebody who starts there; empty: as many as the seat holds.
    chat_limit = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operator", "company"], name="one_certification"),
            models.CheckConstraint(
                condition=Q(chat_limit__isnull=True) | Q(chat_limit__gte=1),
                name="certification_chat_limit",
            ),
        ]
