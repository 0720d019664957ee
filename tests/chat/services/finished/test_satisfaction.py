"""Ratings: one a chat, changeable by its visitor, until thirty days after the close."""

import uuid
from datetime import timedelta

import pytest

from agency.models import PoolEntry, RecordEvent, User
from agency.services.spam import flag_spam
from chat.models import Rating
from chat.services.ending import reasons_to_close
from chat.services.finished import rate as finished_rate
from chat.services.finished.rate import CannotRate, rating_token, read_token
from chat.services.finished.ratings import list_words
from tenants.context import in_company
from tenants.models import Company
from tests.agency.services.pool.history import add_chat
from tests.chat.services.stage import NOW, after, open_chat, sit

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(acme: Company) -> PoolEntry:
    return open_chat(sit("alice@balie.test"))


def close(entry: PoolEntry) -> None:
    reasons_to_close.close_by_visitor(chat_id=entry.pk, visitor_id=entry.visitor_id, now=NOW)


def rate(
    company: Company,
    entry: PoolEntry,
    *,
    good: bool = True,
    words: str = "",
    source: str = "panel",
    **facts: object,
) -> None:
    given = {
        "company": company,
        "chat_id": entry.pk,
        "visitor_id": entry.visitor_id,
        "opinion": finished_rate.Opinion(good, words, source),
        "now": NOW,
        **facts,
    }
    finished_rate.rate(**given)  # type: ignore[arg-type]


def refused(company: Company, entry: PoolEntry, **facts: object) -> str:
    with pytest.raises(CannotRate) as problem:
        rate(company, entry, **facts)  # type: ignore[arg-type]
    return problem.value.code


def test_a_rating_is_beside_its_record(acme: Company, entry: PoolEntry) -> None:
    close(entry)
    rate(acme, entry, words=" Fijn\u0000 geholpen\u0007\r\ndank ")
    with in_company(acme):
        rating = finished_rate.find_rating(entry.pk)
    assert rating is not None
    assert (rating.good, rating.words, rating.source) == (True, "Fijn geholpen\ndank", "panel")
    event = RecordEvent.objects.get(record=entry.pk)
    assert (event.kind, event.value) == ("rating", 1)
    assert "Fijn" not in str(event.data)


def test_a_second_rating_changes_the_first(acme: Company, entry: PoolEntry) -> None:
    close(entry)
    rate(acme, entry)
    rate(acme, entry, good=False, words="x" * 2_000, source="mail", visitor_id=None, now=after(60))
    with in_company(acme):
        (rating,) = Rating.objects.all()
    assert (rating.good, len(rating.words), rating.source) == (False, 1_000, "mail")
    assert (rating.created_at, rating.changed_at) == (NOW, after(60))
    assert RecordEvent.objects.get(record=entry.pk).value == 0


def test_what_can_not_be_rated(acme: Company, zen: Company, entry: PoolEntry) -> None:
    assert refused(acme, entry) == "not_closed"
    close(entry)
    assert refused(acme, entry, visitor_id=uuid.uuid4()) == "not_found"
    assert refused(acme, entry, chat_id=uuid.uuid4()) == "not_found"
    assert refused(zen, entry) == "not_found"
    assert refused(acme, entry, now=NOW + timedelta(days=30, seconds=1)) == "too_late"
    rate(acme, entry, now=NOW + timedelta(days=30))
    assert RecordEvent.objects.count() == 1


def test_a_token_is_good_for_one_chat_of_one_company(acme: Company, zen: Company, entry: PoolEntry) -> None:
    token = rating_token(acme, entry.pk)
    assert read_token(acme, token) == entry.pk
    assert read_token(zen, token) is None
    other = rating_token(acme, uuid.uuid4())
    mixed = f"{other.split('.')[0]}.{token.split('.')[1]}"
    for forged in ("", ".", "x", mixed, token[:-1], f"{token}A", "é.ü", "A" * 5_000):
        assert read_token(acme, forged) is None


def test_spam_never_crowds_the_words_of_others_out(acme: Company, maud: User) -> None:
    for number in range(1, 4):
        add_chat(acme, number, after(number), good=False, words="koop nu", outcome="spam")
    flagged = add_chat(acme, 4, after(5), good=True, words="win een prijs")
    flag_spam(chat_id=flagged.pk, spam=True, by=maud, note="", now=after(60))
    cleared = add_chat(acme, 5, after(0), good=True, words="Toch echt", outcome="spam")
    flag_spam(chat_id=cleared.pk, spam=False, by=maud, note="", now=after(60))
    add_chat(acme, 6, after(-1), good=True, words="Fijn")
    day = NOW.date()
    words = list_words(company=acme, since=day, until=day, most=2)
    assert [one.words for one in words] == ["Toch echt", "Fijn"]
