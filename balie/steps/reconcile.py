"""Whether all the books of the house agree, over every app: chats, records, ratings, mails, charges."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from agency.services import reconcile as records
from agency.services.reconcile import Difference
from billing.services import reconcile as ledger
from chat.services import reconcile as chats
from chat.services.files import sweep as files
from tenants import clock
from tenants.models import Company

# Facts that aren't written in one transaction, such as a mail and its mark, look wrong for less than that.
LOOK_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Books:
    """The result, one line each: differences, and settled records that rightly wait to be charged."""

    differences: list[str]
    waiting: list[str]


def compare() -> Books:
    """Compare everything. A difference that is gone at a second look wasn't wrong but under way."""
    found = sorted(str(one) for one in _look(clock.now()))
    if found:
        time.sleep(LOOK_AGAIN_S)
        again = {str(one) for one in _look(clock.now())}
        found = [line for line in found if line in again]
    return Books(found, [str(one) for one in ledger.list_waiting()])


def look_at(company: Company, now: datetime) -> Iterator[Difference]:
    """Every difference in one company's books, all of them at one moment."""
    with records.one_moment():
        yield from records.list_differences(company)
        yield from chats.list_differences(company)
        yield from files.list_differences(company, now)
        yield from ledger.list_differences(company, now)


def _look(now: datetime) -> Iterator[Difference]:
    for company in Company.objects.filter(ready=True).order_by("slug"):
        yield from look_at(company, now)
    yield from records.list_seat_differences()
    yield from records.list_site_differences(now)
    yield from records.list_mail_differences()
