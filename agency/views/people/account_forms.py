"""Signing in, and the address that an account is known by."""

from typing import Any

from allauth.account.forms import LoginForm
from django.core.exceptions import ValidationError

from agency.views.fields import Mail


class AccountAddress(Mail):
    """The address that an account is known by, in small letters."""

    def clean(self, value: Any) -> str:
        """Return the address as accounts have it."""
        return super().clean(value).lower()


class KnownAddress(AccountAddress):
    """The same for an account that exists. A text that can't be an address any more finds nobody, but isn't refused."""

    def clean(self, value: Any) -> str:
        """Return the address as accounts have it, else what was typed."""
        try:
            return super().clean(value)
        except ValidationError as problem:
            typed = value.strip().lower() if isinstance(value, str) else ""
            if "@" not in typed or "\x00" in typed or problem.code != "invalid":
                raise
            return typed


class SignInForm(LoginForm):
    """Address and password."""

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.fields["login"] = KnownAddress()
        self.order_fields(["login", "password"])
