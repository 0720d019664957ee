"""A test chat with the robot: who may have one, what the robot goes by, and when it was tried.

It is no chat: nothing of it is written but that moment, so no list, record, bill or report can know of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core import signing

from agency.domain.promise.sla import DEFAULT_PROMISE_SECONDS
from agency.domain.refusal import Refusal
from agency.services.hours.agreement import find_promise
from chat.domain.trial import TrialRobot
from chat.models import Text
from chat.services.texts.texts import list_texts, pick_greeting
from tenants import clock
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.resolve import SiteFacts, find_site

# Seconds for which a link to a test chat works.
AGE = 3_600
# As it stands in the address of the page (static/widget/loader.js).
HASH = "balie-test"
_SALT = "balie.trial"


class CannotTry(Refusal):
    """Raised for a test chat that may not be: unknown_site, bad_token, expired_token, wrong_site, bad_origin."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A test chat that may be had: the site and its company, the robot, and the seconds that are promised."""

    site: SiteFacts
    company: Company
    robot: TrialRobot
    promise_seconds: int


def issue_token(site: Site, origin: str) -> str:
    """Return the sign that whoever has it may try this site's chat on pages of this origin, for an hour."""
    return signing.dumps([site.key, origin], salt=_SALT)


def trial_url(site: Site, origin: str, path: str = "/") -> str:
    """Return the address of a page on which the site's chat can be tried, good for an hour."""
    return f"{origin}{path}#{HASH}={issue_token(site, origin)}"


def check_token(token: str, *, key: str, origin: str) -> None:
    """Let a test chat of the site with this key through, on a page of this origin. No query.

    Raises:
        CannotTry: bad_token, expired_token, wrong_site, bad_origin.
    """
    try:
        held: Any = signing.loads(token, salt=_SALT, max_age=AGE)
        of_site, of_origin = held
    except signing.SignatureExpired:
        raise CannotTry("expired_token") from None
    except (signing.BadSignature, ValueError, TypeError):
        raise CannotTry("bad_token") from None
    if of_site != key:
        raise CannotTry("wrong_site")
    if of_origin != origin:
        raise CannotTry("bad_origin")


def find_trial(*, key: str, token: str, origin: str) -> Trial:
    """Return the test chat that the token allows. Reads alone.

    Raises:
        CannotTry: see `check_token`; unknown_site.
    """
    check_token(token, key=key, origin=origin)
    site = find_site(key)
    if site is None:
        raise CannotTry("unknown_site")
    company = Company.objects.get(pk=site.company_id)
    with in_company(company):
        scripts = [text for text in list_texts(Text.Kind.SCRIPT) if text.language == site.language]
    steps = [step["text"] for text in scripts for step in text.data.get("steps", [])]
    promise = find_promise(company.pk, clock.now())
    return Trial(
        site=site,
        company=company,
        robot=TrialRobot(company.name, site.language, company.tone, steps[0] if steps else ""),
        promise_seconds=promise.seconds if promise else DEFAULT_PROMISE_SECONDS,
    )


def read_greeting(trial: Trial, *, url: str, shown: UUID | None) -> str:
    """Return the words that open the chat on this page, "" for none."""
    with in_company(trial.company):
        greeting = pick_greeting(trial.site.language, trial.robot.tone, url, shown)
    return greeting.body if greeting else ""


def note_tested(company_id: UUID, now: datetime) -> None:
    """Store that the robot answered somebody: the company's chat was tried."""
    Company.objects.filter(pk=company_id).update(tested_at=now)
