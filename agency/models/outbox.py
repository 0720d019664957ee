"""Effects that leave the house, and signs of life of the parts that do the work."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class OutboxRow(models.Model):
    """One effect, written in the transaction that causes it. Holds no address, subject or body.

    The agency's own have no company, and a kind that begins with `agency.`; every other one has a company.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        DONE = "done"
        DEAD = "dead"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    # Message-ID of a mail, idempotency key of a webhook: the same at every try.
    external_key = models.CharField(max_length=200)
    dedup = models.CharField(max_length=200, unique=True)
    # Of a mail somebody asked for: whom it goes to, recognisable but not readable. Limits count it.
    recipient_key = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=6, choices=State, default=State.QUEUED)
    run_after = models.DateTimeField(db_default=Now())
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why it failed, a word of `mail_states`, and the number that the mail server gave for it.
    error = models.CharField(max_length=300, blank=True)
    reply = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(company__isnull=True, kind__startswith="agency.")
                | Q(company__isnull=False) & ~Q(kind__startswith="agency."),
                name="outbox_row_has_its_company",
            )
        ]
        indexes: ClassVar = [
            # claim: what is due, oldest first
            models.Index(fields=["run_after"], name="outbox_due", condition=Q(state="queued")),
            # what became of one mail
            models.Index(fields=["object_id"], name="outbox_object"),
            # how much one recipient was sent in the last hour
            models.Index(
                fields=["recipient_key", "created_at"],
                name="outbox_recipient",
                condition=~Q(recipient_key=""),
            ),
            # what a manager must look at
            models.Index(fields=["done_at"], name="outbox_dead", condition=Q(state="dead")),
        ]


class Heartbeat(models.Model):
    """The last sign of life of one part on one node. Web nodes with a fresh row get live events."""

    part = models.CharField(max_length=20)
    node = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())
    # Seconds by which the process's own clock was ahead of the database's.
    clock_ahead = models.FloatField(default=0.0, db_default=0.0)
    # Seconds by which it saw the database's own clock jump, within the last 10 minutes.
    clock_jumped = models.FloatField(default=0.0, db_default=0.0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["part", "node"], name="one_heartbeat_per_node")]
