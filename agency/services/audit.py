"""The log of changes, each written in the transaction of the change itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, Model, OuterRef, Q

from agency.domain.hours.hours import DEFAULT_ZONE
from agency.models import LogEntry, User
from tenants.models import Company

PAGE = 50


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a change: a row or none, under the name that the log shows (a row's own text if that is empty)."""

    row: Model | None
    name: str = ""

    @property
    def shown(self) -> str:
        """The name as it is kept."""
        return self.name or ("" if self.row is None else str(self.row))


def note_change(
    *,
    actor: User | None,
    action: str,
    now: datetime,
    company: Company | None = None,
    about: Model | Subject | None = None,
    changes: dict[str, tuple[Any, Any]] | None = None,
) -> LogEntry:
    """Write down one change in the running transaction.

    Args:
        actor: None for what happens by itself, at a moment that somebody set.
        action: what was done, as an event of the past: `site.changed`.
        about: the object; its key is kept, and its text unless the subject has another name for it.
        changes: {field: (before, after)}; never a secret, never a visitor's words.
    """
    subject = about if isinstance(about, Subject) else Subject(about)
    return LogEntry.objects.create(
        at=now,
        actor=actor,
        actor_name=actor.name if actor is not None else "",
        company=company,
        action=action,
        object_id="" if subject.row is None else str(subject.row.pk),
        object_name=subject.shown[:200],
        changes={field: [_plain(old), _plain(new)] for field, (old, new) in (changes or {}).items()},
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


def list_changes(
    *,
    company_id: UUID | None,
    actor_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    day: date | None = None,
    kinds: Iterable[str] = (),
) -> tuple[list[LogEntry], bool]:
    """A page of changes, newest first, and whether older ones follow. One query.

    Args:
        company_id, actor_id: only what was done to this company, by this person; None for all.
        before: time and id of the last line of the page before.
        day: only of this day on the agency's clock.
        kinds: only actions that begin with one of these words, such as `site` for `site.changed`; none for all.
    """
    rows = LogEntry.objects.select_related("company").order_by("-at", "-id")
    if company_id is not None:
        rows = rows.filter(company=company_id)
    if actor_id is not None:
        rows = rows.filter(actor=actor_id)
    if day is not None:
        rows = rows.filter(at__gte=_midnight(day), at__lt=_midnight(day + timedelta(days=1)))
    begin = [Q(action__startswith=f"{kind}.") for kind in kinds]
    if begin:
        rows = rows.filter(reduce(or_, begin))
    if before is not None:
        at, entry_id = before
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=entry_id))
    found = list(rows[: PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZoneInfo(DEFAULT_ZONE))


def list_actors() -> list[User]:
    """Everybody who changed something, by name."""
    done = LogEntry.objects.filter(actor=OuterRef("pk"))
    return list(User.objects.filter(Exists(done)).order_by("name", "email"))


def list_newest(count: int) -> list[tuple[UUID, UUID | None]]:
    """Line and company of the newest lines, for who wants to know whether anything was written since."""
    rows = LogEntry.objects.order_by("-at").values_list("pk", "company_id")
    return list(rows[:count])
