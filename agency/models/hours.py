"""The promise to a company: hours and the seconds to a first human answer."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class OpeningHours(models.Model):
    """A weekly window of a company, in minutes of its local wall time. No rows: 07:00-23:00 on all seven days."""

    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField()
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        ordering: ClassVar = ["company", "weekday", "opens"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(weekday__lte=6, opens__lt=F("closes"), closes__lte=1440),
                name="opening_hours_window",
            )
        ]


class DatedHours(models.Model):
    """Hours of given dates, instead of the week's. Without a company: of all companies. `opens` empty: closed."""

    company = models.ForeignKey(
        "tenants.Company",
        on_delete=models.CASCADE,
        related_name="dated_hours",
        null=True,
        blank=True,
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    opens = models.PositiveSmallIntegerField(null=True, blank=True)
    closes = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on"))
                & (Q(opens__isnull=True, closes__isnull=True) | Q(opens__lt=F("closes"), closes__lte=1440)),
                name="dated_hours_window",
            )
        ]


class PoolRule(models.Model):
    """How the pool serves one company, where that differs from the defaults. Without a row the defaults hold."""

    company = models.OneToOneField(
        "tenants.Company", on_delete=models.CASCADE, primary_key=True, related_name="pool_rule"
    )
    # Certified operators there must be on every half hour that is planned.
    min_certified = models.PositiveSmallIntegerField(default=2)
    # Weighted load of an operator from which others are asked first for this company's chats; empty: the operator's
    # own.
    load_limit = models.DecimalField(max_digits=3, decimal_places=1, null=True, blank=True)
    # A certification lasts this long; empty: until a newer major version.
    certified_days = models.PositiveSmallIntegerField(default=365, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(min_certified__gte=1, min_certified__lte=20), name="pool_rule_min")
        ]


class Promise(models.Model):
    """An SLA target in force from a date on. Stored on each chat when it begins, so it is never retroactive."""

    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="promises")
    version = models.PositiveIntegerField()
    seconds = models.PositiveSmallIntegerField(default=20)
    share = models.DecimalField(max_digits=4, decimal_places=3, default="0.900")
    formula = models.CharField(max_length=40, default="abandoned_after_target")
    valid_from = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["company", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "version"], name="promise_version"),
            models.CheckConstraint(condition=Q(seconds__gte=5), name="promise_seconds"),
        ]
