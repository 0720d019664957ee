"""How far a company has come aboard: the steps that somebody finished."""

from datetime import datetime

from agency.models import OnboardingStep, User
from tenants.models import Company

Name = OnboardingStep.Name


def mark_done(*, company: Company, step: str, by: User, now: datetime) -> OnboardingStep:
    """Write down that somebody finished a step, in the transaction of what they saved there.

    Finished once more, the newest time and name stand.

    Raises:
        ValueError: there is no such step.
    """
    facts = {"done_at": now, "done_by": by.name}
    done, _made = OnboardingStep.objects.update_or_create(company=company, step=Name(step), defaults=facts)
    return done


def list_done(company: Company) -> dict[str, OnboardingStep]:
    """Return each finished step under its name."""
    return {done.step: done for done in OnboardingStep.objects.filter(company=company)}
