"""What we read on a company's own site for its texts: one reading at a time, and the facts it found."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from chat.models.chat import Words


class SiteReading(models.Model):
    """A reading of a site, asked for by somebody. A company has the newest alone.

    `page` of `pages` is being read, as of `touched_at`. `reason`: why it stopped, a key of the crawl's words or the
    status of the answer. `skipped`: pages that couldn't be read, each [address, reason]. `trade`: as its words suggest.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        READING = "reading"
        DONE = "done"
        STOPPED = "stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    site_id = models.UUIDField()
    origin = models.CharField(max_length=200)
    state = models.CharField(max_length=7, choices=State, default=State.ASKED)
    reason = models.CharField(max_length=20, blank=True)
    page = models.PositiveSmallIntegerField(default=0)
    pages = models.PositiveSmallIntegerField(default=0)
    skipped = models.JSONField(default=list)
    trade = models.CharField(max_length=10, blank=True)
    asked_name = models.CharField(max_length=100)
    asked_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField(db_default=Now())

    objects = Words()

    class Meta:
        base_manager_name = "objects"


class SiteFact(models.Model):
    """Something a page says, with the words it was taken from and the page's address. `taken`: our texts may use it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reading = models.ForeignKey(SiteReading, on_delete=models.CASCADE, related_name="facts")
    # In the order of the site.
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=300)
    words = models.TextField()
    url = models.TextField()
    taken = models.BooleanField(default=True)

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["reading", "number"], name="fact_number")]
