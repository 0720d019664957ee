"""The writer's round trips, on a connection of their own."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest
import pytest_asyncio
import uvloop
from psycopg import errors

from chat.live.roundtrip import RoundTrips, Statement, array

_ADD = b"INSERT INTO trip SELECT unnest($1::uuid[])"
_COUNT = b"SELECT count(*) FROM trip"
_ONE = b"SELECT 1"
LOSSES = 40
LoopFactory = Callable[[], asyncio.AbstractEventLoop]
ONE, TWO = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
ADD_ONE: Statement = (_ADD, [array([ONE])])


@pytest_asyncio.fixture
async def trips() -> AsyncIterator[RoundTrips]:
    url = os.environ["DATABASE_URL"]
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("CREATE TEMPORARY TABLE trip (id uuid PRIMARY KEY)")
        yield RoundTrips(connection)


async def write(trips: RoundTrips, first: list[Statement], last: list[Statement]) -> None:
    """A whole transaction of two trips."""
    async with asyncio.timeout(5), trips.transaction():
        await trips.make(first)
        await trips.commit(last)


async def write_for_ever(trips: RoundTrips) -> None:
    async with asyncio.timeout(20):
        while True:
            await write(trips, [(_ONE, [])] * 20, [(_ONE, [])] * 20)


async def write_and_fail(trips: RoundTrips) -> None:
    async with trips.transaction():
        await trips.make([(_ADD, [array([ONE])])])
        raise ZeroDivisionError


async def count(trips: RoundTrips) -> int:
    row = await (await trips.connection.execute("SELECT count(*) FROM trip")).fetchone()
    assert row is not None
    return int(row[0])


async def test_each_statement_of_a_trip_has_its_own_rows(trips: RoundTrips) -> None:
    async with trips.transaction():
        rows = await trips.make(
            [
                (_ADD, [array([ONE, TWO])]),
                (_COUNT, []),
                (b"SELECT id::text, now(), NULL FROM trip ORDER BY id", []),
            ]
        )
        await trips.commit()
    added, counted, listed = rows
    assert (added, counted) == ([], [(2,)])
    assert [(row[0], row[1].tzinfo is not None, row[2]) for row in listed] == [
        (ONE, True, None),
        (TWO, True, None),
    ]
    assert await count(trips) == 2


async def test_statements_are_prepared_once(trips: RoundTrips) -> None:
    for one in (ONE, TWO):
        await write(trips, [(_ADD, [array([one])])], [(_COUNT, [])])
    held = await trips.connection.execute("SELECT count(*) FROM pg_prepared_statements")
    assert await held.fetchone() == (4,)  # BEGIN, the insert, the count, COMMIT


async def test_an_error_undoes_the_transaction_and_the_next_one_is_none_the_wiser(
    trips: RoundTrips,
) -> None:
    for _ in range(2):
        add_two = (_ADD, [array([TWO])])
        with pytest.raises(errors.UniqueViolation):
            await write(trips, [ADD_ONE], [add_two, ADD_ONE, (_COUNT, [])])
        assert await count(trips) == 0
    await write(trips, [ADD_ONE], [])
    assert await count(trips) == 1


async def test_an_error_between_two_trips_undoes_the_first(trips: RoundTrips) -> None:
    with pytest.raises(ZeroDivisionError):
        await write_and_fail(trips)
    assert await count(trips) == 0


async def test_an_error_at_commit_is_an_error(trips: RoundTrips) -> None:
    await trips.connection.execute(
        "ALTER TABLE trip ADD CONSTRAINT late UNIQUE (id) DEFERRABLE INITIALLY DEFERRED, DROP CONSTRAINT trip_pkey"
    )
    with pytest.raises(errors.UniqueViolation):
        await write(trips, [ADD_ONE], [ADD_ONE])
    assert await count(trips) == 0


async def test_more_than_the_sockets_buffers_hold_goes_through(trips: RoundTrips) -> None:
    large = b"x" * 3_000_000
    async with trips.transaction():
        rows = await trips.make([(b"SELECT $1::text", [large])] * 6)
        await trips.commit()
    assert [len(found[0][0]) for found in rows] == [3_000_000] * 6


async def test_a_lost_connection_is_an_operational_error(trips: RoundTrips) -> None:
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"]) as other:
        await other.execute("SELECT pg_terminate_backend(%s)", [trips.connection.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        await write(trips, [(_COUNT, [])], [])
    assert trips.connection.closed


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_a_connection_lost_at_any_moment_is_noticed(new_loop: LoopFactory) -> None:
    """Other threads open sockets meanwhile, so a lost one's number is soon another's: the wait must not be for that
    one.
    """
    url = os.environ["DATABASE_URL"]
    over = threading.Event()

    def open_sockets() -> None:
        while not over.is_set():
            psycopg.connect(url, connect_timeout=10).close()

    async def lose_some() -> int:
        lost = 0
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as killer:
            for number in range(LOSSES):
                connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
                trips = RoundTrips(connection)
                await write(trips, [(_ONE, [])], [(_ONE, [])])
                kill = "SELECT pg_terminate_backend(%s), pg_sleep(%s)"
                late = [connection.info.backend_pid, number % 3 / 1000]
                killing = asyncio.create_task(killer.execute(kill, late))
                with pytest.raises(psycopg.OperationalError, match=r"^(?!no answer)"):
                    await write_for_ever(trips)
                lost += connection.closed
                await killing
        return lost

    threads = [threading.Thread(target=open_sockets) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            assert runner.run(lose_some()) == LOSSES
    finally:
        over.set()
        for thread in threads:
            thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
