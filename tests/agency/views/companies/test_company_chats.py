"""A company's chats for managers: the same list, what only the agency sees, and the flag for spam."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from agency.domain.pool import reasons, trail_reasons
from agency.models import Assignment, LogEntry, RecordEvent
from agency.services.reports import service_level
from billing.services.charging import charge_settled
from billing.services.ledger import month_total
from billing.services.prices import set_price
from chat.models import Chat
from tenants.context import in_company
from tests.agency.services.pool.history import add_chat, add_lines

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def browser(maud: Any) -> Client:
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(maud)
    return browser


def text_of(answer: Any) -> str:
    page = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(page.replace("\xa0", " ").split())


def test_managers_see_notes_hands_and_the_cause(acme, alice, bob, browser):
    record = add_chat(acme, 1, NOW, waited=26)
    record.seats, record.free_slots, record.bounces = 2, 3, 1
    record.assigned_at = NOW + timedelta(seconds=18)
    record.save()
    steps = [
        (bob, "offer", trail_reasons.routed(why=(reasons.certified(), reasons.free(n=3, of=3))), 1),
        (bob, "bounce", trail_reasons.declined(words="druk"), 2),
        (alice, "offer", trail_reasons.routed(why=(reasons.certified(), reasons.free(n=6, of=6))), 3),
        (alice, "accept", reasons.NONE, 4),
    ]
    for user, kind, reason, fence in steps:
        Assignment.objects.create(
            chat_id=record.pk,
            company=acme,
            operator=user.operator,
            kind=kind,
            code=reason.code,
            facts=reasons.write(reason),
            fence=fence,
            at=NOW + timedelta(seconds=fence),
        )
    with in_company(acme):
        note = {"kind": "note", "side": "operator", "author_name": "Alice", "body": "let op"}
        add_lines(Chat.objects.get(pk=record.pk), [{**note, "at": NOW + timedelta(seconds=30)}])
    page = text_of(browser.get(f"/manage/companies/{acme.pk}/chats/{record.pk}/"))
    assert "Notitie van Alice, alleen het bureau ziet dit let op" in page
    assert "Niet aangenomen door Bob doorgegeven: druk" in page
    assert "Aangeboden aan Alice bevoegd, 6 van 6 plekken vrij" in page
    assert "Aangenomen door Alice" in page
    assert "2 gecertificeerde medewerkers aan de balie, 3 vrije plaatsen" in page
    assert "Waarom de belofte brak" in page
    assert "Niet aangenomen 1 keer" in page


def test_only_managers(acme, alice, carol):
    record = add_chat(acme, 1, NOW)
    paths = [
        f"/manage/companies/{acme.pk}/chats/",
        f"/manage/companies/{acme.pk}/chats.csv",
        f"/manage/companies/{acme.pk}/chats/{record.pk}/",
    ]
    for user in (alice, carol):
        other = Client(HTTP_HOST="localhost")
        other.force_login(user)
        for path in paths:
            assert other.get(path).status_code == 404
        assert other.post(f"{paths[2]}spam/", {"spam": "1"}).status_code == 404
    assert RecordEvent.objects.count() == 0


def test_a_chat_of_another_company_or_of_none_isn_t_there(acme, zen, browser):
    foreign = add_chat(zen, 1, NOW)
    for company_id, chat_id in (
        (acme.pk, foreign.pk),
        (acme.pk, uuid.uuid4()),
        (uuid.uuid4(), foreign.pk),
    ):
        path = f"/manage/companies/{company_id}/chats/{chat_id}/"
        assert browser.get(path).status_code == 404
        assert browser.post(f"{path}spam/", {"spam": "1"}).status_code == 404
    assert RecordEvent.objects.count() == 0


def test_spam_leaves_bill_promise_and_satisfaction_together_and_comes_back(acme, maud, browser):
    set_price(company=acme, amount=Decimal("1.45"), valid_from=NOW.date(), by=maud, now=NOW)
    record = add_chat(acme, 1, NOW, good=True)
    charge_settled()
    day = NOW.date()

    def counted() -> tuple[int, int, Decimal]:
        charge_settled()
        total = service_level.service_level(company=acme, since=day, until=day).total
        return total.offered, total.rated, month_total(acme, day).amount

    assert counted() == (1, 1, Decimal("1.45"))
    path = f"/manage/companies/{acme.pk}/chats/{record.pk}/"
    page = browser.get(path, {"month": "2026-11"})
    assert "Dit is spam" in text_of(page)
    answer = browser.post(f"{path}spam/", {"spam": "1", "note": "reclame \x00 ", "back": "month=2026-11"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{path}?month=2026-11"
    after = text_of(browser.get(answer.headers["Location"]))
    assert "Gemarkeerd als spam" in after
    assert "Maud Bakker noemde het spam reclame" in after
    event = RecordEvent.objects.get(kind="spam")
    assert (event.value, event.data) == (1, {"note": "reclame"})
    entry = LogEntry.objects.get(action="chat.spam")
    assert (entry.actor, entry.object_id, entry.company) == (maud, str(record.pk), acme)
    browser.post(f"{path}spam/", {"spam": "1"})
    assert RecordEvent.objects.filter(kind="spam").count() == 1
    assert LogEntry.objects.filter(action="chat.spam").count() == 1
    # Its own day, for the correction is a line of the month it was said in.
    assert counted()[:2] == (0, 0)
    browser.post(f"{path}spam/", {"spam": "0"})
    assert counted()[:2] == (1, 1)
    assert LogEntry.objects.filter(action="chat.not_spam").count() == 1


@pytest.mark.parametrize("spam", ["", "2", "yes", "\x00"])
def test_nonsense_flags_nothing(acme, browser, spam):
    record = add_chat(acme, 1, NOW)
    path = f"/manage/companies/{acme.pk}/chats/{record.pk}/spam/"
    assert browser.post(path, {"spam": spam}).status_code == 404
    assert browser.get(path).status_code == 405
    assert RecordEvent.objects.count() == 0


def test_the_way_back_stays_on_this_page(acme, browser):
    record = add_chat(acme, 1, NOW)
    path = f"/manage/companies/{acme.pk}/chats/{record.pk}/"
    for back in ("https://evil.example/", "//evil.example", "\r\nSet-Cookie: a=b", "x" * 5000):
        answer = browser.post(f"{path}spam/", {"spam": "1", "back": back})
        assert answer.headers["Location"].startswith(path)
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"day": "2026-11-20", "verdict": "unanswered"}, [2]),
        ({"day": "2026-11-20", "verdict": "answered_within"}, [1]),
        ({"day": "2026-11-19"}, []),
        ({"from": "2026-11-20", "to": "2026-11-20", "verdict": "outside_hours"}, [3]),
        ({"month": "2026-11"}, [3, 2, 1]),
    ],
)
def test_links_from_the_report_show_the_chats_behind_a_number(acme, browser, query, expected):
    add_chat(acme, 1, NOW)
    add_chat(acme, 2, NOW + timedelta(minutes=1), waited=None, close_reason="end_of_hours")
    late = add_chat(acme, 3, NOW + timedelta(minutes=2), waited=None, close_reason="left")
    late.in_hours = False
    late.save()
    page = browser.get(f"/manage/companies/{acme.pk}/chats/", query).content.decode()
    assert [int(number) for number in re.findall(r'<tr id="c(\d+)"', page)] == expected
