"""Which steps of coming aboard somebody has finished for a company."""

from typing import ClassVar

from django.db import models


class OnboardingStep(models.Model):
    """A step that somebody finished: only that. What was typed there lies in the rows that every other page changes."""

    class Name(models.TextChoices):
        COMPANY = "company"
        SITE = "site"
        LOOK = "look"
        HOURS = "hours"
        TEXTS = "texts"
        LEADS = "leads"
        AGREEMENT = "agreement"
        START = "start"

    company = models.ForeignKey("tenants.Company", on_delete=models.CASCADE, related_name="onboarding_steps")
    step = models.CharField(max_length=10, choices=Name)
    # The last time that somebody saved it, and their name then.
    done_at = models.DateTimeField()
    done_by = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["company", "step"], name="one_of_each_step")]

    def __str__(self) -> str:
        return f"{self.company} · {self.step}"
