"""The frames of a console about its own seat: the lease, breaks, and no more new chats."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from agency.live import switchboard
from agency.models import Seat
from agency.services.pool import seats
from chat.domain import events, frames
from chat.realtime.assign_soon import assign_soon
from chat.realtime.commands import command
from chat.realtime.console.session import ConsoleSession
from chat.realtime.direct import Refused
from chat.services import assignment
from chat.services.assignment import CannotAssign
from chat.services.console import snapshot
from tenants import clock
from tenants.context import run_in


@command(frames.SeatRenew)
async def renew(console: ConsoleSession, frame: frames.SeatRenew) -> None:
    """Keep the lease, and hear what the seat holds."""
    renewed = await run_in(None, _renew, console.who.user_id, frame.epoch, clock.now())
    if renewed is None:
        raise Refused("seat_taken")
    console.say(renewed)


@command(frames.SeatLeave)
async def leave(console: ConsoleSession, frame: frames.SeatLeave) -> None:
    """The page goes away: its lease is over soon, unless it is loaded anew."""
    operator_id = console.who.user_id
    await run_in(None, seats.shorten, operator_id=operator_id, epoch=frame.epoch, now=clock.now())


@command(frames.SeatPause)
async def pause(console: ConsoleSession, frame: frames.SeatPause) -> None:
    """Begin or end a break."""
    seat = await run_in(None, _pause, console.who.user_id, console.epoch, frame, clock.now())
    if seat is None:
        raise Refused("seat_taken")
    # A break's beginning sets free what rang here, its end a seat.
    _tell(console, seat, frame.client_id, again=True)


@command(frames.SeatDrain)
async def drain(console: ConsoleSession, frame: frames.SeatDrain) -> None:
    """No new chats from now on, or new ones again."""
    seat = await run_in(None, _drain, console.who.user_id, console.epoch, frame.on, clock.now())
    _tell(console, seat, frame.client_id, again=not frame.on)


def _tell(console: ConsoleSession, seat: Seat, client_id: UUID, *, again: bool) -> None:
    switchboard.publish([assignment.seat_event(seat)])
    console.say(events.Ack(client_id))
    if again:
        assign_soon()


def _renew(user_id: UUID, epoch: int, now: datetime) -> events.SeatRenewed | None:
    seat = seats.renew(operator_id=user_id, epoch=epoch, now=now)
    return snapshot.renewal(seat, now=now) if seat is not None else None


def _pause(user_id: UUID, epoch: int, frame: frames.SeatPause, now: datetime) -> Seat | None:
    seat = seats.pause(operator_id=user_id, epoch=epoch, on=frame.on, reason=frame.reason, now=now)
    if seat is None or not frame.on:
        return seat
    assignment.withdraw_asked(operator_id=user_id, now=now)
    return Seat.objects.get(pk=user_id)


@transaction.atomic
def _drain(user_id: UUID, epoch: int, on: bool, now: datetime) -> Seat:
    if seats.lock_seat(user_id).epoch != epoch:
        raise CannotAssign("seat_taken")
    seat = seats.drain(operator_id=user_id, on=on, reason=Seat.DrainReason.OWN, now=now)
    if seat is None:
        raise CannotAssign("wrong_state")
    return seat
