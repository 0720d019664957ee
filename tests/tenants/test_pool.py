"""The connections of the pool, as an outage meets them."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_a_database_that_is_back_is_found_soon() -> None:
    connection.ensure_connection()
    assert connection.pool.reconnect_timeout == 5


def test_a_host_that_vanished_is_given_up() -> None:
    connection.ensure_connection()
    asked = connection.connection.info.get_parameters()
    assert (asked["tcp_user_timeout"], asked["keepalives_idle"]) == ("10000", "10")
