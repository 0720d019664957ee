"""A real mail server for tests: it keeps what it acknowledged, and can refuse, hang or be away."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.test import override_settings

from balie.run.machine import pick_port


class Sink:
    """The mails that arrived: (envelope's recipients, parsed message, raw bytes)."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """As new."""
        self.taken: list[tuple[list[str], EmailMessage, bytes]] = []
        self.connections = 0
        # By recipient, or "" for all: the answer to RCPT; and one to DATA.
        self.refuse: dict[str, str] = {}
        self.refuse_data = ""

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self.refuse.get(address) or self.refuse.get("")
        if answer:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any
    ) -> str:
        if self.refuse_data:
            return self.refuse_data
        raw = bytes(envelope.content)
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append((list(envelope.rcpt_tos), message, raw))
        return "250 taken"


@contextmanager
def mail_server(port: int | None = None) -> Iterator[Sink]:
    """A server on loopback, and settings that send there."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=port or pick_port())
    controller.start()
    try:
        with sends_to(controller.port):
            yield sink
    finally:
        controller.stop()


@contextmanager
def sends_to(port: int) -> Iterator[None]:
    """Our own SMTP backend (tests have another one) with this port."""
    with override_settings(
        EMAIL_BACKEND="agency.services.mail.backend.Backend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_TIMEOUT=2,
    ):
        yield
