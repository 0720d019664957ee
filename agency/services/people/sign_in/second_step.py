"""The forms of the second step, which count the codes that are tried."""

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, BaseAuthenticateForm, ReauthenticateForm

from agency.services.people.sign_in import limits


class _Counted(BaseAuthenticateForm):  # type: ignore[misc]
    def clean_code(self) -> str:
        """The code, if it is right. Raises ValidationError."""
        tried = limits.take_code(self.user)
        if tried is None:
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        tried.give_back()
        return code


class CodeForm(_Counted, AuthenticateForm):  # type: ignore[misc]
    """Signing in with a code."""


class CodeAgainForm(_Counted, ReauthenticateForm):  # type: ignore[misc]
    """Saying who you are again, before something that matters."""
