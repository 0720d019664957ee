"""Many statements of one connection in one round trip.

psycopg's own pipeline turns the event loop once for every statement, and a batch of 20 companies has 42 of them: on uvicorn
that was a quarter of a message's cost. Here a round trip is one write and one wait. Statements are prepared once per
connection, parameters are texts.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGresult

Statement = tuple[bytes, Sequence[bytes]]
Row = tuple[Any, ...]

_FAILED = frozenset({ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE})
_BEGIN: Statement = (b"BEGIN", ())
_COMMIT: Statement = (b"COMMIT", ())


class RoundTrips:
    """The round trips of one connection; outside `transaction` the connection is psycopg's as ever."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self.connection = connection
        self._wire = connection.pgconn
        self._transformer = Transformer(connection)
        self._prepared: dict[bytes, bytes] = {}
        self._names = 0
        self._ready: asyncio.Future[None] | None = None
        self._begun = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """A transaction that begins with the first round trip; `commit` ends it, an error rolls it back.

        Raises:
            psycopg.Error: as the database answered, or the connection was lost.
        """
        loop, socket = asyncio.get_running_loop(), self._wire.socket
        self._wire.enter_pipeline_mode()
        loop.add_reader(socket, self._wake)
        self._begun = False
        failed = True
        try:
            yield
            failed = False
        finally:
            loop.remove_reader(socket)
            with suppress(psycopg.OperationalError):
                self._wire.exit_pipeline_mode()
            if failed and self._wire.status == ConnStatus.OK:
                await self.connection.rollback()

    async def make(self, statements: Sequence[Statement]) -> list[list[Row]]:
        """One round trip; the rows of each statement."""
        if not self._begun:
            self._begun = True
            return (await self._trip([_BEGIN, *statements]))[1:]
        return await self._trip(statements)

    async def commit(self, statements: Sequence[Statement] = ()) -> None:
        """The last round trip, with COMMIT."""
        await self._trip([*statements, _COMMIT])

    async def _trip(self, statements: Sequence[Statement]) -> list[list[Row]]:
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
        await self._flush()
        results = await self._results()
        for result in results:
            if result.status in _FAILED:
                # What came behind it was not done, so nothing prepared in this trip can be counted on.
                self._prepared = {}
                raise error_from_result(result, encoding="utf-8")
        return [
            self._rows(result) for result, is_query in zip(results, wanted, strict=True) if is_query
        ]

    def _rows(self, result: PGresult) -> list[Row]:
        if not result.ntuples:
            return []
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    async def _flush(self) -> None:
        loop = asyncio.get_running_loop()
        while self._wire.flush():
            # The server may be waiting for us to read before it takes more.
            loop.add_writer(self._wire.socket, self._wake)
            try:
                await self._wait()
            finally:
                loop.remove_writer(self._wire.socket)
            self._wire.consume_input()

    async def _results(self) -> list[PGresult]:
        """Every result up to the end of the trip."""
        results: list[PGresult] = []
        while True:
            while self._wire.is_busy():
                await self._wait()
                self._wire.consume_input()
            result = self._wire.get_result()
            if result is None:
                if self._wire.status != ConnStatus.OK:
                    raise psycopg.OperationalError("the connection is lost")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return results
            else:
                results.append(result)

    async def _wait(self) -> None:
        self._ready = asyncio.get_running_loop().create_future()
        try:
            await self._ready
        finally:
            self._ready = None

    def _wake(self) -> None:
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(None)


def array(values: Sequence[str]) -> bytes:
    """A PostgreSQL array of texts that need no quoting, such as UUIDs."""
    return ("{" + ",".join(values) + "}").encode()
