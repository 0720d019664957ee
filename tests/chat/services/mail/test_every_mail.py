"""Every mail we send, with every name that could spoil it: raw in text and headers, escaped once in HTML."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any
from unittest.mock import Mock, patch

import pytest
from django.test import Client
from django.test.signals import template_rendered
from django.utils import timezone

from agency.models import PortalMember, User
from agency.services.mail.backend import LINE_LIMIT, mailbox, prepare
from agency.services.mail.smtp import Letter, compose
from agency.services.people import invitations
from balie.steps.go_live import go_live
from balie.steps.invite_member import mail_invitation
from balie.steps.sign_up import SignUp, mail_link
from chat.models import Message, Visitor
from chat.services.begin.question import QuestionForm, ask_question
from chat.services.ending import reasons_to_close
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.resolve import find_site
from tests import DATA, cast
from tests.agency.services.mail.sink import Sink
from tests.chat.services.mail.transcripts import ask, drain, fixture_running, fixture_server, talk  # noqa: F401 -- fixtures
from tests.chat.services.stage import NOW, after, sit, write_first

pytestmark = pytest.mark.django_db

TEMPLATES = DATA.parents[1] / "templates"
MAILS = ("email/**/*", "account/email/*", "sign_up/mail*")
NAMES = [
    'Jansen & Zn\'s <"B.V.">',
    "Bäckerei-Konditorei Großmann & Söhne Überlingen",
    "x" * 60,
]


def question(acme: Company) -> None:
    site = find_site(cast.ACME_SITE)
    assert site is not None
    form = QuestionForm(
        client_id=uuid.uuid4(),
        body="Hallo?",
        name="Marieke & Jan",
        email="marieke@fußball.example",
        url="https://shop.acme.example/",
    )
    ask_question(
        # A site's facts are kept for 2 s.
        site=replace(site, name=acme.name),
        visitor_id=uuid.uuid4(),
        form=form,
    )
    drain(timezone.now() + timedelta(minutes=5))


def transcript_and_copy(acme: Company) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    ask(acme, talk(acme), "jan@fußball.example")
    drain(timezone.now() + timedelta(minutes=5))


def confirmation(acme: Company) -> None:
    sit("alice@balie.test")
    begun, visitor_id = write_first()
    reasons_to_close.close_by_visitor(chat_id=begun.chat_id, visitor_id=visitor_id, now=NOW)
    ask(acme, (begun.chat_id, visitor_id), "jan@fußball.example")
    drain(timezone.now() + timedelta(minutes=5))


def portal_invitations(acme: Company) -> None:
    carol = PortalMember.objects.get(user__email="carol@acme.test")
    mail_invitation(company=acme, member=carol, now=NOW)
    carol.user.set_unusable_password()
    carol.user.save()
    mail_invitation(company=acme, member=carol, now=NOW)
    drain(timezone.now() + timedelta(minutes=5))


def agency_invitation(acme: Company) -> None:
    alice = User.objects.get(email="alice@balie.test")
    alice.set_unusable_password()
    alice.save()
    invitations.mail_invitation(user=alice, now=NOW)
    drain(timezone.now() + timedelta(minutes=5))


def password_mails(acme: Company) -> None:
    for email in ("maud@balie.test", "niemand@fußball.example"):
        Client(HTTP_HOST="localhost").post("/accounts/password/reset/", {"email": email})
    drain(timezone.now() + timedelta(minutes=5))


def sign_ups(acme: Company) -> None:
    for email in ("boss@fußball.example", "maud@balie.test"):
        mail_link(SignUp(uuid.uuid4(), NOW, acme.name, acme.name, email, "nl", "u"))
    drain(timezone.now() + timedelta(minutes=5))


def gone_live(acme: Company) -> None:
    Company.objects.filter(pk=acme.pk).update(live_at=None)
    with patch("balie.steps.go_live.read_gate", return_value=Mock(missing=())):
        go_live(company=acme, by=User.objects.get(email="maud@balie.test"), now=NOW)
    drain(timezone.now() + timedelta(minutes=5))


SENDERS: list[Callable[[Company], None]] = [
    question,
    transcript_and_copy,
    confirmation,
    portal_invitations,
    agency_invitation,
    password_mails,
    sign_ups,
    gone_live,
]


@pytest.fixture
def rendered() -> Iterator[set[str]]:
    """The names of the templates that were used."""
    names: set[str] = set()

    def note(template: Any, **facts: Any) -> None:
        names.add(str(template.name))

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said = ""

    def handle_data(self, data: str) -> None:
        self.said += data


def name_all(acme: Company, name: str, settings: Any) -> None:
    """Everybody and everything is called so."""
    settings.AGENCY_NAME = name
    Company.objects.filter(pk=acme.pk).update(name=name, address=name)
    Site.objects.filter(company=acme).update(name=name)
    User.objects.update(name=name)


@pytest.mark.parametrize("name", NAMES, ids=["marks", "letters", "long"])
def test_no_name_spoils_a_mail(acme: Company, server: Sink, rendered: set[str], settings: Any, name: str) -> None:
    name_all(acme, name, settings)
    acme.refresh_from_db()
    for send in SENDERS:
        server.forget()
        send(acme)
        assert server.taken, send.__name__
        for to, message, raw in server.taken:
            assert "".join(to).isascii()
            check_headers(raw)
            head = message["Subject"] + sender_of(raw)
            text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            page = message.get_body(("html",))
            assert not re.search(r"&(amp|lt|gt|quot|#\w+);", head + text), send.__name__
            if page is not None:
                reader = _Words()
                reader.feed(page.get_content())
                assert not re.search(r"&(amp|lt|gt|quot|#\w+);", reader.said), send.__name__
            if send in (question, transcript_and_copy, confirmation, portal_invitations):
                assert name in text
                assert name in message["Subject"] or message["Subject"].startswith(
                    ("Gesprek ", "Vraag van Marieke & Jan")
                )
    # A mail that nobody tried here would be a template that nobody rendered.
    of_mails = [path for where in MAILS for path in TEMPLATES.glob(where) if path.is_file()]
    assert {str(path.relative_to(TEMPLATES)) for path in of_mails} - rendered == set()


def test_a_visitor_s_and_an_operator_s_name_too(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    with in_company(acme):
        Visitor.objects.update(name=NAMES[0])
        Message.objects.filter(side="operator").update(author_name=NAMES[0])
    ask(acme, chat)
    drain(timezone.now() + timedelta(minutes=5))
    ((_to, message, _raw),) = server.taken
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.startswith(f"Dag {NAMES[0].replace('B.V', 'B[.]V')}, hier is je gesprek")
    assert f"{NAMES[0]} van Acme Schoenen" in text


def sender_of(raw: bytes) -> str:
    return str(make_header(decode_header(parseaddr(message_from_bytes(raw)["From"])[0])))


def check_headers(raw: bytes) -> None:
    """Lines and encoded words are as RFC 2047 and 5322 want them, and From and Subject begin on their own line."""
    head = raw.split(b"\r\n\r\n", 1)[0].decode("ascii")
    for line in head.split("\r\n"):
        assert len(line) <= LINE_LIMIT or line.startswith(("Content-Type", "Message-ID"))
        assert not re.fullmatch(r"[\w-]+: *", line)
        assert all(len(word) <= 75 for word in re.findall(r"=\?\S*\?=", line))


@pytest.mark.parametrize(
    "name",
    [
        *NAMES,
        "日本語" * 30,
        "é" * 100,
        "y" * 100,
        "A " * 50,
        'ä, "b" <c@d.example>',
        "a" * 59 + " b",
    ],
)
def test_a_long_name_in_from_and_subject(name: str) -> None:
    letter = Letter("k", "<k@x>", NOW, name.strip(), "", "jan@klant.example", f"Vraag op {name}".strip(), "x")
    message = compose(letter)
    prepare(message)
    once = message.subject, message.extra_headers["From"]
    prepare(message)
    assert (message.subject, message.extra_headers["From"]) == once
    raw = message.message().as_bytes(linesep="\r\n")
    check_headers(raw)
    assert sender_of(raw) == name.strip()
    assert (
        str(make_header(decode_header(message_from_bytes(raw)["Subject"]))).replace("\r\n", "")
        == f"Vraag op {name}".strip()
    )


def test_django_s_own_way_to_the_wire_has_one_rule_for_addresses() -> None:
    assert mailbox("To", "", "jan@fußball.example") == "jan@xn--fuball-cta.example"
    assert mailbox("To", "Jan", "jan@straße.example") == "Jan <jan@xn--strae-oqa.example>"
    for wrong in ("ján@klant.example", "jan", "jan@kl ant.example"):
        with pytest.raises(ValueError, match=r"address|host"):
            mailbox("To", "", wrong)


def test_a_long_address_begins_on_the_line_of_its_header(acme: Company, server: Sink) -> None:
    address = f"{'j' * 60}@{'d' * 60}.example"
    ask(acme, talk(acme), address)
    assert drain(after(1_000)) == 1
    ((to, message, raw),) = server.taken
    assert to == [address]
    assert f"\r\nTo: {address}\r\n".encode() in raw
    assert message["To"] == address
