"""When somebody is planned to be at their desk."""

import uuid
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from agency.domain.shifts.shift_times import LONGEST, SHORTEST


class Shift(models.Model):
    """One stretch of work of one operator, both ends as instants, planned in the agency's own zone.

    That nobody is planned twice at one moment is a constraint of the database; shifts that touch make one stretch.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    operator = models.ForeignKey("agency.Operator", on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["starts_at"]
        indexes: ClassVar = [
            # a week's calendar, who is on now and next
            models.Index(fields=["starts_at"], name="shift_starts"),
            # whose shift is about to end, each second
            models.Index(fields=["ends_at"], name="shift_ends"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at") + SHORTEST) & Q(ends_at__lte=F("starts_at") + LONGEST),
                name="shift_length",
            ),
            ExclusionConstraint(
                name="one_shift_at_a_time",
                expressions=[
                    (
                        Func(
                            "starts_at",
                            "ends_at",
                            function="TSTZRANGE",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("operator", RangeOperators.EQUAL),
                ],
            ),
        ]
