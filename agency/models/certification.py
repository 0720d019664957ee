"""Who may answer for whom: operator x company x major version of the company's instruction."""

from typing import ClassVar

from django.db import models


class InstructionVersion(models.Model):
    """The number of a company's current major instruction version; only a publish marked major raises it."""

    company = models.OneToOneField(
        "tenants.Company",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="instruction_version",
    )
    major = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)


class Certification(models.Model):
    """An operator knows a company's instruction up to `major`. Without it, no offer."""

    operator = models.ForeignKey(
        "agency.Operator", on_delete=models.CASCADE, related_name="certifications"
    )
    company = models.ForeignKey(
        "tenants.Company", on_delete=models.CASCADE, related_name="certifications"
    )
    major = models.PositiveIntegerField(default=1)
    certified_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["operator", "company"], name="one_certification")
        ]
