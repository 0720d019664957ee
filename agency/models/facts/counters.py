"""How often visitors of a site saw, opened and used its chat, without any of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class SiteCounter(models.Model):
    """The counts of one site, on the pages of one greeting, in one half hour of UTC. Only ever added to.

    It holds nothing that a visitor or their browser said. It outlives its site: `site_id` is no foreign key.
    """

    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="+", db_index=False)
    site_id = models.UUIDField()
    # Key of the greeting whose page patterns fit, "" where none does or the page isn't known. Which patterns those were
    # at any moment is in its versions (chat.Text).
    greeting = models.CharField(max_length=40, blank=True)
    starts_at = models.DateTimeField()
    # As domain/facts/counters.py defines them.
    shown = models.PositiveIntegerField()
    opened = models.PositiveIntegerField()
    began = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    invited = models.PositiveIntegerField()
    dismissed = models.PositiveIntegerField()
    held_out = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            # A company's and a site's time are read by it too.
            models.UniqueConstraint(
                fields=["company", "site_id", "starts_at", "greeting"], name="one_counter_a_half_hour"
            ),
            models.CheckConstraint(condition=Q(accepted__lte=F("began")), name="accepted_chats_began"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.greeting} {self.starts_at}"
