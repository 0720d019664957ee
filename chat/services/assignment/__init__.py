"""Who holds a chat. Every change of it is here; each raises the fence and leaves a line in the trail.

The choice is `agency.domain.routing`'s, the rows are `agency.services.pool`'s. Lock order everywhere: pool entries in id
order, seats in id order, the company's rows. Operator commands carry the fence their console saw and the epoch of its seat.
"""

from chat.services.assignment.losses import hand_back, requeue_lost_seats
from chat.services.assignment.offers import accept, decline, expire_offers
from chat.services.assignment.rounds import assign_waiting
from chat.services.assignment.steps import CannotAssign, Console, lock_own, release, seat_event

__all__ = [
    "CannotAssign",
    "Console",
    "accept",
    "assign_waiting",
    "decline",
    "expire_offers",
    "hand_back",
    "lock_own",
    "release",
    "requeue_lost_seats",
    "seat_event",
]
