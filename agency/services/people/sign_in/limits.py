"""Wrong passwords and codes: how many, and of whom. Over all hosts and portals together."""

from dataclasses import dataclass

from allauth.account.utils import filter_users_by_email
from django.http import HttpRequest

from agency.models import User
from agency.services.people.sign_in import devices
from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit


@dataclass(frozen=True, slots=True)
class Try:
    """One try that was counted, to be given back when it was right."""

    counts: tuple[tuple[Limit, str], ...]

    def give_back(self) -> None:
        """It was right, so it doesn't count."""
        for limit, counted_as in self.counts:
            rate_limits.give_back(limit, counted_as)


def take_password(request: HttpRequest, login: str) -> Try | None:
    """Count a password tried for this login, before it is checked. None when a limit is passed.

    A device that has signed in to the account before has a count of its own and no other. A login that no account has
    is counted like one that exists.
    """
    user = _find_user(login)
    device = devices.find_device(request, user) if user else ""
    if user and device:
        wanted = [(rate_limits.PASSWORDS_OF_DEVICE, rate_limits.digest(str(user.pk), device), user.email)]
    else:
        address = rate_limits.address_key(client_address(request))
        wanted = [
            (rate_limits.PASSWORDS_OF_ADDRESS, address, address),
            (
                rate_limits.PASSWORDS_OF_ACCOUNT,
                _account_key(login, user),
                user.email if user else login,
            ),
        ]
    for number, (limit, counted_as, about) in enumerate(wanted):
        if not rate_limits.take(limit, counted_as, about=about):
            for earlier, counted, _ in wanted[:number]:
                rate_limits.give_back(earlier, counted)
            return None
    return Try(tuple((limit, counted_as) for limit, counted_as, _ in wanted))


def take_code(user: User) -> Try | None:
    """Count a tried code of the second step. None when the account is over its limit."""
    counted_as = str(user.pk)
    if not rate_limits.take(rate_limits.CODES_OF_ACCOUNT, counted_as, about=user.email):
        return None
    return Try(((rate_limits.CODES_OF_ACCOUNT, counted_as),))


def forget_passwords(login: str) -> None:
    """The account has a new password: nobody waits for wrong ones of the old."""
    rate_limits.forget(rate_limits.PASSWORDS_OF_ACCOUNT, _account_key(login, _find_user(login)))


def client_address(request: HttpRequest) -> str:
    """Return the caller's address, as balie/proxies.py put it right, or "" when there is none."""
    return str(request.META.get("REMOTE_ADDR") or "")


def _find_user(login: str) -> User | None:
    """The account that signing in would look at, so that no other spelling of its address is counted apart."""
    found: list[User] = filter_users_by_email(login) if "\0" not in login else []
    return found[0] if found else None


def _account_key(login: str, user: User | None) -> str:
    return str(user.pk) if user else rate_limits.digest("account", login.strip().casefold())
