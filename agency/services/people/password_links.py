"""The key of a link to a password: made when the mail is sent, out of the mail's own time, and stored nowhere."""

from datetime import datetime

from allauth.account.forms import EmailAwarePasswordResetTokenGenerator
from allauth.account.utils import user_pk_to_url_str

from agency.models import AgencyDelivery, User
from agency.services.mail import agency_mail

# Mails with such a link: to choose a first password, or another one.
INVITATION, PASSWORD = "invitation", "password"


class _KeyOfThen(EmailAwarePasswordResetTokenGenerator):  # type: ignore[misc]
    """Make the token that would have been made at another moment."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def _now(self) -> datetime:
        # As Django's own: of this process's zone, and naive.
        return self._at.astimezone().replace(tzinfo=None)


def key_of(user: User, at: datetime) -> str:
    """The key of a link that somebody asked for at that moment: the same each time, until it or another is used."""
    return f"{user_pk_to_url_str(user)}-{_KeyOfThen(at).make_token(user)}"


@agency_mail.fills(INVITATION)
def first_key(delivery: AgencyDelivery) -> str | None:
    """Make the key to a first password, or None once there is one."""
    if delivery.user is None or delivery.user.has_usable_password():
        return None
    return password_key(delivery)


@agency_mail.fills(PASSWORD)
def password_key(delivery: AgencyDelivery) -> str | None:
    """Make the key to another password, or None if the account is switched off or has another address by now."""
    user = delivery.user
    if user is None or not user.is_active or user.email != delivery.recipient:
        return None
    return key_of(user, delivery.created_at)
