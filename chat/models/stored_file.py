"""Files of a company: the rows of what lies in the storage."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from chat.models.chat import Words


class StoredFile(models.Model):
    """A file whose bytes lie in the storage under the company's id and this one. Neither ever changes."""

    class Kind(models.TextChoices):
        LOGO = "logo"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    # As whoever sent it called it: shown and offered for saving, and no part of any path.
    name = models.CharField(max_length=200)
    # By its content; what a browser said of it counts for nothing.
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    # Pixels, of pictures.
    width = models.PositiveSmallIntegerField(null=True)
    height = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100, blank=True)

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [models.CheckConstraint(condition=Q(size__gt=0), name="stored_file_has_bytes")]

    def __str__(self) -> str:
        return self.name
