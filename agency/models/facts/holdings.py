"""Who held which chat, from when to when, and how long they wrapped it up."""

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q


class Holding(models.Model):
    """One chat in one operator's hands, from taking it until it left them, and its wrap-up if it closed there.

    Triggers write it with what ends it: the trail's line of who took, lost or closed the chat (`agency_trail_holding`),
    and the settling of its record (`agency_record_holding`).
    """

    chat_id = models.UUIDField()
    # Without constraints and indexes of their own: the trail's line has them, and reads go by time.
    company = models.ForeignKey(
        "tenants.Company", on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    operator = models.ForeignKey(
        "agency.Operator", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    # Of the trail's line that gave them the chat.
    fence = models.PositiveIntegerField()
    # Slots of their seat in use right then, this chat's among them. Of the time before it was written nobody knows.
    slots = models.PositiveSmallIntegerField(null=True)
    held_from = models.DateTimeField()
    held_to = models.DateTimeField(null=True)
    wrap_up_from = models.DateTimeField(null=True)
    wrap_up_to = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # a time of the whole agency; rows come in the order of time, so this stays some kilobytes
            BrinIndex(fields=["held_from", "held_to"], name="holding_time"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chat_id", "fence"], name="one_holding_per_fence"),
            models.UniqueConstraint(fields=["chat_id"], condition=Q(held_to=None), name="one_holder_at_a_time"),
            models.CheckConstraint(
                condition=(Q(held_to=None) | Q(held_to__gte=F("held_from")))
                & (Q(wrap_up_from=None) | Q(wrap_up_from=F("held_to")))
                & (Q(wrap_up_to=None) | Q(wrap_up_to__gte=F("wrap_up_from"))),
                name="holding_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.operator_id} {self.held_from}"
