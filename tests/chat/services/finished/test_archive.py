"""Finished chats: filters, search, pages, and what may be read of one."""

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agency.models import ChatRecord
from agency.services.spam import flag_spam
from chat.models import Chat, TranscriptRequest
from chat.services.finished import archive, one_chat
from chat.services.finished.archive import Filters, find_chats
from chat.services.finished.search import LONGEST_SEARCH
from tenants.context import in_company
from tenants.models import Company
from tests.agency.services.pool.history import add_chat, add_lines

pytestmark = pytest.mark.django_db

DAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return DAY + timedelta(minutes=minutes)


def numbers(company: Any, **filters: Any) -> list[int]:
    """Return the numbers of the chats found, in the list's order."""
    return [line.number for line in find_chats(company=company, filters=Filters(**filters)).lines]


def test_the_list_is_newest_first_and_says_what_each_chat_was(acme):
    add_chat(acme, 1, after(0), name="Marieke", good=True)
    add_chat(acme, 2, after(5), waited=None, close_reason="left", lasted=40, outcome="unset")
    page = find_chats(company=acme, filters=Filters())
    assert [line.number for line in page.lines] == [2, 1]
    left, answered = page.lines
    assert (left.verdict, left.waited, left.operator, left.good) == ("abandoned", None, "", None)
    assert (answered.name, answered.operator, answered.waited) == ("Marieke", "Alice", 7)
    assert (answered.verdict, answered.good, answered.outcome) == (
        "answered_within",
        True,
        "resolved",
    )
    assert answered.first_words == "Hoi, past maat 41?"
    assert answered.site == "Acme Schoenen site"
    assert (page.count, page.newer, page.older) == (2, None, None)


def test_another_company_s_chats_are_not_there(acme, zen):
    foreign = add_chat(zen, 1, after(0))
    assert numbers(acme) == []
    assert one_chat.find_chat(company=acme, chat_id=foreign.pk, inside=True) is None
    assert one_chat.find_chat(company=acme, chat_id=uuid.uuid4(), inside=True) is None
    own = add_chat(acme, 1, after(0))
    # A foreign chat as the edge of a page is as none.
    page = find_chats(company=acme, filters=Filters(), before=foreign.pk)
    assert [line.chat_id for line in page.lines] == [own.pk]


def test_days_are_local_days_of_arrival(acme):
    # 20 November in Amsterdam is 19 November 23:00 to 20 November 23:00 UTC.
    add_chat(acme, 1, datetime(2026, 11, 19, 22, 59, 59, 999999, tzinfo=UTC))
    add_chat(acme, 2, datetime(2026, 11, 19, 23, 0, tzinfo=UTC))
    add_chat(acme, 3, datetime(2026, 11, 20, 22, 59, 59, 999999, tzinfo=UTC))
    add_chat(acme, 4, datetime(2026, 11, 20, 23, 0, tzinfo=UTC))
    day = date(2026, 11, 20)
    assert numbers(acme, since=day, until=day) == [3, 2]
    assert numbers(acme, since=day) == [4, 3, 2]
    assert numbers(acme, until=day) == [3, 2, 1]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("answered_within", [1]),
        ("answered_late", [2]),
        ("missed", [5]),
        ("abandoned", [4]),
        ("short_abandon", [3]),
        ("unanswered", [5, 4]),
    ],
)
def test_verdicts_are_those_of_the_report(acme, verdict, expected):
    add_chat(acme, 1, after(1), waited=20)
    add_chat(acme, 2, after(2), waited=20.000001)
    add_chat(acme, 3, after(3), waited=None, close_reason="visitor", lasted=5)
    add_chat(acme, 4, after(4), waited=None, close_reason="left", lasted=5.000001)
    add_chat(acme, 5, after(5), waited=None, close_reason="end_of_hours", lasted=5)
    # Spam is in none of them.
    add_chat(acme, 6, after(6), waited=None, close_reason="end_of_hours", outcome="spam")
    found = find_chats(company=acme, filters=Filters(verdict=verdict)).lines
    assert [line.number for line in found] == expected
    if verdict != "unanswered":
        assert {line.verdict for line in found} == {verdict}


def test_outcomes_and_spam_follow_the_newest_word(acme, maud):
    add_chat(acme, 1, after(1), outcome="lead")
    add_chat(acme, 2, after(2), outcome="spam")
    add_chat(acme, 3, after(3), outcome="lead")
    add_chat(acme, 4, after(4), outcome="spam")
    ids = dict(ChatRecord.objects.values_list("number", "pk"))
    flag_spam(chat_id=ids[3], spam=True, by=maud, note="", now=after(10))
    flag_spam(chat_id=ids[4], spam=False, by=maud, note="", now=after(10))
    flag_spam(chat_id=ids[1], spam=True, by=maud, note="", now=after(10))
    flag_spam(chat_id=ids[1], spam=False, by=maud, note="", now=after(11))
    assert numbers(acme, outcome="lead") == [1]
    assert numbers(acme, outcome="spam") == [3, 2]
    assert numbers(acme, verdict="answered_within") == [4, 1]
    shown = {line.number: line.spam for line in find_chats(company=acme, filters=Filters()).lines}
    assert shown == {1: False, 2: True, 3: True, 4: False}


def test_ratings_operators_and_sites(acme, alice, bob):
    other = acme.sites.create(name="Outlet", origins=["https://outlet.acme.example"])
    add_chat(acme, 1, after(1), good=True)
    add_chat(acme, 2, after(2), good=False, operator="Bob")
    add_chat(acme, 3, after(3), site_id=other.pk)
    assert numbers(acme, rating="good") == [1]
    assert numbers(acme, rating="bad") == [2]
    assert numbers(acme, rating="none") == [3]
    assert numbers(acme, operator_id=bob.pk) == [2]
    assert numbers(acme, site_id=other.pk) == [3]
    assert numbers(acme, site_id=other.pk, operator_id=bob.pk) == []
    assert [one.public_name for one in archive.operators_of(acme)] == ["Alice", "Bob"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("veters", [1]),
        ("VETERS", [1]),
        ("vet", [1]),  # an unfinished last word
        ("vet schoen", []),  # but not an unfinished first one
        ("schoen vet", [1]),
        ("marieke", [1]),
        ("retour -veters", [2]),
        ('"label voor retour"', [2]),
        ('"retour voor label"', []),
        ("veters or retour", [2, 1]),
        ("2", [2]),
        ("#2", [2]),
        ("42", [3]),  # a word as well as a number
        ("sander@example.nl", [2]),
        ("SANDER@example.NL", [2]),
        ("kopie@example.nl", [1]),
        ("ander@example.nl", []),
        ("%", []),
        ("_", []),
        ("vet%", [1]),
        ("marieke' OR '1'='1", [1]),  # a word of the search language
        ("'; DROP TABLE chat_chat; --", []),
        ("\\", []),
        ("&|!()<->:*", []),
        ("!!!", []),
        ("-", []),
        ("9" * 200, []),
        ("é" * 200, []),
        ("\u202eveters", [1]),
    ],
)
def test_search(acme, words, expected):
    first = add_chat(acme, 1, after(1), name="Marieke", said=("Mijn schoen, de veters zijn stuk",))
    add_chat(acme, 2, after(2), said=("een label voor retour",), email="sander@example.nl")
    add_chat(acme, 3, after(3), said=("maat 42 graag",))
    with in_company(acme):
        TranscriptRequest.objects.create(
            chat_id=first.pk,
            client_id=uuid.uuid4(),
            recipient="kopie@example.nl",
            created_at=after(9),
        )
    assert numbers(acme, words=words) == expected


@pytest.mark.shared_data
def test_search_takes_anything_a_person_can_paste(acme):
    import json

    from tests.conftest import SHARED_DATA

    add_chat(acme, 1, after(1))
    for string in json.loads((SHARED_DATA / "naughty_strings.json").read_text()):
        words = string.replace("\x00", "")[:LONGEST_SEARCH]
        assert len(numbers(acme, words=words)) <= 1


def test_pages_forth_and_back_hold_each_chat_once(acme):
    # Some arrive in the same instant.
    for number in range(1, 12):
        add_chat(acme, number, after(number // 3))
    seen, edge, pages = [], None, []
    while True:
        page = find_chats(company=acme, filters=Filters(), before=edge, size=4)
        pages.append(page)
        seen += [line.number for line in page.lines]
        edge = page.older
        if edge is None:
            break
    assert sorted(seen, reverse=True) == list(range(11, 0, -1))
    assert len(seen) == 11
    back = find_chats(company=acme, filters=Filters(), after=pages[2].newer, size=4)
    assert back.lines == pages[1].lines
    assert (back.newer, back.older) == (pages[1].newer, pages[1].older)
    first = find_chats(company=acme, filters=Filters(), after=back.newer, size=4)
    assert first.lines == pages[0].lines
    assert first.newer is None


def test_a_page_costs_the_same_for_one_chat_and_for_forty(acme):
    add_chat(acme, 1, after(1), good=True)
    with CaptureQueriesContext(
        connection,
    ) as one:
        find_chats(company=acme, filters=Filters(words="maat"))
    for number in range(2, 42):
        add_chat(acme, number, after(number), good=True)
    with CaptureQueriesContext(connection) as forty:
        page = find_chats(company=acme, filters=Filters(words="maat"))
    assert len(page.lines) == 41
    assert len(forty) == len(one) <= 11


def go_on_after_the_close(company: Company, record: ChatRecord) -> None:
    """A note, a page, two system lines that nobody outside sees, and a text."""
    with in_company(company):
        chat = Chat.objects.get(pk=record.pk)
        page = {"code": "page", "url": "https://shop.example/kassa", "title": "Kassa"}
        add_lines(
            chat,
            [
                {"kind": "note", "side": "operator", "body": "lastig, LET OP", "at": after(1)},
                {"kind": "system", "side": "system", "data": page, "at": after(2)},
                {
                    "kind": "system",
                    "side": "system",
                    "data": {"code": "settled", "outcome": "lead"},
                    "at": after(3),
                },
                {"kind": "system", "side": "system", "data": {"code": "new"}, "at": after(3)},
                {"side": "operator", "author_name": "Alice", "body": "Graag", "at": after(4)},
            ],
        )


def test_a_company_reads_texts_and_what_the_visitor_saw_and_nothing_else(acme):
    record = add_chat(acme, 7, after(0), said=("Hoi", "Is maat 41 er nog?"))
    go_on_after_the_close(acme, record)
    outside = one_chat.find_chat(company=acme, chat_id=record.pk, inside=False)
    assert outside is not None
    assert [(line.kind, line.code or line.body) for line in outside.said] == [
        ("auto", "Hoi, kunnen we helpen?"),
        ("visitor", "Hoi"),
        ("visitor", "Is maat 41 er nog?"),
        ("system", "accepted"),
        ("operator", "Ja, die valt normaal."),
        ("system", "closed"),
        ("operator", "Graag"),
    ]
    assert [line.waited for line in outside.said if line.kind == "operator"] == [7, None]
    assert [visit.title for visit in outside.trail] == ["Schoenen", "Kassa"]
    assert (outside.steps, outside.flags) == ((), ())
    inside = one_chat.find_chat(company=acme, chat_id=record.pk, inside=True)
    assert inside is not None
    assert {"note", "system"} <= {line.kind for line in inside.said}
    assert [line.code for line in inside.said if line.kind == "system"] == [
        "accepted",
        "closed",
        "settled",
    ]


def test_an_endless_chat_is_cut(acme, monkeypatch):
    monkeypatch.setattr(one_chat, "LINES", 3)
    record = add_chat(acme, 1, after(0))
    chat = one_chat.find_chat(company=acme, chat_id=record.pk, inside=False)
    assert chat is not None
    assert chat.cut
    assert len(chat.said) == 3
