"""One chat as a PDF: what stands in it, in whose language, and who gets it."""

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from balie.pages import transcript_document
from chat.models import Chat
from tenants.context import in_company
from tests.agency.services.pool.history import add_chat, add_lines
from tests.pages import browser_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def typeset(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The facts of each document that is made. They are typeset all the same."""
    made: list[dict[str, Any]] = []
    whole = transcript_document.render_pdf
    monkeypatch.setattr(
        transcript_document, "render_pdf", lambda name, facts, at: made.append(facts) or whole(name, facts, at=at)
    )
    return made


def test_a_company_gets_its_chat_as_a_document(acme, carol, typeset):
    record = add_chat(acme, 7, NOW, name="Marieke 漢", waited=7, good=True, words="Lekker snel")
    with in_company(acme):
        note = {"kind": "note", "side": "operator", "author_name": "Alice", "body": "LASTIGE KLANT", "at": NOW}
        add_lines(Chat.objects.get(pk=record.pk), [note])
    answer = browser_of(carol, "acme.localhost").get(f"/chats/{record.pk}.pdf")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="acme-7.pdf"'
    assert answer.content.startswith(b"%PDF-")
    (facts,) = typeset
    assert (facts["title"], facts["language"]) == ("Acme Schoenen, chat 7", "nl")
    about = dict(facts["about"])
    assert about["Bezoeker"] == "Marieke 漢"
    assert about["Tijd"] == "vrijdag 20 november 2026, 13:00 – 13:04"  # Amsterdam is an hour ahead
    assert about["Belofte"].replace("\xa0", " ") == "Eerste antwoord na 7 s"
    said = {(one["kind"], one["time"], one["who"], one["text"]) for one in facts["lines"]}
    assert ("operator", "13:00:07", "Alice", "Ja, die valt normaal.") in said
    assert ("system", "13:00:07", "", "Alice heeft de chat aangenomen") in said
    assert "LASTIGE KLANT" not in str(facts)
    assert facts["notes"] == [
        "De bezoeker vond dit gesprek goed: “Lekker snel”",
        "\ufffd staat voor een teken waarvoor dit document geen lettertype heeft.",
    ]


def test_a_manager_gets_the_same_bytes_as_the_company(acme, carol, maud):
    record = add_chat(acme, 7, NOW)
    theirs = browser_of(carol, "acme.localhost").get(f"/chats/{record.pk}.pdf")
    ours = browser_of(maud, "localhost").get(f"/manage/companies/{acme.pk}/chats/{record.pk}.pdf")
    again = browser_of(carol, "acme.localhost").get(f"/chats/{record.pk}.pdf")
    assert theirs.content == ours.content == again.content


def test_nobody_else_s_chat_is_a_document(acme, zen, carol, dave):
    record = add_chat(acme, 7, NOW)
    assert browser_of(dave, "zen.localhost").get(f"/chats/{record.pk}.pdf").status_code == 404
    assert browser_of(carol, "acme.localhost").get(f"/chats/{uuid.uuid4()}.pdf").status_code == 404
