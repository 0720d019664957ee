"""A whole service report: what its page shows, its files hold, and whatever prints one prints.

`read_report` judges each finished chat of the period once, in one statement (`verdict_sql.read_parts`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from agency.domain.hours.periods import day_bounds
from agency.domain.promise.causes import CAUSE_NAMES, Cause
from agency.services.reports.bounces import Bounces, count_bounces
from agency.services.reports.first_response import (
    BIN_SECONDS,
    BINS,
    Bin,
    Speed,
    bins_of,
    speed,
)
from agency.services.reports.levels import add_up, parts_by
from agency.services.reports.period import check_period, zone_of
from agency.services.reports.service_level import (
    CompanyLevel,
    ServiceLevel,
    by_companies,
    by_days,
)
from agency.services.reports.verdict_sql import (
    HALF_HOURS,
    RESPONSES,
    WORST,
    Part,
    cause_of,
    read_parts,
)
from tenants.models import Company

Chapter = Literal["days", "half_hours", "responses", "worst", "companies", "bounces"]
ALL: frozenset[Chapter] = frozenset({"days", "half_hours", "responses", "worst", "companies", "bounces"})
WORST_SHOWN = 10
_PARTS = {"half_hours": HALF_HOURS, "responses": RESPONSES, "worst": WORST}
# Where the companies' own levels are.
_OWN = "company_id_codes"


@dataclass(frozen=True, slots=True)
class Slot:
    """One half hour of one weekday (0 = Monday), over the whole period. `minute`: of the local day."""

    weekday: int
    minute: int
    within: int
    base: int

    @property
    def share(self) -> float | None:
        """The service level at the promise, of this cell."""
        return self.within / self.base if self.base else None


@dataclass(frozen=True, slots=True)
class Worst:
    """A chat whose promise broke. `waited`: seconds to the first human text, or to the end without one."""

    company_name: str
    cause: Cause
    chat_id: UUID
    number: int
    company_id: UUID
    local_at: datetime
    waited: float
    answered: bool
    seats: int
    free_slots: int
    bounces: int
    accepted_after: float | None

    @property
    def cause_name(self) -> str:
        """The cause as an English msgid."""
        return CAUSE_NAMES[self.cause]


@dataclass(frozen=True, slots=True)
class Report:
    """A period of one company or of the whole agency. A chapter that wasn't asked for is empty.

    `half_hours`: of the week, those in which a chat arrived; in the night that an hour comes twice both fall in the
    same. `worst`: the longest waits among broken promises. `companies`: one row each, by name, of the whole agency
    only. `bounces`: offers let pass, all and then by reason. `before`: first responses of the period before; `of_all`:
    of all companies, beside one company's.
    """

    level: ServiceLevel
    half_hours: list[Slot]
    responses: list[Bin]
    worst: list[Worst]
    companies: list[CompanyLevel]
    bounces: list[Bounces]
    before: Speed | None
    of_all: Speed | None


def read_report(
    *,
    company: Company | None,
    since: date,
    until: date,
    before: tuple[date, date] | None = None,
    chapters: Collection[Chapter] = ALL,
    worst: int = WORST_SHOWN,
) -> Report:
    """Read the report of these local days, both ends included: one query over its chats, and at most six small ones.

    Args:
        company: None: of the whole agency.
        before: first and last day of the period that its first responses are set beside; None: of none.
        chapters: what is read of it.
        worst: how many of the worst.

    Raises:
        BadPeriod: reversed, or over 400 days.
    """
    check_period(since, until)
    days: dict[str, Any] = {"company": company, "since": since, "until": until}
    found = _read_chats(chapters, worst, **days)
    beside = company is not None and "responses" in chapters
    return Report(
        level=by_days(add_up("day", found), **days),
        half_hours=[Slot(*row) for row in found.get("half_hours", ())],
        responses=bins_of(dict(found["responses"])) if "responses" in found else [],
        worst=[_to_worst(*row) for row in found.get("worst", ())],
        companies=by_companies(add_up("company_id", found), until) if _OWN in found else [],
        bounces=_list_bounces(**days) if "bounces" in chapters else [],
        before=speed(company=company, since=before[0], until=before[1]) if before else None,
        of_all=speed(company=None, since=since, until=until) if beside else None,
    )


def _read_chats(
    chapters: Collection[Chapter], worst: int, *, company: Company | None, since: date, until: date
) -> dict[str, list[list[Any]]]:
    """The answers of the chats, each judged once."""
    parts: dict[str, Part] = {name: part for name, part in _PARTS.items() if name in chapters}
    if "days" in chapters:
        parts |= parts_by("day")
    own = "companies" in chapters and company is None
    if own:
        parts |= parts_by("company_id", "own")
    if not parts:
        return {}
    return read_parts(
        parts,
        company=company,
        zone=zone_of(company),
        since=since,
        until=until,
        own=own,
        rated=own or "days" in chapters,
        limit=worst,
        step=BIN_SECONDS,
        steps=BINS,
    )


def _to_worst(name: str, cause: int, chat_id: str, number: int, company_id: str, at: str, *facts: Any) -> Worst:
    return Worst(
        name,
        cause_of(cause),
        UUID(chat_id),
        number,
        UUID(company_id),
        datetime.fromisoformat(at),
        *facts,
    )


def _list_bounces(*, company: Company | None, since: date, until: date) -> list[Bounces]:
    first, last = (day_bounds(day, zone_of(company)) for day in (since, until))
    return count_bounces(company=company, starts=first[0], ends=last[1])
