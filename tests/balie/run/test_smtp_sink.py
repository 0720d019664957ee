"""The mail server of `make run` keeps what it acknowledged."""

import mailbox
import os
import shutil
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from balie.run.balie_home import Home
from balie.run.machine import pick_port
from balie.run.smtp_sink import SAYS
from tests.balie.run.desk import eventually
from tests.balie.run.tied import run_tied


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with a port for mail."""
    home = Home(tmp_path / "home")
    home.make()
    home.write_facts({"smtp_port": pick_port()})
    return home


@pytest.fixture
def port(home: Home) -> Iterator[int]:
    """Run the mail server of this home while the test runs, to end without a complaint. Yields its port."""
    sink = run_tied(["-m", "balie.run.smtp_sink"], os.environ | {"BALIE_HOME": str(home.folder)})
    try:
        yield home.facts()["smtp_port"]
    finally:
        sink.terminate()
        assert sink.wait(40) == 0


def a_message() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "no-reply@balie.test", "carol@acme.test"
    message["Subject"], message["Message-ID"] = "Gesprek", "<1@balie.test>"
    message.set_content("Goedemiddag, één ogenblik.")
    return message


def connect(port: int) -> smtplib.SMTP:
    """Return a line to the server, which may still be starting."""

    def knock() -> smtplib.SMTP | None:
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=5)
        except OSError:
            return None

    return eventually(knock, within_s=40)


def test_acknowledged_mail_lies_in_the_maildir(home: Home, port: int) -> None:
    message = a_message()
    with connect(port) as client:
        client.send_message(message)
        # A mail that can't be stored now may be later: a 4, so that the outbox tries again.
        shutil.rmtree(home.mail / "tmp")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            client.send_message(message)
    assert refused.value.smtp_code == 452
    (home.mail / "tmp").mkdir()
    for says, code in (("451", 451), ("550", 550)):
        (home.run / SAYS).write_text(says)
        with connect(port) as client:
            with pytest.raises(smtplib.SMTPDataError) as refused:
                client.send_message(message)
        assert refused.value.smtp_code == code
    (home.run / SAYS).write_text("cut")
    client = connect(port)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.send_message(message)
    kept = list(mailbox.Maildir(home.mail))
    assert [m["Message-ID"] for m in kept] == ["<1@balie.test>"]
    assert kept[0]["X-RcptTo"] == "carol@acme.test"
