"""The days a report is made of: at most 400, of whose calendar."""

from datetime import date

from agency.domain.hours.hours import DEFAULT_ZONE
from agency.domain.refusal import Refusal
from tenants.models import Company

MAX_DAYS = 400


class BadPeriod(Refusal, ValueError):
    """A period that no report is made of. `code`: reversed or too_long."""


def zone_of(company: Company | None) -> str:
    """Whose calendar a report follows: the company's, of the whole agency Europe/Amsterdam."""
    return company.zone if company else DEFAULT_ZONE


def check_period(since: date, until: date) -> None:
    """Raise BadPeriod unless the days are in order and at most 400."""
    if until < since:
        raise BadPeriod("reversed")
    if (until - since).days >= MAX_DAYS:
        raise BadPeriod("too_long")
