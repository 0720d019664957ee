"""Hostile words, names and addresses in a transcript are only text."""

import json
import re
import uuid
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from agency.models import OutboxRow
from agency.services.people.addresses import read_address
from chat.models import Chat, Delivery, Message, TranscriptRequest, Visitor
from chat.services.mail.transcripts import CannotAsk
from tenants.context import in_company
from tenants.models import Company
from tests import DATA
from tests.agency.services.mail.sink import Sink
from tests.chat.services.mail.transcripts import (  # noqa: F401 -- fixtures
    ask,
    drain,
    fixture_running,
    fixture_server,
    parts,
    talk,
)
from tests.conftest import SHARED_DATA

pytestmark = pytest.mark.django_db


HEADER_STRINGS: list[str] = json.loads((DATA / "email_header_strings.json").read_text())

# The markup that may stand in a line's text: everything our template itself writes.
OUR_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "table", "tr", "td", "th", "h1", "h2"),
    *("p", "b", "a", "br", "span", "div"),
}


def test_a_link_is_only_what_we_wrote(acme: Company, server: Sink) -> None:
    chat = talk(acme, url="https://evil.example/shop.acme.example", title="<b>Winactie</b>")
    with in_company(acme):
        Message.objects.filter(chat=chat[0], seq=12).update(body="https://evil.example/ klik")
        Message.objects.filter(chat=chat[0], seq=10).update(
            body="javascript:alert(1) data:text/html,x https://ok.example/\"onclick='1' <a href=x>"
        )
    ask(acme, chat)
    drain()
    _message, _text, html = parts(server)
    hrefs = re.findall(r'href="([^"]*)"', html)
    ours = [href for href in hrefs if "/rating/" in href or "/transcript/" in href]
    assert [href for href in hrefs if href not in ours] == ["https://ok.example/"]
    assert all(href.startswith("http://acme.localhost:") for href in ours)


def test_nothing_turns_the_letters_of_a_link_round(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    with in_company(acme):
        Message.objects.filter(chat=chat[0], seq=10).update(
            body="\u202eZie www.shop.example/a\u202egnp.exe en \u2067https://b.example"
        )
        Message.objects.filter(chat=chat[0], seq=12).update(body="\u202ekees\u200d!")
    ask(acme, chat)
    drain()
    _message, text, html = parts(server)
    for part in (text, html):
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", part)
        assert "kees\u200d!" in part
    links = re.findall(r'<a class="link" dir="ltr" href="([^"]*)"', " ".join(html.split()))
    assert links[:2] == ["https://www.shop.example/a", "https://b.example"]


def test_a_hostile_address_is_refused_or_one_recipient(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    accepted = 0
    for typed in HEADER_STRINGS:
        server.forget()
        if read_address(typed) is None:
            with pytest.raises(CannotAsk, match="bad_address"):
                ask(acme, chat, typed)
            assert drain() == 0
            continue
        OutboxRow.objects.all().delete()
        with in_company(acme):
            TranscriptRequest.objects.all().delete()
        ask(acme, chat, typed)
        assert drain() == 1
        ((recipients, message, _raw),) = server.taken
        assert recipients == [message["To"]]
        assert len(message["To"].addresses) == 1
        assert recipients[0].isascii()
        assert set(message.keys()) == EXPECTED
        accepted += 1
    assert accepted == 6


EXPECTED = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To", "Date"),
    *("Message-ID", "Auto-Submitted"),
}


def test_a_hostile_name_stays_a_name(acme: Company, server: Sink) -> None:
    """As the visitor's name, the operator's, the page's and the company's."""
    chat = talk(acme)
    ask(acme, chat)
    for hostile in HEADER_STRINGS:
        server.forget()
        Company.objects.filter(pk=acme.pk).update(name=hostile, address=hostile)
        with in_company(acme):
            Message.objects.filter(side="operator").update(author_name=hostile[:40])
            Visitor.objects.update(name=hostile)
            Chat.objects.update(page_title=hostile)
            Delivery.objects.update(subject="")
        OutboxRow.objects.update(state="queued", done_at=None)
        assert drain() == 1
        ((recipients, message, raw),) = server.taken
        assert recipients == ["jan@voorbeeld.example"]
        assert set(message.keys()) == EXPECTED
        senders, receivers = message["From"].addresses, message["To"].addresses
        assert [address.addr_spec for address in senders] == ["no-reply@balie.test"]
        assert [address.addr_spec for address in receivers] == ["jan@voorbeeld.example"]
        assert message["Subject"].strip().startswith("Je gesprek met ")
        head = b"\r\n" + raw.split(b"\r\n\r\n", 1)[0].lower()
        assert b"\r\nbcc:" not in head
        assert head.count(b"\r\ncontent-type:") == 1
        html = message.get_body(("html",))
        assert html is not None
        assert tags(html.get_content()) <= OUR_TAGS


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes.update(name for name, _value in attrs)


def tags(html: str) -> set[str]:
    """Return the elements of a page. None of them may have a handler."""
    parser = _Tags()
    parser.feed(html)
    assert not [name for name in parser.attributes if name.startswith("on")]
    return parser.found


@pytest.mark.shared_data
def test_naughty_strings_are_only_text(acme: Company, server: Sink) -> None:
    strings = json.loads((SHARED_DATA / "naughty_strings.json").read_text())
    kept = [text for text in strings if text.strip() and "\x00" not in text]
    chat = talk(acme)
    with in_company(acme):
        Message.objects.filter(chat=chat[0]).delete()
        Message.objects.bulk_create(
            Message(
                chat_id=chat[0],
                seq=seq,
                client_id=uuid.uuid4(),
                kind="text",
                side=("visitor", "operator")[seq % 2],
                author_name=text[:40],
                body=text,
                created_at=timezone.now(),
            )
            for seq, text in enumerate(kept, 1)
        )
        Visitor.objects.update(name="".join(kept)[:100])
        Chat.objects.update(page_title="".join(kept)[200:500], page_url=kept[5][:200])
    ask(acme, chat)
    assert drain() == 1
    _message, text, html = parts(server)
    assert tags(html) <= OUR_TAGS
    hrefs = re.findall(r'href="([^"]*)"', html)
    assert all(href.startswith(("http://", "https://")) for href in hrefs)
    assert len(kept) > 400
    assert len(text) > 5_000
