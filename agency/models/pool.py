"""The pool: seats, live chats and the trail of who held what. Never a word that a visitor typed."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from agency.domain.pool import reasons
from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.trail_reasons import TRAIL_CODES
from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS


class Seat(models.Model):
    """One lasting row per operator. Presence is the lease, not a socket.

    `used` counts held chats that aren't in wrap-up, and offers. That it never rises above `capacity` is a trigger of
    the database (`seat_used_within_capacity`), not a CHECK: a lowered capacity takes effect as slots free.
    """

    class DrainReason(models.TextChoices):
        SHIFT = "shift"
        MANAGER = "manager"
        OWN = "own"

    operator = models.OneToOneField("agency.Operator", on_delete=models.CASCADE, primary_key=True, related_name="seat")
    lease_until = models.DateTimeField(db_default=Now())
    # The seat ended because rights shrank, and its operator may come back to the chats they hold until then.
    kept_until = models.DateTimeField(null=True)
    # The session of the console that took the seat: signing out elsewhere doesn't end it.
    session = models.CharField(max_length=40, blank=True, default="", db_default="")
    epoch = models.PositiveIntegerField(default=0)
    capacity = models.PositiveSmallIntegerField(default=6)
    used = models.PositiveSmallIntegerField(default=0)
    paused = models.BooleanField(default=False)
    pause_reason = models.CharField(max_length=40, blank=True)
    paused_at = models.DateTimeField(null=True)
    # No new offers while others remain; why: the shift ends, a manager said so, or the operator did.
    draining = models.BooleanField(default=False)
    drain_reason = models.CharField(max_length=8, choices=DrainReason, blank=True)
    # End of the shift that runs now, adjoining ones taken together; empty without one.
    shift_ends_at = models.DateTimeField(null=True)
    idle_since = models.DateTimeField(db_default=Now())
    # Since when it stands as it does: free, full, draining, on a break. Not before its lease ended: away. The trigger
    # `agency_seat_presence` alone sets it, and writes down what it ends (`PresenceInterval`).
    stands_since = models.DateTimeField(null=True, editable=False)
    # The moment of a change, which each writer hands the trigger with it. Never kept; without it the database's clock.
    as_of = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"{self.operator_id} {self.used}/{self.capacity}"


class PoolEntry(models.Model):
    """The live facts of one unfinished chat. While it lives they are nowhere else."""

    class State(models.TextChoices):
        WAITING = "waiting"
        OFFERED = "offered"
        OPEN = "open"
        WRAP_UP = "wrap_up"

    chat_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="pool_entries")
    site_id = models.UUIDField()
    visitor_id = models.UUIDField()
    language = models.CharField(max_length=5, default="nl")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    operator = models.ForeignKey("agency.Operator", on_delete=models.PROTECT, null=True, related_name="held_entries")
    offered_to = models.ForeignKey(
        "agency.Operator", on_delete=models.PROTECT, null=True, related_name="offered_entries"
    )
    offer_expires_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    bounces = models.PositiveSmallIntegerField(default=0)
    at_head = models.BooleanField(default=False)
    # The operator who helped this visitor last, for the router. No foreign key, so that an arrival locks no more rows.
    earlier_operator = models.UUIDField(null=True)
    # Since when the lead operators are called to a chat that was let pass twice.
    called_at = models.DateTimeField(null=True)
    # A transfer under way: "person", "any" or the language asked for. The chat stays open with its operator meanwhile.
    transfer = models.CharField(max_length=8, blank=True, default="")
    last_seq = models.PositiveIntegerField(default=0)
    turn = models.CharField(max_length=8, default="operator")
    turn_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    promise_id = models.BigIntegerField(null=True)
    promise_seconds = models.PositiveSmallIntegerField(default=DEFAULT_PROMISE_SECONDS)
    first_human_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField(null=True)
    visitor_seen_at = models.DateTimeField()
    visitor_hidden = models.BooleanField(default=False)
    visitor_read = models.PositiveIntegerField(default=0)
    operator_read = models.PositiveIntegerField(default=0)
    # When each side's budget of messages is whole again (chat/domain/budget.py), by the database's clock.
    visitor_whole_at = models.DateTimeField(null=True)
    operator_whole_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    unstaffed_since = models.DateTimeField(null=True)
    # At arrival: certified seats that could be offered a new chat, and their free slots. Why a promise broke.
    seats = models.PositiveSmallIntegerField(db_default=0)
    free_slots = models.PositiveSmallIntegerField(db_default=0)
    # Chats its operator held when it was first accepted, this one among them.
    concurrency = models.PositiveSmallIntegerField(db_default=0)
    wrap_up_at = models.DateTimeField(null=True)
    # When each ticked step of the company's script was ticked, by the step's key; with the chat, whoever holds it.
    ticks = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    class Meta:
        verbose_name_plural = "pool entries"
        indexes: ClassVar = [
            # assign_waiting, each second and after each arrival: waiting chats in order of arrival
            models.Index(fields=["arrived_at"], name="pool_waiting", condition=Q(state="waiting")),
            # expire_offers, each second
            models.Index(
                fields=["offer_expires_at"],
                name="pool_offered",
                condition=Q(offer_expires_at__isnull=False),
            ),
            # a console's snapshot and each renewal: what one operator holds
            models.Index(fields=["operator"], name="pool_held", condition=Q(operator__isnull=False)),
            models.Index(fields=["offered_to"], name="pool_offers", condition=Q(offered_to__isnull=False)),
            # one company's live chats
            models.Index(fields=["company", "state"], name="pool_company"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="waiting", operator__isnull=True, offered_to__isnull=True)
                | Q(
                    state="offered",
                    operator__isnull=True,
                    offered_to__isnull=False,
                    offer_expires_at__isnull=False,
                )
                | Q(state="open", operator__isnull=False, offered_to__isnull=True, transfer="")
                | Q(
                    ~Q(offered_to=F("operator")),
                    ~Q(transfer=""),
                    state="open",
                    operator__isnull=False,
                    offered_to__isnull=False,
                    offer_expires_at__isnull=False,
                )
                | Q(
                    state="wrap_up",
                    operator__isnull=False,
                    offered_to__isnull=True,
                    wrap_up_at__isnull=False,
                ),
                name="pool_state_and_holder",
            )
        ]

    def __str__(self) -> str:
        return f"{self.chat_id} {self.state}"


class Reservation(models.Model):
    """A slot kept for a visitor who was just invited, until the chat begins or 20 s have passed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="+")
    site_id = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="reservation_expires")]


class Assignment(models.Model):
    """One change of who holds a chat: what happened, to whom, with which fence and why."""

    class Kind(models.TextChoices):
        OFFER = "offer"
        ACCEPT = "accept"
        BOUNCE = "bounce"
        REQUEUE = "requeue"
        RELEASE = "release"
        # Without an offer: an operator took a waiting chat; a lead took an open one over.
        PICK = "pick"
        TAKE = "take"

    # Ways in which an operator becomes the holder of a chat.
    HELD: ClassVar = (Kind.ACCEPT, Kind.PICK, Kind.TAKE)

    chat_id = models.UUIDField()
    # Without a constraint of its own: the entry has one, and a decision would lock the company's row once more for it.
    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    operator = models.ForeignKey("agency.Operator", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    # Why: one of the trail's reasons, and what its words take.
    code = models.CharField(max_length=24, blank=True)
    facts = models.JSONField(default=dict)
    fence = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # a chat's trail; who bounced it
            models.Index(fields=["chat_id", "fence"], name="assignment_chat"),
            # a report's bounces by reason
            models.Index(fields=["company", "at"], name="assignment_bounced", condition=Q(kind="bounce")),
        ]
        constraints: ClassVar = [
            # Two operators can't be given one chat under one fence.
            models.UniqueConstraint(fields=["chat_id", "fence", "kind"], name="one_assignment_per_fence"),
            models.CheckConstraint(condition=Q(code__in=TRAIL_CODES), name="assignment_code"),
        ]

    @property
    def reason(self) -> PoolReason:
        """Why, as it is put into words."""
        return reasons.read(self.code, self.facts)
