"""The mail with which one of the agency's people chooses a first password."""

import smtplib

import structlog
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from agency.models import User
from agency.services import access

log = structlog.get_logger(__name__)


class MailAway(Exception):
    """The mail server can't be reached or refuses: nothing went out."""


def send_invitation(user: User) -> None:
    """Mail somebody of the agency a link to a first password, good for three days.

    Not through the outbox, whose mails belong to companies. Call it after the commit: a link to an account that was
    rolled back would open nothing.

    Raises:
        MailAway: nothing went out; asking again later is safe, and each mail's link works until one was used.
    """
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    context = {
        "name": user.name,
        "agency": settings.AGENCY_NAME,
        "url": access.host_url(None, path.replace("UID-KEY", key)),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    with translation.override(user.language):
        subject = " ".join(render_to_string("email/invitation_agency_subject.txt", context).split())
        body = render_to_string("email/invitation_agency.txt", context)
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [user.email])
    message.extra_headers["Auto-Submitted"] = "auto-generated"
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as problem:
        log.error("invitation_not_sent", problem=type(problem).__name__)
        raise MailAway from problem
