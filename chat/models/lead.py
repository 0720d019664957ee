"""People who want to hear from the company, and what became of each."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from chat.domain.leads import CONSENT_LIMIT, REASON_LIMIT, LeadState
from chat.models.chat import Words


class Lead(models.Model):
    """Somebody to get in touch with, from a chat, the question form or a request to be called.

    `source` and `source_id` name the chat or the question it came from: one lead each, however often it is sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=9)
    source_id = models.UUIDField()
    site_id = models.UUIDField()
    page_url = models.CharField(max_length=2000, blank=True)
    name = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=5)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    question = models.TextField(blank=True)
    # When to call, on the company's clock: a day with a part of it or an exact time; no day: as soon as possible.
    best_day = models.DateField(null=True)
    best_part = models.CharField(max_length=9, blank=True)
    best_time = models.TimeField(null=True)
    # The words under which the person left their address, and when; empty: nothing was asked.
    consent = models.CharField(max_length=CONSENT_LIMIT, blank=True)
    consent_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default=LeadState.NEW)
    lost_reason = models.CharField(max_length=REASON_LIMIT, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    # By when it is to be acknowledged, by the rule and the opening hours of then; null: no hours in sight.
    due_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        indexes: ClassVar = [
            # the list of one state, newest first
            models.Index(fields=["state", "-created_at"], name="lead_state"),
            # the whole list
            models.Index(fields=["-created_at"], name="lead_created"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "source_id"], name="one_lead_per_source"),
            models.CheckConstraint(
                condition=Q(channel="mail") & ~Q(email="") | Q(channel="phone") & ~Q(phone=""),
                name="lead_can_be_reached",
            ),
            models.CheckConstraint(
                condition=Q(best_day__isnull=False) | Q(best_part="", best_time__isnull=True), name="lead_part_of_a_day"
            ),
            models.CheckConstraint(condition=Q(best_part="") | Q(best_time__isnull=True), name="lead_part_or_time"),
            models.CheckConstraint(
                condition=Q(consent="", consent_at__isnull=True) | ~Q(consent="") & Q(consent_at__isnull=False),
                name="lead_consent",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in LeadState]),
                name="lead_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)


class LeadEvent(models.Model):
    """One step of a lead: made, acknowledged, escalated, won or lost. Never changed: a correction is a newer one."""

    id = models.BigAutoField(primary_key=True)
    lead = models.ForeignKey("chat.Lead", on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12)
    # The name of whoever did it; empty: by the link in a mail, or by the clock.
    by = models.CharField(max_length=100, blank=True)
    words = models.CharField(max_length=REASON_LIMIT, blank=True)
    at = models.DateTimeField()

    objects = Words()

    class Meta:
        base_manager_name = "objects"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.kind}"
