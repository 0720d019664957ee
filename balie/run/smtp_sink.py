"""A mail server that delivers nothing: every message lands in BALIE_HOME/mail, a Maildir."""

import asyncio
import os
import signal
from typing import Any

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.handlers import Mailbox

from balie.run.balie_home import ROOT, Home

# A file in `run/`: while it is there, every message is answered with what it says: 451, 550, or `cut` for no answer at
# all.
SAYS = "smtp-says"
ANSWERS = {"451": "451 4.7.1 Try again later", "550": "550 5.1.1 No such mailbox"}


class Sink(Mailbox):
    """Keeps every message in the Maildir."""

    def __init__(self, home: Home) -> None:
        super().__init__(home.mail)
        self._says = home.run / SAYS

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        """Take a message. A full disk is a trouble that passes, so it is said with a 4: a 5 would be for good."""
        word = self._says.read_text().strip() if self._says.exists() else ""
        if word == "cut":
            server.transport.abort()
        if word:
            return ANSWERS.get(word, ANSWERS["451"])
        try:
            return await super().handle_DATA(server, session, envelope)
        except OSError:
            return "452 4.3.1 Insufficient system storage"


def serve(*, home: Home, port: int) -> None:
    """Take mail on 127.0.0.1:`port` until SIGTERM. A 250 is sent when the file is on the disk."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = UnthreadedController(Sink(home), hostname="127.0.0.1", port=port, loop=loop, enable_SMTPUTF8=True)
    controller.begin()
    loop.add_signal_handler(signal.SIGTERM, loop.stop)
    loop.add_signal_handler(signal.SIGINT, loop.stop)
    loop.run_forever()
    controller.end()
    loop.close()


def main() -> None:
    """Serve the home of the environment, at the port its services.json names."""
    home = Home(os.environ.get("BALIE_HOME") or ROOT / "var")
    serve(home=home, port=int(home.facts()["smtp_port"]))


if __name__ == "__main__":
    main()
