"""The mail that lets somebody into a company's portal, in that company's look and language."""

from datetime import datetime

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from agency.domain.addresses import shown_address
from agency.models import OnboardingStep, PortalMember, User
from agency.services import access
from agency.services.people.portal_members import add_member
from balie.steps.letter import queue_letter
from tenants.models import Company

Role = PortalMember.Role
# The links are paths of the portal, whichever host asked for the mail.


@transaction.atomic
def invite(*, company: Company, email: str, name: str, role: str, by: User | None, now: datetime) -> PortalMember:
    """Let somebody into a company's portal, and mail them how to get in. `by` is None where they signed up themselves.

    Raises:
        CannotChangeMember: already, switched_off.
    """
    member = add_member(company=company, email=email, name=name, role=role, by=by, now=now)
    mail_invitation(company=company, member=member, now=now)
    return member


def mail_invitation(*, company: Company, member: PortalMember, now: datetime) -> None:
    """Write the mail into the outbox: with a link to a first password (three days, once), or to sign in with the old
    one.

    A second call sends a second mail; the links of both work until one was used.
    """
    user = member.user
    facts = {
        "name": member.shown_name,
        # An owner brings the company aboard first.
        "steps": len(OnboardingStep.Name) if member.role == Role.OWNER and company.live_at is None else 0,
        "email": shown_address(user.email),
        "needs_password": not user.has_usable_password(),
        "url": way_in(company, user),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    queue_letter("invitation", company=company, to=user, sender=company.name, facts=facts, now=now)


def way_in(company: Company, user: User) -> str:
    """Return where somebody chooses a first password for a portal, or signs in with the one they have."""
    return _sign_in_url(company) if user.has_usable_password() else _password_url(company, user)


def _password_url(company: Company, user: User) -> str:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse(
        "account_reset_password_from_key",
        urlconf=settings.PORTAL_URLCONF,
        kwargs={"uidb36": "UID", "key": "KEY"},
    )
    return access.host_url(company, path.replace("UID-KEY", key))


def _sign_in_url(company: Company) -> str:
    return access.host_url(company, reverse("account_login", urlconf=settings.PORTAL_URLCONF))
