"""Calls to other people's sites: what is refused, what is bounded, and that the judged address is the one called."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from agency.services.outgoing import fetch as outgoing
from agency.services.outgoing.fetch import WORDS, Answer, NoAnswer, fetch

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk, *, peek: bool = False) -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback that lets `talk` answer each call. Yields its port and the questions it heard.

    `peek`: leave the question in the connection, for a talk that reads it itself.
    """
    heard: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                heard.append(connection.recv(65536, socket.MSG_PEEK if peek else 0))
                with suppress(OSError):
                    talk(connection)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        listener.close()


def says(answer: bytes) -> Talk:
    return lambda connection: connection.sendall(answer)


def drip(answer: bytes, then: bytes) -> Talk:
    """Send an answer's beginning at once, and then a byte each 50 ms, for ever."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(answer)
        while True:
            connection.sendall(then)
            time.sleep(0.05)

    return talk


@pytest.fixture
def call(settings) -> Callable[..., Answer]:
    """Call a server of this machine, which the settings allow."""

    def ask(port: int, path: str = "/", **kwargs) -> Answer:
        settings.PRIVATE_CALLS = frozenset({f"127.0.0.1:{port}"})
        return fetch(f"http://127.0.0.1:{port}{path}", **kwargs)

    return ask


def refused(url: str, **kwargs) -> str:
    with pytest.raises(NoAnswer) as caught:
        fetch(url, **kwargs)
    return caught.value.code


def test_an_answer_comes_back_with_status_headers_and_body(call):
    with server(says(ANSWER)) as (port, heard):
        answer = call(port, "/é?q=1", method="POST", headers={"X-Kind": "try"}, body=b"abc")
    assert (answer.status, answer.body, answer.is_whole) == (200, b"hello", True)
    assert (answer.headers["content-type"], answer.address) == ("text/plain", "127.0.0.1")
    asked = heard[0].decode()
    assert asked.startswith("POST /%C3%A9?q=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{port}\r\n" in asked
    assert "X-Kind: try\r\n" in asked
    assert "Accept-Encoding: identity\r\n" in asked


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "address"),
        ("example.nl", "address"),
        ("ftp://example.nl/", "address"),
        ("file:///etc/passwd", "address"),
        ("https://", "address"),
        ("https://user:word@example.nl/", "address"),
        ("https://exa mple.nl/", "address"),
        ("https://example.nl/\r\nHost: other", "address"),
        ("https://example.nl/" + "a" * 2_000, "address"),
        ("https://example.nl:99999/", "address"),
        ("https://-/", "address"),
        ("http://example.nl:25/", "port"),
        ("http://example.nl:22/", "port"),
        ("http://127.0.0.1/", "private"),
        ("http://127.1/", "private"),
        ("http://2130706433/", "private"),
        ("http://0x7f.0.0.1/", "private"),
        ("http://0/", "private"),
        ("http://10.0.0.1/", "private"),
        ("http://169.254.169.254/latest/meta-data/", "private"),
        ("http://100.64.0.1/", "private"),
        ("http://224.0.0.1/", "private"),
        ("http://[::1]/", "private"),
        ("http://[::ffff:127.0.0.1]/", "private"),
        ("http://[64:ff9b::7f00:1]/", "private"),
        ("http://[2002:7f00:1::]/", "private"),
        ("http://[fd00::1]/", "private"),
        ("http://localhost/", "private"),
        ("http://shop.localhost/", "private"),
    ],
)
def test_what_may_not_be_called_is_refused_before_anything_is_sent(url, code):
    assert refused(url) == code
    assert code in WORDS


def test_a_name_under_localhost_is_this_machine(settings):
    with server(says(ANSWER)) as (port, _heard):
        settings.PRIVATE_CALLS = frozenset({f"shop.localhost:{port}"})
        assert fetch(f"http://shop.localhost:{port}/").address == "127.0.0.1"


def test_the_allow_list_opens_that_port_alone(settings):
    with server(says(ANSWER)) as (port, heard):
        settings.PRIVATE_CALLS = frozenset({f"127.0.0.1:{port + 1}"})
        assert refused(f"http://127.0.0.1:{port}/") == "private"
        assert heard == []


def test_a_name_that_changes_its_answer_is_looked_up_once(monkeypatch):
    """DNS rebinding: public for the judge, private for the connection."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    asked, called = [], []
    monkeypatch.setattr(outgoing, "addresses_of", lambda host, *_: asked.append(host) or next(answers))

    def connect(self, host, port, *_args):
        called.append(host)
        raise outgoing.httpcore.ConnectError

    monkeypatch.setattr(outgoing.httpcore.SyncBackend, "connect_tcp", connect)
    assert refused("http://rebind.example/") == "unreachable"
    assert (asked, called) == (["rebind.example"], ["93.184.216.34"])


def test_one_private_address_among_public_ones_refuses_the_name(monkeypatch):
    monkeypatch.setattr(outgoing, "addresses_of", lambda *_: ["93.184.216.34", "10.0.0.1"])
    assert refused("http://both.example/") == "private"


def test_a_name_that_nobody_has_is_unknown(monkeypatch):
    monkeypatch.setattr(outgoing, "addresses_of", lambda *_: [])
    assert refused("https://nobody.example/") == "unknown"


def test_a_redirect_is_an_answer_and_is_not_followed(call):
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n"
    with server(says(moved)) as (port, heard):
        answer = call(port)
    assert (answer.status, answer.headers["location"], len(heard)) == (302, "http://10.0.0.1/", 1)


def test_no_more_of_an_answer_is_read_than_asked(call):
    with server(drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096)) as (port, _):
        answer = call(port, size=10_000)
    assert (len(answer.body), answer.is_whole) == (10_000, False)


@pytest.mark.parametrize(
    "talk",
    [
        drip(b"", b"H"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        drip(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["status", "headers", "body", "long body", "continue"],
)
def test_a_site_that_never_ends_is_left_at_the_deadline(call, talk):
    began = time.monotonic()
    with server(talk) as (port, _), pytest.raises(NoAnswer) as caught:
        call(port, seconds=0.3)
    assert caught.value.code == "slow"
    # Far above 0.3 s for a loaded machine, far below the minutes that a byte now and then would take.
    assert time.monotonic() - began < 10


def test_a_handshake_that_never_ends_is_left_at_the_deadline(settings):
    """Each byte of a TLS record begins a socket's own time limit anew."""
    with server(drip(b"\x16\x03\x03\x40\x00", b"\x00")) as (port, _):
        settings.PRIVATE_CALLS = frozenset({f"127.0.0.1:{port}"})
        began = time.monotonic()
        assert refused(f"https://127.0.0.1:{port}/", seconds=0.3) == "slow"
    assert time.monotonic() - began < 10


def test_a_slow_look_up_is_left_at_the_deadline(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: release.wait(10) and [])
    assert refused("http://slow.example/", seconds=0.2) == "slow"
    release.set()


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"])
def test_what_is_not_http_is_a_broken_answer(call, answer):
    with server(says(answer)) as (port, _), pytest.raises(NoAnswer) as caught:
        call(port)
    assert caught.value.code == "broken"


def test_a_closed_port_is_unreachable(call):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NoAnswer) as caught:
        call(port)
    assert caught.value.code == "unreachable"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> str:
    """A key and a certificate for localhost that nobody signed, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    day = datetime(2026, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, day, day.replace(year=2126))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return str(path)


def over_tls(certificate: str) -> Talk:
    """Answer over TLS. The server has read the first bytes already, so they are peeked at, not taken."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65536)
            secured.sendall(ANSWER)

    return talk


def test_a_certificate_is_checked_for_the_name_that_was_called(settings, monkeypatch, certificate):
    with server(over_tls(certificate), peek=True) as (port, _):
        settings.PRIVATE_CALLS = frozenset({f"localhost:{port}", f"127.0.0.1:{port}"})
        assert refused(f"https://localhost:{port}/") == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        assert fetch(f"https://localhost:{port}/").body == b"hello"
        assert refused(f"https://127.0.0.1:{port}/") == "certificate"
