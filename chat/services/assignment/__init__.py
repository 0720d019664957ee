"""The holder of a chat. Every change of it is here, raises the fence and leaves a line in the trail.

The choice is `agency.domain.pool.routing`'s, the rows are `agency.services.pool.entries`'s. Lock order everywhere: pool
entries in id order, seats in id order, the company's rows. Operator commands carry the fence their console saw and the
epoch of its seat.
"""

from chat.services.assignment.handover import pick, take_over
from chat.services.assignment.losses import (
    follow_shifts,
    hand_back,
    hand_on_ended,
    requeue_lost_seats,
    withdraw_asked,
)
from chat.services.assignment.moves import move_by_manager, requeue_by_manager
from chat.services.assignment.offers import accept, decline, expire_offers
from chat.services.assignment.rounds import assign_waiting
from chat.services.assignment.steps import (
    CannotAssign,
    Console,
    lock_own,
    release,
    seat_event,
)
from chat.services.assignment.transfers import HandoverNote, Wish, cancel_transfer, transfer

__all__ = [
    "CannotAssign",
    "Console",
    "HandoverNote",
    "Wish",
    "accept",
    "assign_waiting",
    "cancel_transfer",
    "decline",
    "expire_offers",
    "follow_shifts",
    "hand_back",
    "hand_on_ended",
    "lock_own",
    "move_by_manager",
    "pick",
    "release",
    "requeue_by_manager",
    "requeue_lost_seats",
    "seat_event",
    "take_over",
    "transfer",
    "withdraw_asked",
]
