"""How fast chats come and how long they use a slot: two facts per company, from what was written down anyway."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

# Arrivals of the last minutes, handling times of the last day.
ARRIVALS_OVER = timedelta(minutes=5)
HANDLED_OVER = timedelta(hours=24)
# A company's own handling time counts from so many chats on; before that all companies' does.
ENOUGH_CHATS = 20
# Before the first chat of a day: what the agency's chats take by experience.
USUAL_AHT = 600.0
GOOD_FOR = timedelta(seconds=30)

# A chat in wrap-up has an entry and a record, so chats are counted by id.
_ARRIVED = """
    SELECT company_id, count(*) FROM (
        SELECT chat_id, company_id FROM agency_poolentry WHERE arrived_at > %(since)s AND arrived_at <= %(now)s
        UNION
        SELECT chat_id, company_id FROM agency_chatrecord WHERE arrived_at > %(since)s AND arrived_at <= %(now)s
    ) AS chats GROUP BY company_id
"""
# A slot is in use from the first offer that was accepted to the close; wrap-up uses none.
_HANDLED = """
    SELECT company_id, count(*), sum(extract(epoch FROM closed_at - assigned_at))::float
    FROM agency_chatrecord
    WHERE arrived_at > %(since)s AND arrived_at <= %(now)s AND assigned_at IS NOT NULL GROUP BY company_id
"""


@dataclass(frozen=True, slots=True)
class Tempo:
    """Arrivals per second and handling times in seconds, of the whole agency and of each company that has its own."""

    read_at: datetime
    arrivals: float
    aht: float
    own_arrivals: dict[UUID, float]
    own_aht: dict[UUID, float]

    def aht_of(self, company_id: UUID) -> float:
        """Seconds that a chat of this company uses a slot."""
        return self.own_aht.get(company_id, self.aht)

    def arrivals_at(self, company_id: UUID, share: float) -> float:
        """Chats per second that come to the seats of this company: its own, and of the others' as many as these seats
        are a share of all, as the pool spreads them evenly.
        """
        own = self.own_arrivals.get(company_id, 0.0)
        return own + (self.arrivals - own) * share


def read_tempo(now: datetime) -> Tempo:
    """Two queries over the last five minutes and the last day."""
    over = ARRIVALS_OVER.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVED, {"since": now - ARRIVALS_OVER, "now": now})
        arrived = dict(cursor.fetchall())
        cursor.execute(_HANDLED, {"since": now - HANDLED_OVER, "now": now})
        handled = {company_id: (chats, seconds) for company_id, chats, seconds in cursor.fetchall()}
    chats = sum(chats for chats, _ in handled.values())
    seconds = sum(seconds for _, seconds in handled.values())
    return Tempo(
        read_at=now,
        arrivals=sum(arrived.values()) / over,
        aht=max(1.0, seconds / chats) if chats >= ENOUGH_CHATS else USUAL_AHT,
        own_arrivals={company_id: chats / over for company_id, chats in arrived.items()},
        own_aht={
            company_id: max(1.0, seconds / chats)
            for company_id, (chats, seconds) in handled.items()
            if chats >= ENOUGH_CHATS
        },
    )


def refresh(held: Tempo | None, now: datetime) -> Tempo:
    """The held one for 30 s, then a new one."""
    fresh = held is not None and abs(now - held.read_at) < GOOD_FOR
    return held if held is not None and fresh else read_tempo(now)
