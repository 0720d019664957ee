"""Filters of a list that somebody keeps under a name."""

import uuid
from typing import ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.db import models
from django.db.models import Q

from tenants.models import Company


class SavedFilter(models.Model):
    """A filter of a company's chats: one person's own, or, with no user, everybody's at the company's portal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="saved_filters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=60)
    # Readable values of the list's own fields, and no other.
    asked = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "name"], condition=Q(user__isnull=True), name="one_shared_filter_of_a_name"
            ),
            models.UniqueConstraint(
                fields=["company", "user", "name"], condition=Q(user__isnull=False), name="one_own_filter_of_a_name"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> str:
        """What it asks for, as an address says it."""
        return urlencode(self.asked)
