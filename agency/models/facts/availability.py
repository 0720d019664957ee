"""The offer of each site over time, and until when somebody looked."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q

from agency.domain.pool import reasons
from agency.domain.pool.overflow import LEVELS
from agency.domain.pool.reasons import PoolReason

MODES = ("chat", "form", "phone", "hidden")


class SiteAvailability(models.Model):
    """A stretch of time in which a site gave one answer. The one without an end is the answer of now.

    The database refuses any change but its end (`site_availability_ends_once`). It outlives its site: `site_id` is no
    foreign key.
    """

    company = models.ForeignKey("tenants.Company", on_delete=models.PROTECT, related_name="+")
    site_id = models.UUIDField()
    mode = models.CharField(max_length=6)
    level = models.CharField(max_length=6)
    # Why there was no chat, as it was when this began.
    code = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            # a report over all sites; rows come in the order of time, so this stays some kilobytes
            BrinIndex(fields=["starts_at"], name="availability_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(mode__in=MODES), name="availability_mode"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="availability_level"),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="availability_lasts"
            ),
            # One without an end a site, and a site's day is read by it too.
            ExclusionConstraint(
                name="one_answer_at_a_time",
                expressions=[
                    ("site_id", RangeOperators.EQUAL),
                    (
                        Func("starts_at", "ends_at", function="TSTZRANGE", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} {self.mode} {self.starts_at}"

    @property
    def reason(self) -> PoolReason:
        """Why there was no chat."""
        return reasons.read(self.code, self.facts)


class AvailabilityWatch(models.Model):
    """The one row of whoever follows the answers of the sites: one dispatcher at a time, and when it looked last."""

    writer = models.CharField(max_length=80, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(pk=1), name="one_watch")]

    def __str__(self) -> str:
        return f"{self.writer} {self.seen_at}"
