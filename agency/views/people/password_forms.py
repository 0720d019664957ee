"""Links to a password, and asking for one: only for people who may enter, on the host where they do."""

from typing import Any

from allauth.account import forms
from allauth.core import context

from agency.models import User
from agency.services import access
from agency.views.people.account_forms import AccountAddress


class LinkForm(forms.UserTokenForm):
    """The form behind a password link. Each step checks account, token and the right to enter anew."""

    def _get_user(self, uidb36: str) -> User | None:
        user: User | None = super()._get_user(uidb36)
        return user if user is not None and _may_enter(user) else None


class ResetForm(forms.ResetPasswordForm):
    """The form that asks for a link. Only somebody who may enter this host is mailed one that works."""

    email = AccountAddress()

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users: list[Any] = [user for user in self.users if _may_enter(user)]
        return email


def _may_enter(user: User) -> bool:
    return access.may_enter(user, getattr(context.request, "company", None))
