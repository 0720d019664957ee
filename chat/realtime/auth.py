"""The person behind a socket. Called through `run_in(None, ...)`: shared schema only, no thread-sensitive hop."""

from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.core import signing

from agency.domain.refusal import Refusal
from agency.models import Operator, User
from tenants import clock
from tenants.resolve import SiteFacts

TOKEN_AGE = 30 * 24 * 3600
_SALT = "balie.visitor"


class BadToken(Refusal):
    """Raised for a visitor's token that isn't good. `code` is the wire's error code."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An operator with a live session."""

    user_id: UUID
    name: str
    session_key: str
    access_epoch: int
    # The stored hash: another one means another password, which ends every session begun with the old.
    password: str = field(repr=False)


def issue_token(site: SiteFacts, visitor_id: UUID) -> str:
    """A signed token that says: this visitor, this site, from now for 30 days."""
    return signing.dumps([site.key, visitor_id.hex], salt=_SALT)


def read_token(site: SiteFacts, token: str) -> UUID:
    """The visitor of a token.

    Raises:
        BadToken: bad_token, expired_token, wrong_site.
    """
    try:
        held: Any = signing.loads(token, salt=_SALT, max_age=TOKEN_AGE)
        key, visitor = held
        visitor_id = UUID(hex=visitor)
    except signing.SignatureExpired:
        raise BadToken("expired_token") from None
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        raise BadToken("bad_token") from None
    if key != site.key:
        raise BadToken("wrong_site")
    return visitor_id


def session_key_of(headers: list[tuple[bytes, bytes]]) -> str | None:
    """The session cookie among the handshake's headers."""
    for name, value in headers:
        if name == b"cookie":
            cookie = SimpleCookie()
            try:
                cookie.load(value.decode("latin-1"))
            except CookieError:
                return None
            held = cookie.get(settings.SESSION_COOKIE_NAME)
            # A cookie can spell any character, NUL too, which PostgreSQL refuses; a key has letters and digits.
            return held.value if held and held.value.isascii() and held.value.isalnum() else None
    return None


def find_operator(session_key: str | None) -> SignedIn | None:
    """The operator of a session, or None: no session, nobody active, or no operator."""
    if not session_key:
        return None
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(SimpleNamespace(session=store))  # type: ignore[arg-type]
    if not isinstance(user, User) or not user.is_active:
        return None
    operator = Operator.objects.filter(pk=user.pk).first()
    if operator is None:
        return None
    return SignedIn(user.pk, operator.public_name, session_key, user.access_epoch, user.password)


def list_ended(held: list[SignedIn]) -> list[SignedIn]:
    """Those of these who may no longer be connected: logged out, switched off, demoted, a password
    changed, or a certification gone."""
    keys = [one.session_key for one in held]
    alive = set(
        Session.objects.filter(session_key__in=keys, expire_date__gt=clock.now()).values_list("session_key", flat=True)
    )
    people = User.objects.filter(pk__in=[one.user_id for one in held], is_active=True, operator__isnull=False)
    rights = {pk: more for pk, *more in people.values_list("pk", "access_epoch", "password")}
    return [
        one
        for one in held
        if one.session_key not in alive or rights.get(one.user_id) != [one.access_epoch, one.password]
    ]


def header(scope: dict[str, Any], name: bytes) -> str:
    """One header of the handshake, or ""."""
    return next((value.decode("latin-1") for key, value in scope.get("headers", []) if key == name), "")


def address_of(scope: dict[str, Any]) -> str:
    """Return the caller's address, as balie/asgi.py put it right behind proxies, or "" when there is none."""
    return (scope.get("client") or ("",))[0] or ""


def is_own_origin(scope: dict[str, Any]) -> bool:
    """Whether a console's page came from the very address it talks to, scheme and port among it, and that is the
    agency's.

    As Django's own check of a form: what a page of plain http sends isn't taken where people sign in over https.
    """
    origin, host = header(scope, b"origin").lower(), header(scope, b"host").lower()
    return host.rsplit(":", 1)[0] in settings.AGENCY_HOSTS and origin == own_origin(scope)


def own_origin(scope: dict[str, Any]) -> str:
    """Return the origin of pages that come from the very address that was asked."""
    return f"{'https' if _is_secure(scope) else 'http'}://{header(scope, b'host').lower()}"


def _is_secure(scope: dict[str, Any]) -> bool:
    """Whether the browser came over TLS: said by our proxy in production, else by the socket itself."""
    if settings.SECURE_PROXY_SSL_HEADER is None:
        return scope.get("scheme") in ("https", "wss")
    name, secure = settings.SECURE_PROXY_SSL_HEADER
    value = header(scope, name.removeprefix("HTTP_").replace("_", "-").lower().encode())
    return value.split(",")[0].strip() == secure
