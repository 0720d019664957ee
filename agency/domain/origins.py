"""Addresses of web sites as browsers name them in `Origin`: scheme://host[:port], nothing behind it."""

import re
from urllib.parse import urlsplit

LONGEST = 200
_LABEL = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", re.ASCII)
_DEFAULT_PORT = {"http": 80, "https": 443}


class BadOrigin(ValueError):
    """No origin: `code` is scheme, path, host or too_long."""

    def __init__(self, code: str, typed: str) -> None:
        super().__init__(f"{code}: {typed}")
        self.code = code
        self.typed = typed


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
    origin = f"{scheme}://{_ascii_host(host, typed)}"
    if port is not None and port != _DEFAULT_PORT[scheme]:
        origin += f":{port}"
    if len(origin) > LONGEST:
        raise BadOrigin("too_long", typed)
    return origin


def _ascii_host(host: str, typed: str) -> str:
    try:
        plain = host.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        raise BadOrigin("host", typed) from None
    labels = plain.split(".")
    if not all(_LABEL.match(label) for label in labels) or (
        len(labels) < 2 and plain != "localhost"
    ):
        raise BadOrigin("host", typed)
    return plain
