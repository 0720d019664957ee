"""The page behind Yes and No of a transcript mail: public, by a signed link that is good for one chat."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import ChatRecord, PoolEntry, RecordEvent
from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from chat.models import Chat, Rating
from chat.services.ending import reasons_to_close
from chat.services.finished.rate import rating_token
from tenants.context import in_company
from tenants.models import Company
from tests import cast
from tests.chat.services.stage import sit, write_first
from tests.pages import squeezed

pytestmark = pytest.mark.django_db


@pytest.fixture
def chat(acme: Company) -> uuid.UUID:
    """Return a chat of acme that ended just now."""
    return ended_chat(cast.ACME_SITE)


def ended_chat(site_key: str) -> uuid.UUID:
    sit("alice@balie.test", now=timezone.now())
    begun, visitor_id = write_first(site_key, now=timezone.now())
    entry = PoolEntry.objects.get(pk=begun.chat_id)
    reasons_to_close.close_by_visitor(chat_id=entry.pk, visitor_id=visitor_id, now=timezone.now())
    return begun.chat_id


def url(company: Company, chat_id: uuid.UUID) -> str:
    return f"/rating/{rating_token(company, chat_id)}/"


def host(slug: str, **facts: Any) -> Client:
    return Client(HTTP_HOST=f"{slug}.localhost", **facts)


def ratings(company: Company) -> list[tuple[bool, str, str]]:
    with in_company(company):
        return list(Rating.objects.values_list("good", "words", "source"))


def test_a_link_alone_writes_nothing(acme: Company, chat: uuid.UUID) -> None:
    for method in ("get", "head", "options", "put", "delete"):
        getattr(host("acme"), method)(f"{url(acme, chat)}?good=1")
    page = host("acme").get(f"{url(acme, chat)}?good=0").content.decode()
    assert re.search(r'value="0" checked', page)
    assert not re.search(r'value="1" checked', page)
    assert ratings(acme) == []


def test_one_press_keeps_it_and_shows_it_again(acme: Company, chat: uuid.UUID) -> None:
    client = host("acme")
    answer = client.post(url(acme, chat), {"good": "1", "words": "Vlot <b>geholpen</b>"})
    assert (answer.status_code, answer["Location"]) == (302, url(acme, chat))
    page = squeezed(client.get(url(acme, chat)).content.decode())
    assert "Bewaard. Dank je wel." in page
    assert "Vlot &lt;b&gt;geholpen&lt;/b&gt;" in page
    assert re.search(r'value="1" checked', page)
    assert ratings(acme) == [(True, "Vlot <b>geholpen</b>", "mail")]
    client.post(url(acme, chat), {"good": "0", "words": ""})
    assert ratings(acme) == [(False, "", "mail")]
    assert RecordEvent.objects.get(record=chat).value == 0


def test_nothing_chosen_says_what_to_do_and_keeps_the_words(acme: Company, chat: uuid.UUID) -> None:
    answer = host("acme").post(url(acme, chat), {"words": "zomaar"})
    assert answer.status_code == 422
    assert "Kies Ja of Nee." in answer.content.decode()
    assert "zomaar" in answer.content.decode()
    assert ratings(acme) == []


def test_old_forged_and_foreign_links_look_alike(acme: Company, zen: Company, chat: uuid.UUID) -> None:
    live, _visitor = write_first(now=timezone.now())
    old, foreign = ended_chat(cast.ACME_SITE), ended_chat(cast.ZEN_SITE)
    ChatRecord.objects.filter(pk=old).update(closed_at=timezone.now() - timedelta(days=31))
    links = {
        "old": url(acme, old),
        "unknown": url(acme, uuid.uuid4()),
        "still going on": url(acme, live.chat_id),
        "of another company": url(zen, foreign),
        "another company's chat": url(acme, foreign),
        "forged": url(acme, chat)[:-2] + "/",
        "nonsense": "/rating/x/",
    }
    pages = {}
    for name, link in links.items():
        for method in ("get", "post"):
            answer = getattr(host("acme"), method)(link, {"good": "1"} if method == "post" else {})
            assert answer.status_code == 404, name
            text = re.sub(r"/rating/[^\"]*|nonce-?=?\"?[\w+/=-]+", "", answer.content.decode())
            pages[name, method] = re.sub(r'csrfmiddlewaretoken" value="\w+"', "", text)
    assert len(set(pages.values())) == 1
    assert "30 dagen" in pages["old", "get"]
    assert ratings(acme) == ratings(zen) == []


def test_it_speaks_the_chat_s_language_and_the_company_s_tone(acme: Company, chat: uuid.UUID) -> None:
    Company.objects.filter(pk=acme.pk).update(tone="u")
    link = url(acme, chat)
    assert "Bent u goed geholpen?" in host("acme").get(link).content.decode()
    with in_company(acme):
        Chat.objects.filter(pk=chat).update(language="fr")
    answer = host("acme").get(link)
    assert "Did we help you well?" in answer.content.decode()
    assert '<html lang="en"' in answer.content.decode()
    assert answer["Content-Language"] == "en"
    chosen = host("acme")
    chosen.cookies["language"] = "nl"
    assert "Bent u goed geholpen?" in chosen.get(link).content.decode()


def test_a_form_of_another_site_is_refused(acme: Company, chat: uuid.UUID) -> None:
    client = host("acme", enforce_csrf_checks=True)
    assert client.post(url(acme, chat), {"good": "1"}).status_code == 403
    assert ratings(acme) == []


def test_a_flood_is_stopped(acme: Company, chat: uuid.UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "RATINGS_OF_CHAT", Limit("ratings_chat", 3, 60))
    client = host("acme")
    codes = [client.post(url(acme, chat), {"good": str(n % 2)}).status_code for n in range(5)]
    assert codes == [302, 302, 302, 429, 429]
    monkeypatch.setattr(rate_limits, "RATINGS_OF_ADDRESS", Limit("ratings_address", 2, 60))
    stranger = host("acme", REMOTE_ADDR="203.0.113.7")
    assert [stranger.get("/rating/x/").status_code for _ in range(4)] == [404, 404, 429, 429]


def test_the_agency_s_host_has_no_such_page(acme: Company, chat: uuid.UUID) -> None:
    assert Client(HTTP_HOST="localhost").get(url(acme, chat)).status_code == 404
