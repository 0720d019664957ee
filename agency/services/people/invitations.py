"""The mail with which one of the agency's people chooses a first password."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agency.models import User
from agency.services import access
from agency.services.mail import agency_mail
from agency.services.mail.mail_states import MailOutcome
from agency.services.people.password_links import INVITATION
from agency.services.people.people import PersonFacts, add_person


@transaction.atomic
def invite_person(*, facts: PersonFacts, by: User, now: datetime) -> User:
    """Make an operator, a manager, or both, and mail them where to choose a password.

    Raises:
        CannotChange: taken (one of us already), customer (an account at a company's portal).
    """
    user = add_person(facts=facts, by=by, now=now)
    mail_invitation(user=user, now=now)
    return user


@transaction.atomic
def mail_invitation(*, user: User, now: datetime) -> None:
    """Write the mail with a link to a first password, good for three days, into the outbox.

    While one waits to be sent there is no second. Later calls write another; each link works until one was used.
    """
    User.objects.select_for_update().get(pk=user.pk)
    earlier = find_invitation(user)
    if earlier is not None and earlier.state in ("queued", "failed"):
        return
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    context = {
        "name": user.name,
        "agency": settings.AGENCY_NAME,
        "url": access.host_url(None, path.replace("UID-KEY", agency_mail.SECRET)),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    with translation.override(user.language):
        subject = render_to_string("email/invitation_agency_subject.txt", context)
        text = render_to_string("email/invitation_agency.txt", context)
    agency_mail.queue(kind=INVITATION, recipient=user.email, subject=subject, text=text, user=user, now=now)


def find_invitation(user: User) -> MailOutcome | None:
    """Return what became of a person's newest invitation, or None without one."""
    return agency_mail.newest_state(kind=INVITATION, user=user)
