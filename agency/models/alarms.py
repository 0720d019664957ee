"""Alarms of managers, counted in the background for every page."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class AlarmCount(models.Model):
    """The one row of the last count. `alarms`: kind, count and extra of each. `gap_companies`: those of the alarm of
    gaps.

    Args:
        plan_at: when the plan was counted, which is dear; `log_id`: the newest line of the log at that moment.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    counted_at = models.DateTimeField()
    alarms = models.JSONField(default=list)
    plan_at = models.DateTimeField()
    log_id = models.UUIDField(null=True)
    gap_companies = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="one_alarm_count")]
