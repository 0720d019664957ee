"""A mail in a company's name holds nothing that a stranger chose, until an operator wrote or its recipient wants it."""

import re
import uuid
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import OutboxRow, PoolEntry
from chat.domain.mail import confirmation_words
from chat.models import Chat, Delivery, Message, TranscriptRequest
from chat.services.ending import reasons_to_close
from chat.services.mail import confirm, limits, transcripts
from chat.services.mail.transcripts import CannotAsk, list_mails
from tenants.context import in_company
from tenants.models import Company
from tests import cast
from tests.agency.services.mail.sink import Sink
from tests.chat.services.mail.transcripts import (  # noqa: F401 -- fixtures
    ask,
    drain,
    fixture_running,
    fixture_server,
    parts,
    say,
    talk,
)
from tests.chat.services.stage import NOW, after, open_chat, sit, write_first
from tests.contracts.isolation import alike

pytestmark = pytest.mark.django_db

# Everything that Gmail, Outlook, Apple Mail or Thunderbird make a link of.
LINKABLE = re.compile(
    r"\b[a-z][a-z0-9+.-]*://|\bwww\.|\b(?:mailto|tel|skype|javascript):|\\\\\w"
    r"|[^\W_](?:[\w-]*[^\W_])?[.。．｡][^\W\d_]{2,}|\b\d{1,3}(?:\.\d{1,3}){3}\b",
    re.IGNORECASE,
)
SPAM = (
    "Win! https://evil.example/a.zip?b=c HTTP://EVIL.EXAMPLE www.evil.example www.1.com evil.example/x koop-nu.shop "
    "http://10.0.0.1/ 10.0.0.1 mailto:a@evil.example javascript:alert(1) ftp://evil пример.рф 例え。example "
    "http:\\\\evil \\\\evil\\deel sub.evil.co.uk http://2130706433/"
)


class _Words(HTMLParser):
    """Return the text of a page, link texts included."""

    def __init__(self) -> None:
        super().__init__()
        self.said = ""

    def handle_data(self, data: str) -> None:
        self.said += data


def words_of(html: str) -> str:
    reader = _Words()
    reader.feed(html.partition("<body")[2])
    return reader.said


def unanswered(company: Company, site_key: str = cast.ACME_SITE) -> tuple[uuid.UUID, uuid.UUID]:
    """Return a chat with spam that its visitor ended before anybody wrote."""
    begun, visitor_id = write_first(site_key, body=SPAM)
    reasons_to_close.close_by_visitor(chat_id=begun.chat_id, visitor_id=visitor_id, now=NOW)
    return begun.chat_id, visitor_id


def the_request(company: Company) -> TranscriptRequest:
    with in_company(company):
        request: TranscriptRequest = TranscriptRequest.objects.get()
    return request


def states(company: Company, chat_id: uuid.UUID) -> list[tuple[str, str]]:
    with in_company(company):
        return [(mail.kind, mail.state) for mail in list_mails([chat_id])[chat_id]]


def test_a_text_of_a_stranger_s_reaches_nobody_who_does_not_want_it(acme: Company, alice: Any, server: Sink) -> None:
    sit("alice@balie.test")
    for number in range(6):
        chat = unanswered(acme)
        for at in range(3):
            ask(acme, chat, f"jan{number}.{at}@voorbeeld.example")
    drain()
    assert len(server.taken) == 18
    for _to, message, _raw in server.taken:
        html = message.get_body(("html",))
        text = message.get_body(("plain",))
        assert html is not None
        assert text is not None
        said = text.get_content() + html.get_content()
        assert "evil" not in said
        assert "Win!" not in said
        hrefs = set(re.findall(r'href="([^"]*)"', html.get_content()))
        assert all(href.startswith("http://acme.localhost") for href in hrefs)


def test_what_a_visitor_typed_is_no_link_until_the_recipient_wants_it(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    chat = talk(acme, title="evil.example", name="www.evil.example")
    with in_company(acme):
        Message.objects.filter(chat=chat[0], seq=12).update(body=SPAM)
    ask(acme, chat)
    assert drain() == 2
    mails: dict[str, Any] = {to[0]: message for to, message, _raw in server.taken}
    copy = mails["chats@acme.test"].get_body(("plain",)).get_content()
    assert SPAM in copy
    mail = mails["jan@voorbeeld.example"]
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    page = confirm.confirm_token(acme, the_request(acme).pk)
    for said in (text, words_of(html)):
        theirs = re.sub(r"http://acme\.localhost\S*|https://shop\.acme\.example/maat", "", said)
        assert LINKABLE.findall(theirs) == []
        assert "https[:]//evil[.]example/a[.]zip?b=c" in theirs
    assert page in text
    assert page in html
    assert "https://shop.acme.example/veluwe" not in html

    server.forget()
    assert confirm.confirm(company=acme, request_id=the_request(acme).pk, now=after(1_000))
    assert not confirm.confirm(company=acme, request_id=the_request(acme).pk, now=after(1_001))
    assert drain(after(1_002)) == 1
    _message, text, html = parts(server)
    assert SPAM in text
    assert "/transcript/" not in text
    assert "https://shop.acme.example/veluwe?m=39" in html


def test_a_mail_without_addresses_asks_for_nothing(acme: Company, server: Sink) -> None:
    ask(acme, talk(acme, title="Veluwe 4", url=""))
    assert drain() == 1
    _message, text, html = parts(server)
    assert "Mijn maat is 39" in text
    assert "/transcript/" not in text + html


def test_who_wants_a_chat_says_so_with_one_press(acme: Company, zen: Company, server: Sink) -> None:
    sit("alice@balie.test")
    chat = unanswered(acme)
    now = timezone.now()
    with in_company(acme):
        Chat.objects.update(closed_at=now)
    ask(acme, chat, "jan@fußball.example")
    assert drain() == 1
    assert states(acme, chat[0]) == [("confirmation", "unconfirmed")]
    message, text, _html = parts(server)
    assert message["To"] == "jan@xn--fuball-cta.example"
    (url,) = re.findall(r"http://acme\.localhost:\d+(/transcript/\S+/)", text)
    client = Client(HTTP_HOST="acme.localhost")
    for method in ("get", "head", "options", "put", "delete"):
        getattr(client, method)(url)
    assert "jan@fußball.example" in client.get(url).content.decode()
    assert the_request(acme).confirmed_at is None

    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 302
    assert "jan@fußball.example" in client.get(url).content.decode()
    server.forget()
    assert drain(timezone.now()) == 1
    _message, text, _html = parts(server)
    assert SPAM in text
    assert states(acme, chat[0]) == [("confirmation", "unconfirmed"), ("transcript", "sent")]

    token = url.split("/")[2]
    assert confirm.find_request(zen, token, now) is None
    assert confirm.find_request(acme, token[:-1], now) is None
    assert confirm.find_request(acme, token, now + timedelta(days=31)) is None
    zens = Client(HTTP_HOST="zen.localhost")
    gone, forged = zens.get(url), zens.get("/transcript/x/")
    assert gone.status_code == forged.status_code == 404
    assert alike(gone.content.decode()).replace(url, "/transcript/x/") == alike(forged.content.decode())


def test_a_site_sends_so_many_in_an_hour(
    acme: Company, zen: Company, monkeypatch: pytest.MonkeyPatch, server: Sink
) -> None:
    monkeypatch.setattr(limits, "CONFIRMATIONS_PER_SITE", 2)
    monkeypatch.setattr(limits, "REQUESTS_PER_SITE", 4)
    chat = talk(acme)
    sit("bob@balie.test")
    begun, visitor_id = write_first()
    going_on = begun.chat_id, visitor_id
    for number in range(2):
        ask(acme, unanswered(acme), f"jan{number}@voorbeeld.example")
    with pytest.raises(CannotAsk, match="too_many"):
        ask(acme, unanswered(acme), "piet@voorbeeld.example")
    # Another site's visitors don't notice; and a wish of a chat that goes on isn't dropped, but waits.
    ask(zen, unanswered(zen, cast.ZEN_SITE), "piet@voorbeeld.example")
    ask(acme, going_on, "klaas@voorbeeld.example")
    OutboxRow.objects.filter(dedup__startswith="confirmation").update(run_after=after(800))
    reasons_to_close.close_by_visitor(chat_id=begun.chat_id, visitor_id=visitor_id, now=after(900))
    waits = OutboxRow.objects.get(run_after__gt=after(800))
    assert waits.run_after == after(800) + timedelta(hours=1)
    # All that is asked for is counted too, whoever wrote.
    ask(acme, chat, "marie@voorbeeld.example")
    with pytest.raises(CannotAsk, match="too_many"):
        ask(acme, chat, "anna@voorbeeld.example")
    facts = {"chat_id": chat[0], "visitor_id": chat[1], "client_id": uuid.uuid4()}
    later = after(800) + timedelta(hours=1, seconds=1)
    transcripts.ask(company=acme, address="anna@voorbeeld.example", now=later, **facts)


def test_every_voice_asks_everything() -> None:
    for field in confirmation_words.ConfirmVoice.__slots__:
        wanted = set(re.findall(r"{\w+}", getattr(confirmation_words.ALL[0], field)))
        for voice in confirmation_words.ALL:
            assert getattr(voice, field)
            assert set(re.findall(r"{\w+}", getattr(voice, field))) == wanted, field


def test_a_chat_that_goes_on_decides_at_its_end(acme: Company, server: Sink) -> None:
    """Asked for before anybody wrote, answered since: the chat itself goes out."""

    entry: PoolEntry = open_chat(sit("alice@balie.test"))
    ask(acme, (entry.pk, entry.visitor_id))
    say(acme, entry, 10, "Dag!", side="operator", at=60, author_name="Alice")
    reasons_to_close.close_by_visitor(chat_id=entry.pk, visitor_id=entry.visitor_id, now=after(780))
    with in_company(acme):
        assert Delivery.objects.get().kind == "transcript"
