"""Whether all the books of the house agree, over every app: chats, records, ratings, mails, charges."""

import time
from dataclasses import dataclass
from datetime import datetime

from billing.services import reconcile as ledger
from chat.services import reconcile as chats
from tenants import clock

# A chat that changes while companies are read one after the other looks wrong for less than that.
LOOK_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Books:
    """What was found, one line each: differences, and settled records that rightly wait to be charged."""

    differences: list[str]
    waiting: list[str]


def compare() -> Books:
    """Compare everything; what isn't there any more at a second look wasn't wrong but under way."""
    found, waiting = _look(clock.now())
    if found:
        time.sleep(LOOK_AGAIN_S)
        again, waiting = _look(clock.now())
        found = [line for line in found if line in set(again)]
    return Books(found, waiting)


def _look(now: datetime) -> tuple[list[str], list[str]]:
    found = [str(one) for one in chats.list_differences()]
    found += [str(one) for one in ledger.list_differences(now)]
    return found, [str(one) for one in ledger.list_waiting()]
