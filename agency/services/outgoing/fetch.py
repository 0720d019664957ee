"""Call an address of somebody else's without being led anywhere that it shouldn't go.

The host is looked up once and the connection goes to the address that was judged, so a name that answers differently
a moment later (DNS rebinding) gains nothing. Nothing is followed: a redirect is an answer, and whoever goes on calls
again. The whole call has one deadline, however slowly each byte comes, and no more of an answer is read than asked.
"""

import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import certifi
import httpcore
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from agency.domain.network import is_public, parse
from agency.domain.refusal import Refusal
from agency.services.outgoing.lookup import addresses_of
from tenants.origins import ascii_host

SECONDS = 5.0
SIZE = 64 * 1024
LONGEST_URL = 2_000
# Mail, shells and databases listen below 1024: a call there could speak to them in their own words.
_LOW_PORTS = frozenset({80, 443})
_PORT_OF = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

WORDS = {
    "address": _("That is no web address. It begins with https:// and names a site."),
    "port": _("Calls go to port 80, 443, or 1024 and higher."),
    "private": _("That address lies in a private network, where calls from here don't go."),
    "unknown": _("No such site: its name isn't known."),
    "unreachable": _("The site doesn't take calls."),
    "certificate": _("The site's certificate isn't valid."),
    "slow": _("The site took too long to answer."),
    "broken": _("The site's answer can't be read."),
}


class NoAnswer(Refusal):
    """Raised where a call has no answer. `code`: a key of WORDS."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a site.

    Args:
        headers: names in lower case; the last of several of the same name.
        body: as sent: `unpack` for its text.
        is_whole: False where more came than was asked for.
        address: the one that was called.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool
    address: str

    def unpack(self, size: int) -> bytes:
        """Return the body's text. Some servers pack it although nobody asked, and no more than `size` is unpacked."""
        if self.headers.get("content-encoding", "").lower() not in {"gzip", "x-gzip"}:
            return self.body
        try:
            return zlib.decompressobj(31).decompress(self.body, size)
        except zlib.error:
            return self.body


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = SECONDS,
    size: int = SIZE,
) -> Answer:
    """Call an address and return its answer.

    Args:
        url: `http://` or `https://`, without a user's name in it.
        seconds: for everything together: look-up, connection, question and answer.
        size: bytes of the body that are read at most.

    Raises:
        NoAnswer: it may not be called, or nothing that can be read came in time.
    """
    target = _target(url)
    backend = _JudgedBackend(seconds)
    sent = {"Host": target.netloc, "User-Agent": f"Balie (+{settings.BASE_URL})", "Accept-Encoding": "identity"}
    try:
        with (
            closing(backend),
            httpcore.ConnectionPool(ssl_context=_context(), network_backend=backend) as pool,
            pool.stream(method, target.url, headers=_bytes({**sent, **(headers or {})}), content=body) as response,
        ):
            read, is_whole = _read(response.iter_stream(), size)
            if not backend.left:
                raise NoAnswer("slow")
            known = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
            return Answer(response.status, known, read, is_whole, backend.address)
    except TimeoutError:
        raise NoAnswer("slow") from None
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise NoAnswer(_reason(error) if backend.left else "slow") from None


def redirected(url: str, answer: Answer) -> str | None:
    """Return the address to which the answer of `url` sends on, None where it sends nowhere.

    One that can't be read is returned as it was sent: `fetch` refuses it as it refuses every such address.
    """
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or location is None:
        return None
    try:
        return urljoin(url, location)
    except ValueError:
        return location


def _reason(error: BaseException) -> str:
    """Return the code for a call that failed in time."""
    if isinstance(error, httpcore.ProtocolError):
        return "broken"
    is_certificate = isinstance(error.__cause__ or error.__context__, ssl.SSLCertVerificationError)
    return "certificate" if is_certificate else "unreachable"


def _bytes(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers.items()]


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _PORT_OF[self.scheme] else f"{shown}:{self.port}"

    @property
    def url(self) -> httpcore.URL:
        """The address as httpcore takes it: already in bytes, so that it changes nothing."""
        return httpcore.URL(
            scheme=self.scheme.encode(), host=self.host.encode(), port=self.port, target=self.path.encode()
        )


def _target(url: str) -> _Target:
    """Take an address apart.

    Raises:
        NoAnswer: `address` or `port`.
    """
    if len(url) > LONGEST_URL or any(ord(one) < 33 or ord(one) == 127 for one in url):
        raise NoAnswer("address")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme not in _PORT_OF or not host or "@" in parts.netloc:
            raise NoAnswer("address")
        name = host if parse(host) else ascii_host(host)
    except ValueError:
        raise NoAnswer("address") from None
    port = port or _PORT_OF[parts.scheme]
    if port < 1024 and port not in _LOW_PORTS:
        raise NoAnswer("port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # A path in letters of its own is sent in UTF-8, as a browser does.
    return _Target(parts.scheme, name, port, _percent(path))


def _percent(path: str) -> str:
    return "".join(one if one.isascii() else "".join(f"%{byte:02X}" for byte in one.encode()) for one in path)


def _read(parts: Iterable[bytes], size: int) -> tuple[bytes, bool]:
    kept = bytearray()
    for part in parts:
        kept += part
        if len(kept) > size:
            return bytes(kept[:size]), False
    return bytes(kept), True


def _context() -> ssl.SSLContext:
    """Trust what the machine trusts, and Mozilla's list where the machine has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


class _JudgedBackend(httpcore.NetworkBackend):
    """Connects to a judged address of a host, and cuts the connection off at the deadline, whatever it waits for.

    Time limits of single waits wouldn't do: a site that sends a byte now and then, even in the middle of a TLS
    handshake, begins each of them anew.
    """

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._scissors: threading.Timer | None = None
        self._connection: socket.socket | None = None
        self.address = ""

    @property
    def left(self) -> float:
        """The seconds that are left, 0 when there are none."""
        return max(0.0, self._ends - time.monotonic())

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that takes the call. The deadline bounds it, not `timeout`."""
        addresses = addresses_of(host, port, self.left)
        if not addresses:
            raise NoAnswer("unknown")
        # One private address among public ones is enough: which of them a caller reaches is chance.
        if f"{host}:{port}" not in settings.PRIVATE_CALLS and not all(is_public(one) for one in addresses):
            raise NoAnswer("private")
        for number, address in enumerate(addresses):
            # Each leaves as much time to each that follows; the last may take what is left.
            share = self.left / (len(addresses) - number)
            try:
                stream = httpcore.SyncBackend().connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            self.address = address
            self._guard(stream.get_extra_info("socket"))
            return stream
        raise NoAnswer("unreachable" if self.left else "slow")

    def _guard(self, connection: socket.socket) -> None:
        # A second handle of the same connection: TLS takes the first one over.
        self._connection = connection.dup()
        self._scissors = threading.Timer(self.left, self._cut, (self._connection,))
        self._scissors.daemon = True
        self._scissors.start()

    @staticmethod
    def _cut(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Put the scissors away."""
        if self._scissors is not None:
            self._scissors.cancel()
        if self._connection is not None:
            self._connection.close()
