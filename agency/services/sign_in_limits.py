"""Wrong passwords and codes: how many, and of whom. Over all hosts and portals together."""

from dataclasses import dataclass

from allauth.account.utils import filter_users_by_email
from django.http import HttpRequest

from agency.models import User
from agency.services import devices, limits
from agency.services.limits import Limit


@dataclass(frozen=True, slots=True)
class Try:
    """One try that was counted, to be given back when it was right."""

    counts: tuple[tuple[Limit, str], ...]

    def give_back(self) -> None:
        """It was right, so it doesn't count."""
        for limit, counted_as in self.counts:
            limits.give_back(limit, counted_as)


def take_password(request: HttpRequest, login: str) -> Try | None:
    """Count one password tried for this login, before it is looked at; None when somebody is over a limit.

    A device that has signed in to the account before has a count of its own and no other. A login that no account has
    is counted like one that exists.
    """
    user = _find_user(login)
    device = devices.find_device(request, user) if user else ""
    if user and device:
        wanted = [(limits.PASSWORDS_OF_DEVICE, limits.digest(str(user.pk), device), user.email)]
    else:
        address = limits.address_key(client_address(request))
        wanted = [
            (limits.PASSWORDS_OF_ADDRESS, address, address),
            (limits.PASSWORDS_OF_ACCOUNT, _account_key(login, user), user.email if user else login),
        ]
    for number, (limit, counted_as, about) in enumerate(wanted):
        if not limits.take(limit, counted_as, about=about):
            for earlier, counted, _ in wanted[:number]:
                limits.give_back(earlier, counted)
            return None
    return Try(tuple((limit, counted_as) for limit, counted_as, _ in wanted))


def take_code(user: User) -> Try | None:
    """Count one code of the second step tried; None when the account is over its limit."""
    counted_as = str(user.pk)
    if not limits.take(limits.CODES_OF_ACCOUNT, counted_as, about=user.email):
        return None
    return Try(((limits.CODES_OF_ACCOUNT, counted_as),))


def forget_passwords(login: str) -> None:
    """The account has a new password: nobody waits for wrong ones of the old."""
    limits.forget(limits.PASSWORDS_OF_ACCOUNT, _account_key(login, _find_user(login)))


def client_address(request: HttpRequest) -> str:
    """The caller's address, as agency/project/proxies.py put it right; "" when there is none."""
    return str(request.META.get("REMOTE_ADDR") or "")


def _find_user(login: str) -> User | None:
    """The account that signing in would look at, so that no other spelling of its address is counted apart."""
    found: list[User] = filter_users_by_email(login) if "\0" not in login else []
    return found[0] if found else None


def _account_key(login: str, user: User | None) -> str:
    return str(user.pk) if user else limits.digest("account", login.strip().casefold())
