"""Rate limits that somebody is over now."""

import uuid
from typing import ClassVar

from django.db import models


class Block(models.Model):
    """One caller, account, chat or site that went over a limit, until it may go on. The count itself is in Valkey.

    Written once when the limit is passed, so that a manager sees it and can lift it; refusals after that write nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=30)
    # Under what it is counted: an address range, a UUID, or a digest.
    counted_as = models.CharField(max_length=64)
    # In a manager's words: the address range, the mail address of an account, the name of a site.
    about = models.CharField(max_length=254, blank=True)
    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, null=True, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "counted_as"], name="one_block_per_limit")]
        indexes: ClassVar = [
            # the manager's page, and the sweep of what is over
            models.Index(fields=["until"], name="block_until")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
