"""Who changed what: written with the change, in its transaction."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from agency.models import LogEntry, User
from tenants.models import Company


def note_change(
    *,
    actor: User,
    action: str,
    now: datetime,
    company: Company | None = None,
    about: Model | None = None,
    name: str = "",
    changes: dict[str, tuple[Any, Any]] | None = None,
) -> LogEntry:
    """Write down one change in the running transaction.

    Args:
        action: what was done, as an event of the past: `site.changed`.
        about: the object; its key is kept and, unless `name` says otherwise, its text.
        changes: {field: (before, after)}; never a secret, never a visitor's words.
    """
    return LogEntry.objects.create(
        at=now,
        actor=actor,
        actor_name=actor.name,
        company=company,
        action=action,
        object_id=str(about.pk) if about is not None else "",
        object_name=(name or (str(about) if about is not None else ""))[:200],
        changes={
            field: [_plain(old), _plain(new)] for field, (old, new) in (changes or {}).items()
        },
    )


def differences(before: Model, after: Model, fields: Iterable[str]) -> dict[str, tuple[Any, Any]]:
    """The fields of two states of one object that differ, as (before, after)."""
    pairs = {field: (getattr(before, field), getattr(after, field)) for field in fields}
    return {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value)
