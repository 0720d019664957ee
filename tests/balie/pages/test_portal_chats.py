"""A company's chats: list, filters, transcript and file, as its own people see them."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from agency.services.spam import flag_spam
from billing.services.charging import charge_settled
from billing.services.prices import set_price
from chat.models import Chat, Delivery
from tenants.context import in_company
from tests.agency.services.pool.history import add_chat, add_lines
from tests.pages import squeezed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOST = "acme.localhost"


@pytest.fixture
def browser(carol: Any) -> Client:
    browser = Client(HTTP_HOST=HOST)
    browser.force_login(carol)
    return browser


def text_of(page: str) -> str:
    page = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.S)
    return " ".join(page.replace("\xa0", " ").split())


def read(browser: Client, path: str, **query: str) -> str:
    answer = browser.get(path, query)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


def test_the_list_and_a_transcript_beside_it(acme, browser):
    record = add_chat(acme, 7, NOW, name="Marieke", waited=7, good=True, words="Lekker snel")
    add_chat(acme, 8, NOW + timedelta(minutes=3), waited=26)
    page = read(browser, f"/chats/{record.pk}/")
    assert "2 chats" in page
    assert "vr 20 nov 13:03 Bezoeker 8" in page  # Amsterdam is an hour ahead
    assert "vrijdag 20 november 2026, 13:00 tot 13:04 · met Alice · chat 7" in page
    assert "Eerste antwoord na 7 s" in page
    assert "13:00:07 · Alice · na 7 s Ja, die valt normaal." in page
    assert "Automatische groet, telt niet als antwoord Hoi, kunnen we helpen?" in page
    assert "13:00:07 · Alice heeft de chat aangenomen" in page
    assert "13:04:00 · Gesprek gesloten" in page
    assert "De bezoeker vond dit gesprek goed: “Lekker snel”" in page
    assert "13:00 Schoenen https://shop.example/schoenen" in page
    assert "Dit gesprek is niet gemaild." in page
    assert "Nog niet berekend." in page
    late = read(browser, "/chats/", verdict="answered_late")
    assert "1 chat" in late
    assert "26 s" in late


def test_a_chat_that_goes_on_is_counted_and_not_read(acme, browser):
    from tests.chat.services.stage import sit, write_first

    sit("alice@balie.test", now=NOW)
    begun, _visitor = write_first(body="nog bezig", now=NOW)
    page = read(browser, "/chats/")
    assert "1 gesprek bezig" in page
    assert "nog bezig" not in page
    assert browser.get(f"/chats/{begun.chat_id}/").status_code == 404


def test_no_note_no_surname_no_operator_s_address_no_trail_of_hands(acme, browser, alice):
    alice.name = "Alice van Geheim"
    alice.save()
    record = add_chat(acme, 1, NOW)
    with in_company(acme):
        chat = Chat.objects.get(pk=record.pk)
        add_lines(
            chat,
            [
                {
                    "kind": "note",
                    "side": "operator",
                    "author_name": "Alice",
                    "body": "LASTIGE KLANT",
                    "at": NOW,
                }
            ],
        )
    for path in (f"/chats/{record.pk}/", "/chats/", "/", "/chats.csv"):
        body = browser.get(path).content.decode()
        for secret in ("LASTIGE KLANT", "Geheim", alice.email, "alice@"):
            assert secret not in body, path
    assert "Alleen het bureau" not in read(browser, f"/chats/{record.pk}/")


def test_the_charge_and_the_mails_stand_under_the_transcript(acme, browser, maud):
    set_price(company=acme, amount=Decimal("1.45"), valid_from=NOW.date(), by=maud, now=NOW)
    record = add_chat(acme, 12, NOW, email="sander@example.nl")
    with in_company(acme):
        Delivery.objects.create(
            kind="transcript",
            chat_id=record.pk,
            recipient="sander@example.nl",
            sent_at=NOW + timedelta(minutes=5),
        )
    charge_settled()
    answer = browser.get(f"/chats/{record.pk}/").content.decode()
    page = text_of(answer)
    assert "€ 1,45 In rekening" in page or "€ 1,45" in page
    assert f'href="/charges/?chat={record.pk}"' in answer
    assert browser.get(f"/charges/?chat={record.pk}").headers["Location"] == "/charges/?month=2026-11&page=1#n12"
    assert browser.get(f"/charges/?chat={uuid.uuid4()}").status_code == 200
    assert "sander@example.nl verstuurd" in page
    assert 'id="n12"' in browser.get("/charges/?month=2026-11&page=1").content.decode()


def test_spam_is_said_and_counts_in_nothing(acme, browser, maud):
    record = add_chat(acme, 1, NOW, waited=99)
    assert flag_spam(chat_id=record.pk, spam=True, by=maud, note="reclame", now=NOW)
    page = read(browser, "/chats/")
    assert "Spam telt niet" in page
    transcript = read(browser, f"/chats/{record.pk}/")
    assert "reclame" not in transcript
    assert "Maud" not in transcript


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"from": "gisteren"}, "Schrijf een dag als 2026-11-21."),
        ({"day": "2026-02-30"}, "Schrijf een dag als 2026-11-21."),
        ({"month": "2026-13"}, "Schrijf een maand als 2026-11."),
        ({"to": "20-11-2026"}, "Schrijf een dag als 2026-11-21."),
        ({"from": "99999-01-01"}, "Schrijf een dag als 2026-11-21."),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "Deze dag ligt voor de eerste."),
        ({"q": "x" * 2000}, "Zoek op hooguit 200 tekens; dit zijn er 2000."),
        ({"outcome": "nope"}, "Kies er een uit de lijst."),
        ({"verdict": "'; --"}, "Kies er een uit de lijst."),
        ({"rating": "\x00"}, "Kies er een uit de lijst."),
        ({"site": "00000000-0000-0000-0000-000000000000"}, "Kies er een uit de lijst."),
        ({"operator": "niemand"}, "Kies er een uit de lijst."),
        ({"before": "x", "after": "y"}, None),
        ({"before": str(uuid.uuid4())}, None),
        ({"q": "\x00\x01\x7f schoen \n"}, None),
        ({"month": "2026-11"}, None),
        ({"from": "0001-01-01", "to": "9999-12-31"}, "Kies een dag van 2000 tot en met 2099."),
    ],
)
def test_what_can_t_be_read_is_said_and_narrows_nothing(acme, browser, query, said):
    add_chat(acme, 1, NOW, said=("mijn schoen",))
    page = read(browser, "/chats/", **query)
    assert "Bezoeker 1" in page
    assert ("Wat niet te lezen is" in page) == (said is not None)
    if said:
        assert said in page
    # A file of other chats than were asked for is none.
    file = browser.get("/chats.csv", query)
    assert file.status_code == (422 if said else 200)
    assert not said or said in file.content.decode()


def test_a_foreign_site_or_operator_is_as_one_that_isn_t_there(acme, zen, browser):
    add_chat(acme, 1, NOW)
    foreign, unknown = str(zen.sites.first().pk), str(uuid.uuid4())
    pages = [browser.get("/chats/", {"site": one}).content.decode().replace(one, "ID") for one in (foreign, unknown)]
    without_nonce = [re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", page) for page in pages]
    assert without_nonce[0] == without_nonce[1]


def test_links_keep_filters_and_the_page_of_the_list(acme, browser):
    for number in range(1, 53):
        add_chat(acme, number, NOW + timedelta(minutes=number), said=("schoenveter",))
    first = squeezed(browser.get("/chats/", {"q": "schoenveter", "rating": "none"}).content.decode())
    older = re.search(r'<a class="btn btn--s" href="([^"]+)" rel="next"', first)
    assert older is not None
    second = squeezed(browser.get(older[1].replace("&amp;", "&")).content.decode())
    assert "Bezoeker 2<" in second
    assert "Bezoeker 3<" not in second
    link = re.search(r'href="(/chats/[0-9a-f-]{36}/[^"]*)"', second)
    assert link is not None
    opened = squeezed(browser.get(link[1].replace("&amp;", "&").split("#")[0]).content.decode())
    assert 'aria-current="true"' in opened
    assert 'value="schoenveter"' in opened
    back = re.search(r'class="chatback"><a class="btn" href="([^"]+)"', opened)
    assert back is not None
    assert text_of(browser.get(back[1].replace("&amp;", "&")).content.decode()) == text_of(second)


def test_nothing_found_says_what_to_do(acme, browser):
    assert "Nog geen chats. Zodra de code op je site staat, komen ze hier." in read(browser, "/chats/")
    add_chat(acme, 1, NOW)
    page = browser.get("/chats/", {"q": "retourlabel", "month": "2026-10"}).content.decode()
    assert "Geen gesprek met “retourlabel” op deze dagen." in text_of(page)
    assert 'href="/chats/?q=retourlabel">Zoek in alle dagen' in page
    assert "Geen gesprek met “&lt;b&gt;”" in browser.get("/chats/", {"q": "<b>"}).content.decode()
    assert "Geen chat past bij deze filters." in read(browser, "/chats/", outcome="lead")


def test_the_file_has_the_same_chats_and_is_harmless_in_a_spreadsheet(acme, browser, maud):
    set_price(company=acme, amount=Decimal("1.45"), valid_from=NOW.date(), by=maud, now=NOW)
    add_chat(acme, 1, NOW, said=("=1+1; veters",), name="@Sum", good=False)
    add_chat(acme, 2, NOW + timedelta(minutes=1), waited=None, lasted=60, close_reason="left")
    charge_settled()
    answer = browser.get("/chats.csv", {"q": "veters"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="chats-acme.csv"'
    rows = answer.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert rows[0].startswith("Chat;Binnengekomen;Gesloten;Site;Bezoeker;")
    assert rows[1].startswith("1;2026-11-20 13:00:00;2026-11-20 13:04:00;Acme Schoenen site;'@Sum;")
    assert '"\'=1+1; veters"' in rows[1]
    assert ";7,0;Niet goed;1,45;" in rows[1]
    both = browser.get("/chats.csv").content.decode("utf-8-sig").splitlines()
    assert len(both) == 3
    assert ";Weggegaan zonder antwoord;;Geen oordeel;0,00;" in both[1]


def test_the_transcript_costs_the_same_for_a_short_and_a_long_list(acme, browser, django_assert_max_num_queries):
    record = add_chat(acme, 1, NOW, good=True)
    for number in range(2, 42):
        add_chat(acme, number, NOW + timedelta(minutes=number))
    browser.get("/chats/")
    with django_assert_max_num_queries(40):
        browser.get(f"/chats/{record.pk}/")


@pytest.mark.shared_data
def test_naughty_strings_are_text_in_list_transcript_and_file(acme, browser):
    import json
    from html import escape

    from tests.conftest import SHARED_DATA

    strings = json.loads((SHARED_DATA / "naughty_strings.json").read_text())
    texts = [string.replace("\x00", "") for string in strings if string.strip("\x00 ")]
    record = add_chat(acme, 1, NOW, said=tuple(texts), name=texts[-1][:100], good=True, words=texts[5])
    page = browser.get(f"/chats/{record.pk}/").content.decode()
    body = page[page.index("tr__log") : page.index("</article>")]
    for text in texts:
        assert escape(text) in body
    assert set(re.findall(r"<(\w+)", body)) <= {
        "p", "span", "svg", "path", "footer", "section", "h3", "ol", "li", "circle", "div", "ul", "a", "dl",
    }  # fmt: skip
    assert browser.get("/chats.csv").status_code == 200
