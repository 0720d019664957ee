"""The step of texts: a trade's words, filled from the company's own site, written in the company's name."""

import html
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from agency.models import OutboxRow, User
from agency.services.mail import outbox
from agency.services.system import rate_limits
from chat.domain.texts.templates import starter_texts
from chat.models import SiteFact, SiteReading, Text
from chat.services.texts import site_reading
from chat.services.texts.texts import publish_text
from tenants import clock
from tenants.context import in_company
from tenants.models import Company
from tests.agency.services.outgoing.test_fetch import server
from tests.pages import browser_of

pytestmark = pytest.mark.django_db
URL = "/start/texts/"
PAGE = b"""<html lang="nl"><title>Acme</title><a href="/contact">Contact</a><p>Winkelwagen webshop bezorging afrekenen
<p>Bel 085 123 45 67</p><p>Voor 22:00 besteld, morgen in huis.</p><p>ma t/m vr 9:00 tot 17:00</p>
<h3>Kan ik &lt;b&gt;ruilen&lt;/b&gt; {x}?</h3><p>Ja, binnen 30 dagen \xe2\x80\xaegratis.</p>"""


@pytest.fixture
def owner(carol: User, acme: Company) -> Client:
    with in_company(acme):
        Text.objects.update(withdrawn_at=clock.now())
    return browser_of(carol)


@pytest.fixture
def site(settings: Any, acme: Company) -> Iterator[list[bytes]]:
    """Acme's own site: one page, whatever is asked."""

    def talk(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE)}\r\n\r\n"
        connection.sendall(head.encode() + PAGE)

    with server(talk) as (port, heard):
        settings.PRIVATE_CALLS = frozenset({f"127.0.0.1:{port}"})
        acme.sites.update(origins=[f"http://127.0.0.1:{port}"])
        yield heard


def sent_by(page: str) -> dict[str, Any]:
    """The form of a page as a browser would send it."""
    form = page[page.index("data-step") :]
    found: dict[str, Any] = {"fact": []}
    for tag in re.findall(r"<input[^>]*>", form):
        facts = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if facts.get("type") == "checkbox" and "checked" not in tag:
            continue
        if facts.get("name") == "fact":
            found["fact"].append(facts["value"])
        elif "name" in facts:
            found[facts["name"]] = unescape(facts.get("value", "on"))
    for name, words in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = unescape(words)
    chosen = re.search(r'<option value="([^"]*)" selected', form)
    found["trade"] = chosen[1] if chosen else ""
    return found


def unescape(words: str) -> str:
    return (
        words.replace("&quot;", '"')
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
    )


def translated(language: str, reason: str) -> str:
    with translation.override(language):
        return site_reading.explain(reason)


def holding(company: Company) -> dict[str, Text]:
    with in_company(company):
        return {f"{text.kind}-{text.key}": text for text in site_texts()}


def site_texts() -> list[Text]:
    return list(Text.objects.filter(published_at__isnull=False, withdrawn_at__isnull=True).order_by("version"))


def read_now() -> None:
    outbox.drain(now=clock.now)


def test_a_trade_s_texts_are_published_in_the_company_s_name(owner: Client, carol: User, acme: Company) -> None:
    form = sent_by(owner.get(f"{URL}?trade=shop").content.decode())
    assert form["shown"] == "shop"
    assert "use-canned-levertijd" not in form
    answer = owner.post(URL, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "[openingstijden]" in page
    assert "gaps" in page
    answer = owner.post(URL, {**sent_by(page), "gaps": "out", "greeting-algemeen": "Hoi! Zeg het maar."})
    assert answer.status_code == 302, re.findall(r"field__error.*?</p>", answer.content.decode(), re.DOTALL)
    texts = holding(acme)
    assert texts["greeting-algemeen"].body == "Hoi! Zeg het maar."
    assert "canned-levertijd" not in texts
    assert "[" not in texts["instruction-instruction"].body
    assert {text.published_name for text in texts.values()} == {carol.name}
    assert all(text.approved_name == carol.name and not text.author_inside for text in texts.values())


def test_done_again_it_shows_what_is_in_force_and_writes_only_what_was_changed(owner: Client, acme: Company) -> None:
    form = sent_by(owner.get(f"{URL}?trade=health").content.decode())
    owner.post(URL, {**form, "gaps": "out", "greeting-algemeen": "Welkom."})
    before = {name: text.version for name, text in holding(acme).items()}
    page = owner.get(URL).content.decode()
    assert "Welkom." in page
    form = sent_by(owner.get(f"{URL}?trade=shop").content.decode())
    assert form["greeting-algemeen"] == "Welkom."
    assert owner.post(URL, {**form, "gaps": "out", "canned-naam": "Wie ben je?"}).status_code == 302
    after = holding(acme)
    assert after["greeting-algemeen"].body == "Welkom."
    changed = {name for name, text in after.items() if before.get(name, text.version) != text.version}
    assert changed == {"canned-naam"}


def test_a_site_is_read_by_a_worker_and_its_facts_fill_the_texts(owner: Client, acme: Company, site: Any) -> None:
    answer = owner.post(URL, {**sent_by(owner.get(URL).content.decode()), "act": "read", "trade": ""})
    assert answer.status_code == 302
    page = owner.get(URL).content.decode()
    assert "data-again" in page
    assert "<textarea" not in page
    assert "<textarea" in owner.get(f"{URL}?skip=1&trade=shop").content.decode()
    read_now()
    page = owner.get(URL).content.decode()
    form = sent_by(page)
    assert form["shown"] == "shop"
    assert "Telefoon: 085 123 45 67" in form["instruction-instruction"]
    assert "Voor 22:00 besteld, morgen in huis." in form["canned-levertijd"]
    assert form["canned-kan-ik-b-ruilen-b-x"] == "Ja, binnen 30 dagen gratis."
    assert "<b>ruilen" not in page
    assert "http://127.0.0.1" in page
    with in_company(acme):
        phone = SiteFact.objects.get(kind="phone")
    form["fact"].remove(str(phone.pk))
    typed = {**form, "act": "fill", "greeting-algemeen": "Mijn eigen groet."}
    shown = sent_by(owner.post(URL, typed).content.decode())
    assert "[telefoon]" in shown["instruction-instruction"]
    assert shown["greeting-algemeen"] == "Mijn eigen groet."
    assert owner.post(URL, {**shown, "gaps": "out"}).status_code == 302
    assert holding(acme)["greeting-algemeen"].body == "Mijn eigen groet."
    assert holding(acme)["canned-kan-ik-b-ruilen-b-x"].data["why"].startswith("http://127.0.0.1")


def test_what_is_typed_stays_when_the_site_is_read_or_the_trade_changes(owner: Client, site: Any) -> None:
    form = sent_by(owner.get(f"{URL}?trade=shop").content.decode())
    typed = {**form, "greeting-algemeen": "Zelf bedacht."}
    answer = owner.post(URL, {**typed, "act": "read"})
    assert answer.status_code == 200
    assert "data-again" not in answer.content.decode()
    shown = sent_by(answer.content.decode())
    assert shown["greeting-algemeen"] == "Zelf bedacht."
    read_now()
    shown = sent_by(owner.post(URL, {**shown, "act": "fill", "trade": "energy"}).content.decode())
    assert shown["greeting-algemeen"] == "Zelf bedacht."
    assert "0800-9009" in shown["instruction-instruction"]
    assert "085 123 45 67" in shown["instruction-instruction"]


def test_a_site_that_can_t_be_read_is_said_and_the_step_goes_on(owner: Client, acme: Company) -> None:
    acme.sites.update(origins=["http://10.0.0.1"])
    owner.post(URL, {**sent_by(owner.get(URL).content.decode()), "act": "read"})
    read_now()
    said = {language: translated(language, "private") for language in ("nl", "en")}
    assert said["nl"] != said["en"]
    assert said["nl"] in html.unescape(owner.get(URL).content.decode())
    assert "<textarea" in owner.get(f"{URL}?trade=shop").content.decode()
    assert OutboxRow.objects.get(kind=site_reading.KIND).state == OutboxRow.State.DONE
    acme.sites.update(origins=[])
    answer = owner.post(URL, {**sent_by(owner.get(URL).content.decode()), "act": "read"}, follow=True)
    assert "nog geen adres" in answer.content.decode()


def test_a_second_reading_leaves_only_what_was_typed(owner: Client, acme: Company, site: Any) -> None:
    owner.post(URL, {**sent_by(owner.get(URL).content.decode()), "act": "read"})
    read_now()
    form = sent_by(owner.get(URL).content.decode())
    assert "085 123 45 67" in form["instruction-instruction"]
    answer = owner.post(URL, {**form, "act": "read", "greeting-algemeen": "Zelf bedacht."})
    shown = sent_by(answer.content.decode())
    assert shown["greeting-algemeen"] == "Zelf bedacht."
    assert "[telefoon]" in shown["instruction-instruction"]
    read_now()
    with in_company(acme):
        SiteFact.objects.filter(kind="phone").update(value="085 765 43 21")
    shown = sent_by(owner.post(URL, {**shown, "act": "fill"}).content.decode())
    assert "085 765 43 21" in shown["instruction-instruction"]
    assert shown["greeting-algemeen"] == "Zelf bedacht."


def test_readings_are_counted(owner: Client, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "READINGS_OF_COMPANY", rate_limits.Limit("readings_company", 1, 600))
    rate_limits.forget(rate_limits.READINGS_OF_COMPANY, str(acme.pk))
    form = {**sent_by(owner.get(f"{URL}?trade=shop").content.decode()), "act": "read"}
    owner.post(URL, form)
    with in_company(acme):
        SiteReading.objects.update(state="stopped", reason="private")
        asked = SiteReading.objects.get().pk
    for typed in ("", "Zelf bedacht."):
        answer = owner.post(URL, {**form, "greeting-algemeen": typed or form["greeting-algemeen"]}, follow=True)
        assert "hoogstens 1 keer" in answer.content.decode()
        with in_company(acme):
            assert SiteReading.objects.get().pk == asked
    rate_limits.forget(rate_limits.READINGS_OF_COMPANY, str(acme.pk))


def test_a_worker_that_died_holds_nothing_up(owner: Client, acme: Company) -> None:
    owner.post(URL, {**sent_by(owner.get(URL).content.decode()), "act": "read"})
    long_ago = clock.now() - timedelta(minutes=1)
    with in_company(acme):
        SiteReading.objects.update(state="reading", page=3, pages=8, touched_at=long_ago)
    page = owner.get(f"{URL}?trade=shop").content.decode()
    assert "data-again" not in page
    assert "<textarea" in page
    first = SiteReading
    with in_company(acme):
        before = first.objects.get().pk
    owner.post(URL, {**sent_by(page), "act": "read"})
    with in_company(acme):
        assert first.objects.get().pk != before


def test_what_a_page_didn_t_send_stays_in_force(owner: Client, acme: Company) -> None:
    form = sent_by(owner.get(f"{URL}?trade=shop").content.decode())
    owner.post(URL, {**form, "gaps": "out"})
    before = holding(acme).keys()
    assert owner.post(URL, {"shown": "shop"}).status_code == 302
    assert holding(acme).keys() == before


def test_an_older_page_is_told_what_somebody_else_wrote(owner: Client, acme: Company) -> None:
    first = sent_by(owner.get(f"{URL}?trade=shop").content.decode()) | {"gaps": "out"}
    second = {**first, "greeting-algemeen": "Van de tweede."}
    assert owner.post(URL, {**first, "greeting-algemeen": "Van de eerste."}).status_code == 302
    answer = owner.post(URL, second)
    assert answer.status_code == 422
    assert "Van de eerste." in answer.content.decode()
    assert holding(acme)["greeting-algemeen"].body == "Van de eerste."


def test_a_manager_s_texts_wait_for_the_company(manager: Client, acme: Company) -> None:
    url = f"/manage/companies/{acme.pk}/start/texts/"
    with in_company(acme):
        Text.objects.update(withdrawn_at=clock.now())
    Company.objects.update(managers_publish=False)
    form = sent_by(manager.get(f"{url}?trade=services").content.decode())
    assert manager.post(url, {**form, "gaps": "out"}).status_code == 302
    with in_company(acme):
        written = Text.objects.filter(withdrawn_at__isnull=True)
        assert written.exists()
        assert not written.filter(published_at__isnull=False).exists()
    Company.objects.update(managers_publish=True)
    form = sent_by(manager.get(url).content.decode())
    assert manager.post(url, {**form, "greeting-algemeen": "Hallo!"}).status_code == 302
    assert holding(acme)["greeting-algemeen"].body == "Hallo!"


def test_a_manager_takes_nothing_out_of_force_that_the_company_must_approve(manager: Client, acme: Company) -> None:
    url = f"/manage/companies/{acme.pk}/start/texts/"
    Company.objects.update(managers_publish=False)
    with in_company(acme):
        Text.objects.update(withdrawn_at=clock.now())
        for words in starter_texts(acme.language, acme.tone, acme.name):
            publish_text(**words, language=acme.language, now=clock.now())
    before = holding(acme)
    page = manager.get(f"{url}?trade=shop").content.decode()
    form = {name: value for name, value in sent_by(page).items() if not name.startswith("use-")}
    assert "blijft gelden" in page
    assert manager.post(url, {**form, "gaps": "out"}).status_code == 302
    assert holding(acme).keys() == before.keys()
    Company.objects.update(managers_publish=True)
    page = manager.get(f"{url}?trade=shop").content.decode()
    assert "blijft gelden" not in page
    assert manager.post(url, {**form, "gaps": "out"}).status_code == 302
    assert holding(acme).keys() < before.keys()
