"""Moments at which a company's texts change by themselves. The texts are the company's own and lie with it."""

from typing import ClassVar

from django.db import models


class TextMoment(models.Model):
    """A version takes force, or a notice ends. Gone once consoles were told and the log was written."""

    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="+")
    text_id = models.UUIDField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["text_id", "at"], name="one_moment_of_a_text")]
