"""A person on a site, anonymous until they say who they are."""

import uuid

from django.db import models
from django.db.models.functions import Now

from chat.models.chat import Words


class Visitor(models.Model):
    """Made with the first message, under the id of the visitor's signed token."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = Words()

    class Meta:
        base_manager_name = "objects"

    def __str__(self) -> str:
        return self.name or str(self.id)
