"""What each operator did when: free, full, draining, on a break or in training."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q

from agency.domain.facts.presence import AWAY, STATES


class PresenceInterval(models.Model):
    """A stretch of time in which an operator's seat stood one way, once it is over. Time in between is away.

    A trigger on the seat writes it (`agency_seat_presence`), in the transaction that ends it; the stretch that still
    lasts is the seat itself, from `stands_since` on. The database refuses to change or delete one.
    """

    operator = models.ForeignKey("agency.Operator", on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=8)
    # Why a break or a drain, as the seat had it.
    reason = models.CharField(max_length=40, blank=True)
    capacity = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            # the whole agency's day; rows come in the order of time, so this stays some kilobytes
            BrinIndex(fields=["starts_at", "ends_at"], name="presence_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="presence_lasts"),
            models.CheckConstraint(condition=Q(state__in=sorted(STATES - {AWAY})), name="presence_state"),
            # One operator's day is read by it too.
            ExclusionConstraint(
                name="one_presence_at_a_time",
                expressions=[
                    ("operator", RangeOperators.EQUAL),
                    (
                        Func("starts_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator_id} {self.state} {self.starts_at} {self.ends_at}"
