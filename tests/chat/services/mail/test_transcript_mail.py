"""The transcript as a mail: what is in it for the visitor and for the company, in whose language and zone."""

import re
import uuid
from dataclasses import replace

import pytest

from agency.models import ChatRecord, OutboxRow
from chat.domain.mail import words
from chat.models import Delivery, Message, TranscriptRequest, Visitor
from chat.services.finished.rate import read_token
from chat.services.mail.confirm import confirm
from tenants.context import in_company
from tenants.models import Company, Site
from tests.agency.services.mail.sink import Sink
from tests.chat.services.mail.transcripts import (  # noqa: F401 -- fixtures
    ask,
    drain,
    fixture_running,
    fixture_server,
    parts,
    talk,
)
from tests.chat.services.stage import after

pytestmark = pytest.mark.django_db


def test_the_visitor_gets_the_chat(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(reply_email="service@acme.test", address="Stationsplein 8, Amersfoort")
    chat = talk(acme)
    ask(acme, chat)
    assert drain() == 1
    message, text, html = parts(server)
    assert message["Subject"] == "Je gesprek met Acme Schoenen van 23 november"
    assert message["To"] == "jan@voorbeeld.example"
    assert str(message["From"]) == "Acme Schoenen <no-reply@balie.test>"
    assert message["Reply-To"] == "service@acme.test"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Bcc"] is None
    assert message["Cc"] is None
    for said in (text, html):
        assert "Dag Marieke, hier is je gesprek" in said
        assert "maandag 23 november van 14:00 tot 14:13 met Alice" in said
        assert "Mijn maat is 39" in said
        assert "14:01" in said
        assert "Alice van Acme Schoenen" in said
        assert "Hoi van Acme Schoenen" in said
        assert "Stationsplein 8, Amersfoort" in said
        assert "Veluwe 4" in said
        assert "Gesprek 1" in said
        assert "Beantwoord deze mail" in said
    assert "14:01  Alice van Acme Schoenen" in text.splitlines()
    assert "Mijn maat is 39<br>of 40" in html
    assert 'href="https://shop.acme.example/maat"' in html
    links = re.findall(r"http://acme\.localhost:\d+/rating/([^/]+)/\?good=([01])", html)
    assert [good for _token, good in links] == ["1", "0"]
    assert read_token(acme, links[0][0]) == chat[0]


def test_a_message_of_another_day_says_which(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    with in_company(acme):
        # 23:59 of the day the chat began, and midnight.
        for seq, at in ((13, 35_940), (14, 36_000)):
            said = {"client_id": uuid.uuid4(), "kind": "text", "side": "visitor", "body": "Nog even"}
            Message.objects.create(chat_id=chat[0], seq=seq, created_at=after(at), **said)
    ask(acme, chat)
    assert drain() == 1
    _message, text, _html = parts(server)
    heads = [line for line in text.splitlines() if line.endswith("  Jij")]
    assert heads[-2:] == ["23:59  Jij", "24 november 00:00  Jij"]


def test_a_long_chat_is_not_cut_off_by_mail_programs(acme: Company, server: Sink) -> None:
    """Gmail shows 102 KB and hides the rest, and with it the question whether it was a good chat."""
    chat = talk(acme)
    with in_company(acme):
        Message.objects.bulk_create(
            Message(
                chat_id=chat[0],
                seq=seq,
                client_id=uuid.uuid4(),
                kind="text",
                side="operator" if seq % 2 else "visitor",
                author_name="Alice" if seq % 2 else "",
                body="Dat kan ik voor je nakijken, een ogenblik alsjeblieft.",
                created_at=after(100 + seq),
            )
            for seq in range(31, 331)
        )
    ask(acme, chat)
    drain()
    _message, text, html = parts(server)
    assert text.count("een ogenblik") == 300
    assert len(html.encode()) < 100_000
    assert html.index("/rating/") < html.index("Dat kan ik")
    assert html.index(words.voice("nl", "je").why) < html.index("Dat kan ik")


@pytest.mark.parametrize(
    ("address", "foot"),
    [
        ("", "Acme Schoenen"),
        ("Hoogstraat 12, Utrecht", "Acme Schoenen, Hoogstraat 12, Utrecht"),
        ("Acme Schoenen, Hoogstraat 12", "Acme Schoenen, Hoogstraat 12"),
    ],
)
def test_the_foot_names_the_company_once(acme: Company, server: Sink, address: str, foot: str) -> None:
    Company.objects.filter(pk=acme.pk).update(address=address)
    ask(acme, talk(acme))
    drain()
    _message, text, html = parts(server)
    assert foot in text.splitlines()
    assert f">{foot}. " in " ".join(html.split())


def test_nothing_of_the_house_is_in_it(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    chat = talk(acme)
    ChatRecord.objects.update(outcome="lead")
    ask(acme, chat, "jan@voorbeeld.example")
    ask(acme, chat, "piet@voorbeeld.example")
    assert drain() == 3
    for recipients, message, raw in server.taken:
        whole = raw.decode("utf-8", "replace") + message.as_string()
        for secret in ("MARKER-note", "alice@balie.test", "LEAK-", str(acme.secret)):
            assert secret not in whole
        others = {"jan@voorbeeld.example", "piet@voorbeeld.example", "chats@acme.test"}
        if recipients != ["chats@acme.test"]:
            for other in others - set(recipients):
                assert other not in whole
            assert "Lead" not in whole


def test_the_company_s_copy_has_outcome_and_address(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(transcript_email="chats@acme.test")
    chat = talk(acme)
    with in_company(acme):
        Visitor.objects.filter(pk=chat[1]).update(email="marieke@voorbeeld.example")
    ChatRecord.objects.update(outcome="lead")
    # Wrap-up may take two minutes: until it is over nobody knows the outcome.
    assert drain(after(780 + 120)) == 0
    assert drain(after(780 + 125)) == 1
    message, text, html = parts(server)
    assert message["Subject"] == "Gesprek 1 van 23 november, 14:00"
    assert message["Reply-To"] == "marieke@voorbeeld.example"
    for said in (text, html):
        assert "Lead" in said
        assert "marieke@voorbeeld.example" in said
        assert "/rating/" not in said


@pytest.mark.parametrize(
    ("language", "tone", "subject", "hello"),
    [
        ("nl", "je", "Je gesprek met", "Dag Marieke, hier is je gesprek"),
        ("nl", "u", "Uw gesprek met", "Dag Marieke, hier is uw gesprek"),
        ("en", "u", "Your chat with", "Hello Marieke, here is your chat"),
        ("de", "je", "Ihr Gespräch mit", "Guten Tag Marieke, hier ist Ihr Gespräch"),
        ("fr", "je", "Votre conversation avec", "Bonjour Marieke, voici votre conversation"),
        ("it", "je", "Your chat with", "Hello Marieke, here is your chat"),
    ],
)
def test_it_speaks_the_visitor_s_language(
    acme: Company, server: Sink, language: str, tone: str, subject: str, hello: str
) -> None:
    Company.objects.filter(pk=acme.pk).update(tone=tone)
    ask(acme, talk(acme, language=language))
    assert drain() == 1
    message, text, html = parts(server)
    assert message["Subject"].startswith(subject)
    assert hello in text
    assert hello in html


def test_every_voice_says_everything() -> None:
    fields = list(words.Voice.__slots__)
    for voice in words.ALL:
        assert all(getattr(voice, field) for field in fields)
        for field in fields:
            wanted = set(re.findall(r"{\w+}", getattr(words.ALL[0], field)))
            assert set(re.findall(r"{\w+}", getattr(voice, field))) == wanted, field
    changed = replace(words.ALL[0], yes="")
    assert not all(getattr(changed, field) for field in fields)


def test_a_chat_nobody_answered_says_so(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    with in_company(acme):
        Message.objects.filter(chat=chat[0], side="operator", kind="text").delete()
    ask(acme, chat)
    drain()
    with in_company(acme):
        request = TranscriptRequest.objects.get()
    confirm(company=acme, request_id=request.pk, now=after(1_000))
    server.forget()
    drain()
    _message, text, _html = parts(server)
    assert "Er is niet geantwoord" in text


def test_a_retry_sends_the_same_bytes(acme: Company, server: Sink) -> None:
    ask(acme, talk(acme))
    server.refuse_data = "451 later"
    assert drain() == 0
    with in_company(acme):
        Message.objects.filter(kind="text").update(body="changed since")
    Company.objects.filter(pk=acme.pk).update(name="Another name")
    server.refuse_data = ""
    assert drain(after(5_000)) == 1
    OutboxRow.objects.update(state="queued", done_at=None)
    assert drain(after(5_000)) == 1
    first, second = (raw for _to, _message, raw in server.taken)
    assert first == second
    assert b"changed since" not in first
    assert b"Another" not in first
    row = OutboxRow.objects.get()
    with in_company(acme):
        written = Delivery.objects.get(pk=row.object_id).created_at
    for _to, message, _raw in server.taken:
        assert message["Message-ID"] == row.external_key
        assert message["Date"].datetime == written.replace(microsecond=0)


def test_an_erased_mail_is_dead_at_once(acme: Company, server: Sink) -> None:
    ask(acme, talk(acme))
    with in_company(acme):
        Delivery.objects.all().delete()
    assert drain() == 0
    row = OutboxRow.objects.get()
    assert (row.state, row.error) == ("dead", "erased")


def test_the_portal_s_zone_is_the_company_s(acme: Company, server: Sink) -> None:
    Company.objects.filter(pk=acme.pk).update(zone="America/New_York")
    ask(acme, talk(acme))
    drain()
    _message, text, _html = parts(server)
    assert "van 08:00 tot 08:13" in text


def test_a_closed_site_or_no_site_sends_all_the_same(acme: Company, server: Sink) -> None:
    chat = talk(acme)
    Site.objects.filter(company=acme).delete()
    ask(acme, chat)
    assert drain() == 1
