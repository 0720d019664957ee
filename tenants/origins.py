"""Hosts and origins. They are stored and compared in ASCII, as browsers send them, and shown to people in their own
script.

International names follow UTS 46 without its transitional mappings, as browsers do: `fußball.de` is
`xn--fuball-cta.de`. Python's own codec is IDNA 2003 and makes `fussball.de` of it, which is somebody else's.
"""

import re
from urllib.parse import urlsplit, urlunsplit

import idna

LONGEST = 200
_LABEL = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", re.ASCII)
_DEFAULT_PORT = {"http": 80, "https": 443}


class BadOrigin(ValueError):
    """No origin: `code` is scheme, path, host or too_long."""

    def __init__(self, code: str, typed: str) -> None:
        super().__init__(f"{code}: {typed}")
        self.code = code
        self.typed = typed


def ascii_host(host: str) -> str:
    """Return a host name in ASCII and lower case, without a dot at its end.

    Raises:
        ValueError: no name that a host can have.
    """
    plain = host.rstrip(".").lower()
    if not plain.isascii():
        plain = idna.encode(plain, uts46=True, transitional=False).decode()
    if not all(_LABEL.match(label) for label in plain.split(".")):
        raise ValueError(f"no host: {host}")
    return plain


def shown_host(host: str) -> str:
    """Return a host name in its own script, or as it is where it has no other form."""
    if "xn--" not in host:
        return host
    try:
        shown = idna.decode(host)
        return shown if ascii_host(shown) == host.lower() else host
    except ValueError:  # idna's own problems are of this kind
        return host


def parse_origin(typed: str) -> str:
    """Write an address as a browser sends it: lower case, punycode, without its scheme's own port or a last slash.

    Args:
        typed: `https://www.example.nl`, or `www.example.nl` alone, which means https.

    Raises:
        BadOrigin: another scheme, something behind the host, or no host that can be.
    """
    text = typed.strip()
    if "://" not in text and not re.match(r"^[a-zA-Z][a-zA-Z0-9+-]*:(?![0-9])", text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadOrigin("host", typed) from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT:
        raise BadOrigin("scheme", typed)
    if parts.path not in ("", "/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadOrigin("path", typed)
    origin = f"{scheme}://{_site_host(host, typed)}"
    if port is not None and port != _DEFAULT_PORT[scheme]:
        origin += f":{port}"
    if len(origin) > LONGEST:
        raise BadOrigin("too_long", typed)
    return origin


def ascii_url(url: str) -> str:
    """Return an address of a page with its host in ASCII, and the rest as it was.

    Raises:
        ValueError: no address with a host.
    """
    parts = urlsplit(url)
    host = ascii_host(parts.hostname or "")
    port = f":{parts.port}" if parts.port is not None else ""
    return urlunsplit(parts._replace(netloc=host + port))


def shown_url(url: str) -> str:
    """Return an origin or address with its host in its own script, for people to read."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return url
    return url.replace(host, shown_host(host), 1) if "xn--" in host else url


def _site_host(host: str, typed: str) -> str:
    try:
        plain = ascii_host(host)
    except ValueError:
        raise BadOrigin("host", typed) from None
    if "." not in plain and plain != "localhost":
        raise BadOrigin("host", typed)
    return plain
