"""A conversation. Its live facts are in the agency's pool entry, its lasting ones here."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from tenants.context import TenantQuerySet

# The manager of every model here: its rows are read in the company that they were asked for in.
Words: Any = models.Manager.from_queryset(TenantQuerySet)


class Chat(models.Model):
    """One conversation of a visitor on a site. It has no state: opened, perhaps closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.PositiveIntegerField(unique=True)
    visitor = models.ForeignKey("chat.Visitor", on_delete=models.CASCADE, related_name="chats")
    site_id = models.UUIDField()
    first_client_id = models.UUIDField()
    language = models.CharField(max_length=5, default="nl")
    page_url = models.CharField(max_length=2000, blank=True)
    page_title = models.CharField(max_length=300, blank=True)
    referrer = models.CharField(max_length=2000, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # Every word of it, for the portal's search; written once, when it closes.
    search = SearchVectorField(null=True)
    # Whether its stems are among them. A process of a release without stems says nothing of it.
    has_stems = models.BooleanField(db_default=False)

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [
            # the portal's list, newest first
            models.Index(fields=["-opened_at"], name="chat_opened"),
            GinIndex(fields=["search"], name="chat_words"),
            # what `add_stems` has still to do: empty as a rule
            models.Index(fields=["id"], name="chat_stemless", condition=Q(closed_at__isnull=False, has_stems=False)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visitor", "site_id"],
                condition=Q(closed_at__isnull=True),
                name="one_open_chat_per_visitor_and_site",
            ),
            # A repeated first message finds its chat, open or closed.
            models.UniqueConstraint(fields=["visitor", "first_client_id"], name="one_chat_per_first_message"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"
