"""Devices that have signed in to an account before: a stranger's wrong passwords don't lock them out.

OWASP calls this a device cookie. It opens nothing: it only has a count of its own for wrong passwords.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from agency.models import User

# Browsers keep no cookie for longer.
KEPT_FOR = timedelta(days=400)
# Sent with sign-ins only, never with a page or a socket.
PATH = "/accounts/"
_SALT = "balie.device"


def find_device(request: HttpRequest, user: User) -> str:
    """Return this device's name for this account, or "" if it never signed in to it, or the cookie isn't ours."""
    held = request.COOKIES.get(_cookie(user), "")
    try:
        account, device = signing.loads(held, salt=_SALT, max_age=KEPT_FOR)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    return str(device) if account == user.pk.hex else ""


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Give the device a cookie for this account, for this host alone. A device that has it keeps its name."""
    device = find_device(request, user) or secrets.token_hex(12)
    response.set_cookie(
        _cookie(user),
        signing.dumps([user.pk.hex, device], salt=_SALT),
        max_age=KEPT_FOR,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _cookie(user: User) -> str:
    # One for each account, as a desk has more than one operator; under `make run` the session's name carries the port.
    return f"{settings.SESSION_COOKIE_NAME}_device_{user.pk.hex[:12]}"
