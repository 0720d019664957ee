"""One chat followed to its end: rated, mailed, found by its company, on its bill and in the manager's report."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from email.message import EmailMessage

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from agency.services.mail import outbox
from billing.models import Price
from billing.services.charging import charge_settled
from tenants.models import Company
from tests.agency.services.mail.sink import Sink, mail_server
from tests.browser.conftest import Desk, sign_in_by_form
from tests.browser.websites import Websites, at_the_desk, window_of
from tests.browser.widget.test_conversation import answer, write
from tests.cast import ACME_SITE

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("dispatcher", "committed")]

NOTE = "Klant klinkt gehaast, nog terugbellen"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Where mail arrives."""
    with mail_server() as sink:
        yield sink


def test_a_chat_from_the_first_word_to_the_bill(chromium: Browser, desk: Desk, sites: Websites, sink: Sink) -> None:
    acme = Company.objects.get(slug="acme")
    Price.objects.create(company=acme, valid_from=timezone.localdate() - timedelta(days=1), amount=Decimal("3.75"))
    with window_of(chromium) as at_desk, window_of(chromium, base_url=sites.acme) as at_home:
        alice = at_the_desk(at_desk, desk, "alice@balie.test")
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        marieke = at_home.new_page()
        answer_and_wrap_up(marieke, alice)
        rate_and_ask_for_a_mail(marieke)

    assert work() == (1, 1)
    html = read_the_mail(sink)

    with window_of(chromium) as at_home:
        rate_from(html, desk, at_home.new_page())
    with window_of(chromium) as at_acme:
        find_in_the_portal(desk, at_acme.new_page())
    with window_of(chromium) as at_desk:
        read_the_report(desk, acme, at_desk.new_page())


def answer_and_wrap_up(marieke: Page, alice: Page) -> None:
    """A question, its answer, a note for colleagues, the end."""
    marieke.goto("/schoenen/veluwe-4")
    marieke.get_by_role("button", name="Vraag het ons").click()
    write(marieke, "Valt de Veluwe klein?")
    expect(alice.get_by_role("region", name="Nieuw aanbod")).to_contain_text("Acme Schoenen")
    alice.keyboard.press("Alt+a")
    answer(alice, "Ja, neem een halve maat groter.")
    expect(marieke.get_by_text("Ja, neem een halve maat groter.")).to_be_visible()
    alice.keyboard.press("Alt+i")
    alice.get_by_role("textbox").last.fill(NOTE)
    alice.keyboard.press("Enter")
    expect(alice.get_by_text(NOTE, exact=True)).to_be_visible()
    alice.keyboard.press("Alt+w")
    alice.keyboard.press("1")
    alice.keyboard.press("Enter")


def rate_and_ask_for_a_mail(marieke: Page) -> None:
    """The visitor was helped, and wants the conversation by mail."""
    marieke.get_by_role("button", name="Ja").click()
    expect(marieke.get_by_text("Bewaard", exact=True)).to_be_visible()
    marieke.get_by_label("Gesprek per mail ontvangen").fill("marieke@voorbeeld.example")
    marieke.keyboard.press("Enter")
    expect(marieke.get_by_text("Onderweg naar marieke@voorbeeld.example")).to_be_visible()


def read_the_mail(sink: Sink) -> str:
    """Check that the mail says what was said to the visitor and nothing else. Returns its HTML."""
    [(recipients, mail, _raw)] = sink.taken
    assert recipients == ["marieke@voorbeeld.example"]
    html = body_of(mail, "html")
    for text in (html, body_of(mail, "plain")):
        assert "neem een halve maat groter" in text
        assert NOTE not in text
    return html


def work() -> tuple[int, int]:
    """Do what a worker does when it is woken: mails sent, lines charged. In a thread, as Playwright's loop runs in
    this one.
    """
    with ThreadPoolExecutor(1) as worker:
        done = worker.submit(_work)
        return done.result(30)


def _work() -> tuple[int, int]:
    try:
        return outbox.drain(now=timezone.now), charge_settled()
    finally:
        connections.close_all()


def rate_from(html: str, desk: Desk, page: Page) -> None:
    """Open the mail as a page. Its link shows what was given and lets it be changed."""
    page.set_content(html)
    expect(page.get_by_text("Ja, neem een halve maat groter.")).to_be_visible()
    link = page.get_by_role("link", name="Nee").get_attribute("href")
    assert link is not None
    # Written by this process, which knows another port than the desk's.
    page.goto(re.sub(r"^http://[^/]+", desk.url("", host="acme.localhost"), link))
    expect(page.get_by_role("heading", name="Ben je goed geholpen?")).to_be_visible()
    page.get_by_label("Nee").check(force=True)
    page.get_by_role("button", name="Oordeel veranderen").click()
    expect(page.get_by_text("Bewaard. Dank je wel.")).to_be_visible()


def find_in_the_portal(desk: Desk, page: Page) -> None:
    """Carol searches a word of it, reads it, and follows its line to the bill."""
    sign_in_by_form(page, desk.url("/accounts/login/", host="acme.localhost"), "carol@acme.test")
    page.goto(desk.url("/chats/?q=Veluwe", host="acme.localhost"))
    page.get_by_role("link", name=re.compile("Valt de Veluwe klein|Bezoeker 1")).first.click()
    expect(page.get_by_text("Ja, neem een halve maat groter.").first).to_be_visible()
    expect(page.get_by_text(NOTE)).to_have_count(0)
    expect(page.get_by_text("marieke@voorbeeld.example").first).to_be_visible()
    page.goto(desk.url("/charges/", host="acme.localhost"))
    expect(page.get_by_role("row").filter(has_text="€ 3,75").first).to_be_visible()


def read_the_report(desk: Desk, acme: Company, page: Page) -> None:
    """Maud reads that it was answered in time, and that its visitor wasn't helped well after all."""
    sign_in_by_form(page, desk.url("/accounts/login/"), "maud@balie.test")
    page.goto(desk.url(f"/manage/sla/?company={acme.pk}"))
    answered = page.get_by_text("Beantwoord", exact=True).first.locator("xpath=..")
    expect(answered).to_contain_text("1")
    expect(page.get_by_text("1 / (1 + 0)").first).to_be_visible()
    page.goto(desk.url(f"/manage/companies/{acme.pk}/chats/"))
    page.get_by_role("link", name=re.compile("Valt de Veluwe klein|Bezoeker 1")).first.click()
    expect(page.get_by_text(NOTE)).to_be_visible()


def body_of(mail: EmailMessage, kind: str) -> str:
    """Return the text or HTML of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
