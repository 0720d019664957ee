"""A pooler that shares server connections is found by the server processes that answer."""

from typing import Any

import pytest

from tenants.backend import probe


class Pooler:
    """PgBouncer's bookkeeping: what was freed last is given first."""

    def __init__(self, mode: str, others: tuple[int, ...] = ()) -> None:
        self.mode, self.free, self.next = mode, list(others), 100

    def connect(self) -> Any:
        return Client(self)

    def take(self) -> int:
        self.next += 1
        return self.free.pop() if self.free else self.next


class Client:
    """A client's connection as the probe uses it."""

    def __init__(self, pooler: Pooler) -> None:
        self.pooler, self.pid = pooler, 0

    def execute(self, said: str) -> "Client":
        if said == "BEGIN" and not self.pid:
            self.pid = self.pooler.take()
        if said == "COMMIT" and self.pooler.mode == "transaction":
            self.pooler.free.append(self.pid)
            self.pid = 0
        return self

    def cursor(self, **_how: object) -> "Client":
        return self

    def fetchone(self) -> int:
        return self.pid

    def close(self) -> None:
        self.pooler.free.append(self.pid)


@pytest.mark.parametrize("others", [(), (1,), (1, 2, 3)])
def test_a_pooler_that_shares_is_found(others: tuple[int, ...]) -> None:
    assert probe.is_shared(Pooler("transaction", others).connect)
    assert not probe.is_shared(Pooler("session", others).connect)
