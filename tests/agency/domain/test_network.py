"""Whose address a request has, and what is counted as one caller."""

import pytest

from agency.domain.network import client_of, is_ours, is_public, range_of, shortened

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


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::93.184.216.34"],
)
def test_a_host_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("", "host", "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1"),
        *("192.0.0.1", "192.168.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fec0::1", "fd00::1", "ff02::1", "100::1", "2001:db8::1", "5f00::1"),
        # An IPv4 address inside: mapped, compatible, translated, by NAT64, by a network's own NAT64, 6to4, Teredo.
        *("::ffff:127.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1"),
        *("64:ff9b:1::127.0.0.1", "2002:7f00:1::1", "2002:5db8:d822::1", "2001:0:4136:e378:8000:63bf:80ff:fffe"),
    ],
)
def test_no_other_address_is(address: str) -> None:
    assert not is_public(address)
