"""The log of changes: the person, the change, the time."""

import uuid
from typing import ClassVar

from django.db import models


class LogEntry(models.Model):
    """One change by a person: never changed itself. Names are copied, so they outlive what they name."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    actor = models.ForeignKey("agency.User", on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=100)
    company = models.ForeignKey("tenants.Company", on_delete=models.SET_NULL, null=True, related_name="+")
    # The change as an event: company.made, site.changed, certification.revoked.
    action = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64, blank=True)
    object_name = models.CharField(max_length=200, blank=True)
    # {field: [before, after]}; secrets never.
    changes = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "log entries"
        indexes: ClassVar = [
            # the log page, of all or of one company, newest first
            models.Index(fields=["-at"], name="log_at"),
            models.Index(fields=["company", "-at"], name="log_company"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"
