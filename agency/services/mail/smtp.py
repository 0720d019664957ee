"""The way to the mail server: one connection for many letters, and every refusal in a word of ours."""

import contextlib
import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from agency.services.mail.backend import mailbox
from agency.services.mail.outbox import Away, Failed, GiveUp

# Some servers hang up after a hundred letters; a new connection costs milliseconds.
LETTERS_PER_CONNECTION = 50
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail, whole: two letters that are equal are the same bytes on the wire."""

    key: str
    message_id: str
    date: datetime
    sender: str
    reply_to: str
    recipient: str
    subject: str
    text: str
    html: str = ""
    calendar: str = ""


class _Message(EmailMultiAlternatives):
    """A mail whose parts are divided by a line that is the same at every try."""

    boundary = ""

    def message(self) -> Message:  # type: ignore[override]
        made: Message = super().message()
        for depth, part in enumerate(part for part in made.walk() if part.is_multipart()):
            part.set_boundary(self.boundary + "-" * depth)
        return made


def compose(letter: Letter) -> EmailMultiAlternatives:
    """The letter as Django sends it. The address in From is the agency's, whatever name stands beside it."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = _Message(
        subject=letter.subject,
        body=letter.text,
        from_email=address,
        to=[letter.recipient],
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={
            "From": mailbox("From", letter.sender or name, address),
            "Date": format_datetime(letter.date),
            "Message-ID": letter.message_id,
            "Auto-Submitted": "auto-generated",
        },
    )
    # Never in quoted-printable text (RFC 2045, 6.7), and nobody outside knows the key.
    message.boundary = f"=_{letter.key}"
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        message.attach("call.ics", letter.calendar, "text/calendar")
    return message


class SmtpLine:
    """A connection to the mail server, opened with the first letter and kept for the next ones."""

    def __init__(self) -> None:
        self._backend: Any = get_connection()
        self._sent = 0

    def __enter__(self) -> "SmtpLine":
        return self

    def __exit__(self, *problem: object) -> None:
        self._hang_up()

    def send(self, letter: Letter) -> None:
        """Hand the letter over. When this returns, the server has acknowledged it.

        Raises:
            Away: no connection.
            GiveUp: refused for good (5xx for recipient or content), or not to be put on the wire.
            Failed: refused for now, or the connection broke off.
        """
        message = compose(letter)
        self._pick_up()
        try:
            self._backend.send_messages([message])
        except smtplib.SMTPRecipientsRefused as problem:
            raise _refusal("refused", next(iter(problem.recipients.values()))[0]) from None
        except smtplib.SMTPSenderRefused as problem:
            # About our own address or our account: what is wrong there is put right, and then the mail must go.
            raise _not_now("sender", problem.smtp_code) from None
        except smtplib.SMTPDataError as problem:
            raise _refusal("rejected", problem.smtp_code) from None
        except smtplib.SMTPResponseException as problem:
            raise _not_now("later", problem.smtp_code) from None
        except OSError:  # time-outs and lost connections; smtplib's own are of this family
            self._hang_up()
            raise Failed("connection_lost", ends_round=True) from None
        except ValueError:  # an address or header that Django refuses to write
            raise GiveUp("unsendable") from None
        self._sent += 1

    def _pick_up(self) -> None:
        if self._sent >= LETTERS_PER_CONNECTION or not self._is_alive():
            self._hang_up()
        try:
            self._backend.open()
        except smtplib.SMTPAuthenticationError as problem:
            raise Away("login", problem.smtp_code) from None
        except OSError:
            raise Away from None

    def _is_alive(self) -> bool:
        """True if an open connection still answers. A server hangs up on an idle one, and no letter is lost on it."""
        connection = getattr(self._backend, "connection", None)
        if connection is None:
            return True
        try:
            return bool(connection.noop()[0] == 250)
        except OSError:
            return False

    def _hang_up(self) -> None:
        self._sent = 0
        with contextlib.suppress(OSError):
            self._backend.close()
        if hasattr(self._backend, "connection"):
            self._backend.connection = None


def _refusal(word: str, code: int) -> Failed:
    return GiveUp(word, code) if code >= 500 else _not_now("later", code)


def _not_now(word: str, code: int) -> Failed:
    return Failed(word, code, ends_round=code == _CLOSING)
