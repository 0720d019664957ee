"""The connections of the pool, as an outage meets them."""

from typing import Any

import pytest
from django.db import connection

from tenants.backend import probe

pytestmark = pytest.mark.django_db


def test_a_database_that_is_back_is_found_soon() -> None:
    connection.ensure_connection()
    assert connection.pool.reconnect_timeout == 5


def test_a_host_that_vanished_is_given_up() -> None:
    connection.ensure_connection()
    asked = connection.connection.info.get_parameters()
    assert (asked["tcp_user_timeout"], asked["keepalives_idle"]) == ("10000", "10")


def test_every_session_has_what_the_start_packet_may_not_carry(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            [list(settings.DATABASE_SESSION)],
        )
        assert dict(cursor.fetchall()) == settings.DATABASE_SESSION
    assert not connection.connection.info.get_parameters().get("options")


def test_a_plain_connection_has_the_address_s_own_parameters() -> None:
    database = {"HOST": "db", "PORT": 5432, "USER": "", "NAME": "balie"}
    options = {"pool": {"min_size": 1}, "sslmode": "verify-full"}
    assert probe.libpq({**database, "OPTIONS": options}) == {
        "host": "db",
        "port": 5432,
        "dbname": "balie",
        "sslmode": "verify-full",
    }
