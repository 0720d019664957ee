"""Balie's choices about signing in: the page it leads to, its words, and the address that mails link from."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.services import access
from agency.services.mail import agency_mail
from agency.services.people.password_links import PASSWORD
from agency.services.people.sign_in import devices, limits
from agency.services.people.sign_in.limits import Try
from agency.services.pool import seats
from agency.services.system.seal import seal, unseal
from tenants import clock

# Of what is sealed: second steps.
_PURPOSE = "totp"
UNSPECIFIED = "0.0.0.0"  # noqa: S104 -- nothing listens on it


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by mail address on the right host. Accounts are made by people, never by sign-up."""

    _try: Try | None = None
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off."),
        "email_password_mismatch": _("This email address and password don't belong together."),
        "enter_current_password": _("This isn't the password you use now."),
        "incorrect_password": _("This password isn't right."),
        "incorrect_code": _("This code isn't right, or it has passed. Wait for the next one."),
        "invalid_login": _("Signing in didn't work."),
        "invalid_password_reset": _("This link no longer works."),
        "too_many_login_attempts": _("Too many tries. Wait five minutes, then try again."),
        "rate_limited": _("Too many tries. Wait five minutes, then try again."),
        "same_as_current": _("The new password must differ from the one you use now."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address, or the unspecified one when there is none: sessions keep it in a column that
        takes addresses alone.
        """
        return limits.client_address(request) or UNSPECIFIED

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a password before it is looked at. Raises ValidationError when somebody is over a limit."""
        self._try = limits.take_password(request, credentials.get("email", ""))
        if self._try is None:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        if self._try is not None:
            self._try.give_back()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.forget_passwords(credentials.get("email", ""))

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        """The person is in, second step included: from now on this device is a known one of theirs."""
        response: HttpResponse = super().post_login(request, user, **facts)
        devices.remember_device(request, response, user)
        return response

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def pre_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse | None:
        """Stop a sign-in on the wrong host and show the right one.

        Called after the password was checked, so only the person learns where they belong; nobody is signed in yet.
        """
        stopped: HttpResponse | None = super().pre_login(request, user, **facts)
        company = getattr(request, "company", None)
        if stopped is not None or access.may_enter(user, company):
            return stopped
        context = {"places": access.list_places(user)}
        return render(request, "account/wrong_host.html", context, status=403)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The start of the person's day on this host."""
        if not isinstance(request.user, User):
            return "/"
        company = getattr(request, "company", None)
        if company is None:
            return access.agency_landing(request.user) or "/"
        return access.portal_landing(request.user, company)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Back to signing in."""
        return reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the person's settings."""
        return reverse("preferences")

    def logout(self, request: HttpRequest) -> None:
        """Sign out. The seat that a console of this session holds ends with it."""
        user, session = request.user, request.session.session_key or ""
        with transaction.atomic():
            super().logout(request)
            if isinstance(user, User):
                seats.leave(operator_id=user.pk, session=session, now=clock.now())

    def set_password(self, user: User, password: str) -> None:
        """Give a person another password and end whatever was open under the old one."""
        with transaction.atomic():
            super().set_password(user, password)
            seats.end_access(user_id=user.pk, now=clock.now(), keep=True)
            user.refresh_from_db(fields=["access_epoch"])

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of the mail, from the stored host of the agency or of the company whose portal asked.

        Without its key, which is made when the mail is sent.
        """
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}).replace(
            "UID-KEY", agency_mail.SECRET
        )
        return access.host_url(getattr(self.request, "company", None), path)

    def is_safe_url(self, url: str | None) -> bool:
        """Only paths of this host: there is no reason to be sent anywhere else after signing in."""
        return bool(url) and super().is_safe_url(url) and not str(url).startswith("http")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render one mail about an account, and write it into the outbox.

        A known and an unknown address cost the same: nobody learns which addresses exist.
        """
        reader = context.get("user")
        company = getattr(self.request, "company", None)
        facts = {"email": email, "place": company.name if company else settings.AGENCY_NAME}
        with translation.override(getattr(reader, "language", translation.get_language())):
            message = self.render_mail(template_prefix, email, {**context, **facts})
        agency_mail.queue(
            kind=PASSWORD if template_prefix.endswith("password_reset_key") else "account",
            recipient=email,
            subject=message.subject,
            text=message.body,
            user=reader if isinstance(reader, User) else None,
            now=clock.now(),
        )

    def format_email_subject(self, subject: str) -> str:
        """The subject alone: allauth would put the Host header in front of it."""
        return subject


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Codes from an app as a second step. The shared secrets lie encrypted in the database."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def get_totp_issuer(self) -> str:
        """The name that the app shows."""
        return str(settings.AGENCY_NAME)

    def encrypt(self, text: str) -> str:
        """`text` under the newest key."""
        return seal(text, purpose=_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The text again, also when it was written under a key that has since become a fallback."""
        return unseal(encrypted_text, purpose=_PURPOSE)
