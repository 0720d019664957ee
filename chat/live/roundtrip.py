"""Many statements of one connection in one round trip.

psycopg's own pipeline turns the event loop once for every statement, and a batch of 20 companies has 42 of them: on
uvicorn that was a quarter of a message's cost. Here a round trip is one write and one wait. Statements are prepared
once per connection, parameters are texts.

Whatever doesn't end as it should (a lost connection, a server that says nothing, a cancelled task) closes the
connection: only a trip that was read to its end leaves one that can be used again.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult

Statement = tuple[bytes, Sequence[bytes]]
Row = tuple[Any, ...]

# Longer than the writer's statement_timeout: a server that ends a statement by itself has said so before this.
ANSWER_WITHIN_S = 15.0
_FAILED = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE})
_BEGIN: Statement = (b"BEGIN", ())
_COMMIT: Statement = (b"COMMIT", ())


class RoundTrips:
    """The round trips of one connection. Outside `transaction` the connection is psycopg's as ever."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.connection = connection
        self._wire = connection.pgconn
        self._transformer = Transformer(connection)
        self._prepared: dict[bytes, bytes] = {}
        self._names = 0
        self._begun = False
        # Everything asked was answered, so the connection can be given other work.
        self._settled = True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Begin a transaction with the first round trip. `commit` ends it, an error undoes it.

        Raises:
            psycopg.Error: as the database answered. OperationalError: the connection is lost or was given up, and is
            closed.
        """
        self._wire.enter_pipeline_mode()
        self._begun, failed = False, True
        try:
            yield
            failed = False
        finally:
            if self._settled and self._wire.status == ConnStatus.OK:
                self._wire.exit_pipeline_mode()
                if failed:
                    await self.connection.rollback()
            else:
                await self.connection.close()

    async def make(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """Make one round trip and return the rows of each statement."""
        if not self._begun:
            self._begun = True
            return (await self._trip([_BEGIN, *statements]))[1:]
        return await self._trip(statements)

    async def commit(self, statements: Sequence[Statement] = ()) -> None:
        """The last round trip, with COMMIT."""
        await self._trip([*statements, _COMMIT])

    async def _trip(self, statements: Sequence[Statement]) -> list[list[Row]]:
        self._settled = False
        wanted = self._send(statements)
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._flush()
                results = await self._results()
        except TimeoutError:
            raise psycopg.OperationalError(f"no answer within {ANSWER_WITHIN_S:.0f} s") from None
        self._settled = True
        for result in results:
            if result.status in _FAILED:
                # The statements behind it were not done, so nothing prepared in this trip can be counted on.
                self._prepared = {}
                raise error_from_result(result, encoding="utf-8")
        return [self._rows(result) for result, is_query in zip(results, wanted, strict=True) if is_query]

    def _send(self, statements: Sequence[Statement]) -> list[bool]:
        """Put a trip into the connection's buffer. Returns, for each answer that comes, whether a statement's rows are
        in it.
        """
        wanted: list[bool] = []
        for text, parameters in statements:
            name = self._prepared.get(text)
            if name is None:
                self._names += 1
                name = self._prepared[text] = b"trip_%d" % self._names
                self._wire.send_prepare(name, text)
                wanted.append(False)
            self._wire.send_query_prepared(name, parameters)
            wanted.append(True)
        self._wire.pipeline_sync()
        return wanted

    def _rows(self, result: PGresult) -> list[Row]:
        if not result.ntuples:
            return []
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    async def _flush(self) -> None:
        while self._wire.flush():
            # The server may be waiting for us to read before it takes more.
            await self._ready(writing=True)
            self._wire.consume_input()

    async def _results(self) -> list[PGresult]:
        """Read every result up to the end of the trip. A result is followed by None. None twice is an end before
        the end.
        """
        results: list[PGresult] = []
        ended = False
        while True:
            while self._wire.is_busy():
                await self._ready()
                self._wire.consume_input()
            result = self._wire.get_result()
            if result is None:
                if ended or self._wire.status != ConnStatus.OK:
                    raise psycopg.OperationalError("the connection is lost")
                ended = True
                continue
            ended = False
            if result.status == ExecStatus.PIPELINE_SYNC:
                return results
            results.append(result)

    async def _ready(self, *, writing: bool = False) -> None:
        """Wait for the socket.

        It is watched only here: libpq closes a lost one in `consume_input`, its number may be another socket's at once,
        and a watch that lived through that made uvloop deaf to the next connection of this number.
        """
        loop, socket = asyncio.get_running_loop(), self._wire.socket
        ready: asyncio.Future[None] = loop.create_future()
        loop.add_reader(socket, _wake, ready)
        if writing:
            loop.add_writer(socket, _wake, ready)
        try:
            await ready
        finally:
            loop.remove_reader(socket)
            if writing:
                loop.remove_writer(socket)


def _wake(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)


def array(values: Sequence[str]) -> bytes:
    """A PostgreSQL array of texts that need no quoting, such as UUIDs."""
    return ("{" + ",".join(values) + "}").encode()
