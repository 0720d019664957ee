"""A database backend whose tenant lives in a ContextVar instead of on the thread.

django-tenants keeps the tenant on the per-thread DatabaseWrapper. Under ASGI that is wrong twice: what one coroutine
set on a worker thread is still set when another coroutine's query gets that thread, and a tenant set on the event
loop's thread never reaches the thread that runs the query. asgiref copies ContextVars into `sync_to_async` threads and
each asyncio task has its own, so here each task has its own tenant.
"""

import json
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import psycopg
from django.conf import settings
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantWrapper
from django_tenants.postgresql_backend.base import FakeTenant
from django_tenants.utils import get_public_schema_name

from tenants.backend.probe import refuse_shared

PUBLIC = get_public_schema_name()
# (tenant, whether public is on the search path too)
current: ContextVar[tuple[Any, bool] | None] = ContextVar("tenant", default=None)

# One round trip for all of them.
SET_SESSION = "SELECT set_config(name, value, false) FROM json_each_text(%s::json) AS given (name, value)"


def set_session(connection: psycopg.Connection[Any], wanted: dict[str, str]) -> None:
    """Set parameters of a session, by name."""
    connection.execute(SET_SESSION, [json.dumps(wanted)])


class DatabaseWrapper(TenantWrapper):
    """django-tenants' wrapper, with `tenant`, `schema_name` and `include_public_schema` read from the ContextVar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # The parent sets the public schema, which must not undo what the caller's context holds.
        saved = current.get()
        super().__init__(*args, **kwargs)
        self._ready = True
        current.set(saved)

    @property
    def tenant(self) -> Any:
        held = current.get()
        return held[0] if held else FakeTenant(PUBLIC)

    @tenant.setter
    def tenant(self, value: Any) -> None:
        current.set((value, True) if value is not None else None)

    @property
    def schema_name(self) -> str:
        return self.tenant.schema_name

    @schema_name.setter
    def schema_name(self, value: str) -> None:
        """Derived from `tenant`. The parent class assigns both."""

    @property
    def include_public_schema(self) -> bool:
        held = current.get()
        return held[1] if held else True

    @include_public_schema.setter
    def include_public_schema(self, value: bool) -> None:
        held = current.get()
        if held:
            current.set((held[0], value))

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open or take a connection, after the process's first look at who stands before the database."""
        refuse_shared(self.settings_dict)
        return super().get_new_connection(conn_params)

    def _configure_connection(self, connection: Any) -> bool:
        """Set what every session of ours has. Not in the start packet, which PgBouncer refuses."""
        super()._configure_connection(connection)
        set_session(connection, settings.DATABASE_SESSION)
        return True

    def set_schema_to_public(self) -> None:
        if self.__dict__.get("_ready"):
            super().set_schema_to_public()

    search_path_set_schemas: list[str] | None

    def close(self) -> None:
        # A pool hands the connection to somebody else as it is; what bypasses Django (a driver's own cursor, COPY)
        # would then read the last company. One more round trip, for connections that were in one.
        if self.connection is not None and self.search_path_set_schemas != [PUBLIC]:
            with suppress(psycopg.Error):
                self.connection.execute("RESET search_path")
        super().close()

    def _handle_search_path(self, cursor: Any = None) -> None:
        # TENANT_LIMIT_SET_CALLS trusts what was last set; that holds only while the wanted path is the same.
        if self.search_path_set_schemas != self._get_cursor_search_paths():
            self.search_path_set_schemas = None
        super()._handle_search_path(cursor)
