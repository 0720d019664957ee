"""The steps of coming aboard, in their order. Pages, checklist and portal read this list."""

from django.http import Http404

from balie.pages.onboarding import agreement, company, hours, leads, look, site, start, texts
from balie.pages.onboarding.step import Step

STEPS: tuple[Step, ...] = (
    company.STEP,
    site.STEP,
    look.STEP,
    hours.STEP,
    texts.STEP,
    leads.STEP,
    agreement.STEP,
    start.STEP,
)


def find_step(slug: str) -> Step:
    """Return the step of this name.

    Raises:
        Http404: there is none.
    """
    for step in STEPS:
        if step.slug == slug:
            return step
    raise Http404


def next_of(step: Step) -> Step | None:
    """Return the step behind this one, or None behind the last."""
    behind = STEPS[STEPS.index(step) + 1 :]
    return behind[0] if behind else None


def before(step: Step) -> Step | None:
    """Return the step before this one, or None before the first."""
    place = STEPS.index(step)
    return STEPS[place - 1] if place else None
