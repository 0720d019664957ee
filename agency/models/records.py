"""The facts of finished chats. Reports and billing read only these."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q


class ChatRecord(models.Model):
    """One finished chat: raw times, who, how it ended, the promise in force. Written in the closing transaction."""

    chat_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    company = models.ForeignKey("tenants.Company", on_delete=models.PROTECT, related_name="records")
    site_id = models.UUIDField()
    visitor_id = models.UUIDField()
    language = models.CharField(max_length=5)
    operator = models.ForeignKey("agency.Operator", on_delete=models.PROTECT, null=True, related_name="records")
    arrived_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True)
    first_human_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=16)
    outcome = models.CharField(max_length=20, blank=True)
    promise_id = models.BigIntegerField(null=True)
    promise_seconds = models.PositiveSmallIntegerField()
    bounces = models.PositiveSmallIntegerField(default=0)
    visitor_texts = models.PositiveIntegerField(default=0)
    operator_texts = models.PositiveIntegerField(default=0)
    in_hours = models.BooleanField(default=True)
    visitor_left_at = models.DateTimeField(null=True)
    number = models.PositiveIntegerField(default=0)
    # At arrival: certified seats that could be offered a new chat, and their free slots.
    seats = models.PositiveSmallIntegerField(default=0)
    free_slots = models.PositiveSmallIntegerField(default=0)
    # Chats its operator held when it was first accepted, this one among them.
    concurrency = models.PositiveSmallIntegerField(default=0)
    # The visitor, recognisable but not readable (agency/domain/keys.py); the address only if one was given.
    visitor_key = models.CharField(max_length=64, blank=True)
    address_key = models.CharField(max_length=64, blank=True)
    # Off the ledger's to-do list. A mark only: that a record is charged once is a constraint of the ledger.
    charged = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            # reports: one company's chats by arrival
            models.Index(fields=["company", "arrived_at"], name="record_company_arrived"),
            # unsettled ones are listed for the lead
            models.Index(fields=["closed_at"], name="record_unsettled", condition=Q(settled_at__isnull=True)),
            # what is still to be charged, company by company in order of arrival
            models.Index(
                fields=["company", "arrived_at", "chat_id"],
                name="record_uncharged",
                condition=Q(charged=False),
            ),
            # reports of the whole agency
            models.Index(fields=["arrived_at"], name="record_arrived"),
            # repeats of one visitor within 24 h
            models.Index(fields=["company", "visitor_key"], name="record_visitor"),
            models.Index(
                fields=["company", "address_key"],
                name="record_address",
                condition=~Q(address_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.close_reason}"


class RecordEvent(models.Model):
    """A fact that came after the close. The newest of a kind counts. A rating has one row, whose value may change.

    Holds our own people's words at most: what a visitor wrote with a rating lies in the company's schema.
    """

    class Kind(models.TextChoices):
        RATING = "rating"
        SPAM = "spam"
        LEAD_RESULT = "lead_result"
        DISPUTE = "dispute"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record = models.ForeignKey(ChatRecord, on_delete=models.PROTECT, related_name="events")
    company = models.ForeignKey("tenants.Company", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    # Rating: 1 good, 0 not. Spam: 1 it is, 0 it isn't after all. Lead's result: 1 won, 0 lost.
    value = models.SmallIntegerField(null=True)
    # Rating: `said`, every change of mind. Spam: `note`.
    data = models.JSONField(default=dict)
    actor = models.ForeignKey("agency.User", on_delete=models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # the newest of a kind for each record of a report
            models.Index(fields=["record", "kind", "-at"], name="record_event_newest"),
            # what happened since, for charging
            models.Index(fields=["kind", "at"], name="record_event_at"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record"], condition=Q(kind="rating"), name="one_rating_per_record")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.kind} {self.value}"
