"""How every mail is put on the wire, whoever wrote it: addresses in ASCII, names and subjects in encoded words that
fit.

Django turns an international domain into ASCII by Python's own codec (IDNA 2003), which sends the mail for
`fußball.example` to `fussball.example`; and it begins a long header with an empty line.
"""

import re
from email.header import Header
from email.message import Message
from email.policy import Compat32
from email.utils import formataddr, parseaddr
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from tenants.origins import ascii_host

# RFC 2047, 2: an encoded word has 75 characters at most, a line with one 76.
LINE_LIMIT = 76
# An ASCII word up to here fits behind the longest of our headers' names.
_WORD_LIMIT = 60
_ENCODED = re.compile(r"=\?utf-8\?[bq]\?[^?\s]*\?=", re.IGNORECASE)


class Backend(smtp.EmailBackend):
    """Django's own way to the mail server, with headers and addresses of ours."""

    def _send(self, email_message: EmailMessage) -> bool:
        prepare(email_message)
        return bool(super()._send(email_message))  # type: ignore[misc]


class _Folding(Compat32):
    """Lines that fit, and no header with an empty first line: there a long address goes past the end of its line."""

    def fold_binary(self, name: str, value: object) -> bytes:
        folded: bytes = super().fold_binary(name, value)  # type: ignore[arg-type]
        first, end, rest = folded.partition(self.linesep.encode())
        is_empty = first.rstrip() == f"{name}:".encode() and bool(rest.strip())
        return first.rstrip() + b" " + rest.lstrip() if is_empty else first + end + rest


def prepare(message: EmailMessage) -> None:
    """Write subject and addresses of a mail as they go on the wire. A second time changes nothing.

    Raises:
        ValueError: an address that no server could be told without SMTPUTF8, or none at all.
    """
    message.subject = encode("Subject", str(message.subject))
    message.from_email = _mailbox("From", message.from_email)
    message.to = [_mailbox("To", one) for one in message.to]
    message.cc = [_mailbox("Cc", one) for one in message.cc]
    message.bcc = [_mailbox("Bcc", one) for one in message.bcc]
    message.reply_to = [_mailbox("Reply-To", one) for one in message.reply_to]
    if "From" in message.extra_headers:
        message.extra_headers["From"] = _mailbox("From", message.extra_headers["From"])
    make = message.message

    def made(*given: Any, **facts: Any) -> Message:
        letter = make(*given, **facts)
        letter.policy = _Folding(max_line_length=LINE_LIMIT)
        return letter

    message.message = made  # type: ignore[method-assign,assignment]


def mailbox(header: str, name: str, address: str) -> str:
    """Return `name <address>` for this header, in ASCII.

    Raises:
        ValueError: the address has letters outside ASCII before its @, or no host behind it.
    """
    local, at, domain = address.rpartition("@")
    if not at or not local.isascii():
        raise ValueError("not an address for the wire")
    plain = f"{local}@{ascii_host(domain)}"
    written = encode(header, name)
    if name and written != name:
        return f"{written} <{plain}>"
    return formataddr((name, plain))


def encode(header: str, text: str) -> str:
    """Return `text` in ASCII for this header: as it is where it fits, else in encoded words with a
    space between them.
    """
    if text.isascii() and all(
        len(word) <= _WORD_LIMIT or (len(word) < LINE_LIMIT and _ENCODED.fullmatch(word)) for word in text.split(" ")
    ):
        return text
    return Header(text, "utf-8", maxlinelen=LINE_LIMIT, header_name=header).encode(linesep="")


def _mailbox(header: str, value: str) -> str:
    name, address = parseaddr(str(value))
    if _is_encoded(name):
        return f"{name} <{mailbox(header, '', address)}>"
    return mailbox(header, name, address)


def _is_encoded(name: str) -> bool:
    return bool(name) and all(map(_ENCODED.fullmatch, name.split()))
