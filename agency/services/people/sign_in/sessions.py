"""Where a person is signed in, and signing out elsewhere. The rows are allauth's.

A console closes within 2 s of the end of its session.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef

from agency.models import User
from agency.services.pool import seats

# Marks by which browsers name themselves, the more particular first: Edge and Opera call themselves Chrome too, and
# Chrome Safari.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
# An iPhone says "like Mac OS X", an Android device "Linux".
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class SignedInAt:
    """A browser in which somebody is signed in.

    `browser`, `system`: its name and that of the device's system, "" where it doesn't tell. `is_this`: the one asking.
    """

    id: int
    browser: str
    system: str
    address: str
    since: datetime
    is_this: bool


def list_sessions(user: User, *, this: str | None) -> list[SignedInAt]:
    """List the person's open sessions on all hosts, this one first, then the newest."""
    rows = UserSession.objects.filter(_open(), user=user).order_by("-created_at")
    lines = [
        SignedInAt(
            id=row.pk,
            browser=_named(row.user_agent, _BROWSERS),
            system=_named(row.user_agent, _SYSTEMS),
            address=row.ip,
            since=row.created_at,
            is_this=row.session_key == this,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: not line.is_this)


@transaction.atomic
def end_others(user: User, *, this: str | None, only: int | None = None, now: datetime) -> int:
    """Sign the person out everywhere but here, or in one place that isn't here.

    Returns:
        The number of sessions that ended.
    """
    rows = UserSession.objects.select_for_update().filter(user=user).exclude(session_key=this)
    keys = [row.session_key for row in (rows if only is None else rows.filter(pk=only))]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(session_key__in=keys).delete()
    for key in keys:
        seats.leave(operator_id=user.pk, session=key, now=now)
    return len(keys)


def prune(*, now: datetime) -> int:
    """Delete sessions that are over, and what was known of the browsers in which they ran.

    Returns:
        The number of sessions that were over.
    """
    gone, _ = Session.objects.filter(expire_date__lt=now).delete()
    UserSession.objects.exclude(_open()).delete()
    return gone


def _open() -> Exists:
    return Exists(Session.objects.filter(session_key=OuterRef("session_key")))


def _named(user_agent: str, names: Iterable[tuple[str, str]]) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
