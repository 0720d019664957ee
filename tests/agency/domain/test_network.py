"""Whose address a request has, and what is counted as one caller."""

import pytest

from agency.domain.network import client_of, is_ours, range_of, shortened

PEER = "127.0.0.1"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_what_is_counted_as_one_caller(address: str, counted: str) -> None:
    assert range_of(address) == counted


@pytest.mark.parametrize(
    ("forwarded", "proxies", "client"),
    [
        (["198.51.100.4"], 0, PEER),
        ([], 1, PEER),
        (["198.51.100.4"], 1, "198.51.100.4"),
        # Addresses that the caller put in front of ours are never read.
        (["10.9.8.7, 198.51.100.4"], 1, "198.51.100.4"),
        (["10.9.8.7", "198.51.100.4"], 1, "198.51.100.4"),
        (["10.9.8.7, 198.51.100.4, 192.0.2.1"], 2, "198.51.100.4"),
        (["198.51.100.4"], 2, "198.51.100.4"),
        (["198.51.100.4:5050"], 1, "198.51.100.4"),
        # No address counts as none.
        (["unknown"], 1, PEER),
        (["198.51.100.4, _hidden"], 1, PEER),
        (["<script>"], 1, PEER),
        ([""], 1, PEER),
    ],
)
def test_whose_address_it_is(forwarded: list[str], proxies: int, client: str) -> None:
    assert client_of(PEER, forwarded, proxies) == client


@pytest.mark.parametrize(("peer", "ours"), [("127.0.0.1", True), ("10.0.0.3", True), ("", True), ("8.8.8.8", False)])
def test_a_proxy_of_ours_is_near(peer: str, ours: bool) -> None:
    assert is_ours(peer) is ours


def test_what_is_kept_for_years_names_no_single_caller() -> None:
    assert shortened("203.0.113.7") == "203.0.113.x"
    assert shortened("2001:db8:1:2::/64") == "2001:db8:1::/48"
