"""A mail server that delivers nothing: every message lands in BALIE_HOME/mail, a Maildir."""

import asyncio
import os
import signal

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.handlers import Mailbox

from agency.project.home import ROOT, Home


def serve(*, home: Home, port: int) -> None:
    """Take mail on 127.0.0.1:`port` until SIGTERM; a 250 is sent when the file is on the disk."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = UnthreadedController(
        Mailbox(home.mail), hostname="127.0.0.1", port=port, loop=loop, enable_SMTPUTF8=True
    )
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
