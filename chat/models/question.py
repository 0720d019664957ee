"""Questions left when nobody could answer."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from chat.models.chat import Words


class Question(models.Model):
    """A question from the form, or the first text of a chat that was refused."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site_id = models.UUIDField()
    visitor_id = models.UUIDField()
    client_id = models.UUIDField()
    name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    body = models.TextField()
    page_url = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar = [models.UniqueConstraint(fields=["visitor_id", "client_id"], name="question_once")]

    def __str__(self) -> str:
        return str(self.id)
