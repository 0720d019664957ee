"""Somebody of the cast who signed in before: a second of hashing and two pages less than through the form."""

from django.conf import settings
from playwright.sync_api import BrowserContext

from tests.chat.realtime.desk import sign_in


def give_session(window: BrowserContext, address: str, email: str) -> None:
    """Begin a session for the web process at `address`. Cookies bear the port of their host."""
    port = address.rstrip("/").rpartition(":")[2]
    name = settings.SESSION_COOKIE_NAME.replace(str(settings.PORT), port)
    window.add_cookies([{"name": name, "value": sign_in(email), "url": address}])
