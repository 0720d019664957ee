"""Mails as a mail program shows them, the page behind their buttons, and the manager's list, in a real browser."""

import uuid
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from agency.models import OutboxRow, User
from agency.services import alarms
from chat.models import Delivery, Rating
from chat.services.finished.rate import rating_token
from chat.services.mail import deliveries, transcript_letter
from chat.services.mail.deliveries import OutgoingMail
from tenants.context import in_company
from tenants.models import Company
from tests.browser.conftest import Desk, sign_in
from tests.browser.looking import Look, each_look, look_at
from tests.cast import ACME_SITE
from tests.chat.services.mail.transcripts import ask, talk
from tests.chat.views.test_rating import ended_chat

pytestmark = pytest.mark.browser

LOOKS = [Look(680, 800), Look(390, 800, "dark"), Look(320, 800)]


def test_a_transcript_reads_well(chromium: Browser, committed: None, tmp_path: Path) -> None:
    acme = Company.objects.get(slug="acme")
    chat = talk(acme, name="Marieke " + "van Zeer Lange Naam" * 4)
    ask(acme, chat)
    with in_company(acme):
        delivery = Delivery.objects.get(kind="transcript")
        rendered = {
            "transcript": transcript_letter.render_transcript(delivery, acme).html,
            "copy": transcript_letter.render_copy(delivery, acme).html,
        }
    window = chromium.new_context()
    page = window.new_page()
    for name, html in rendered.items():
        file = tmp_path / f"{name}.html"
        file.write_text(html)
        page.goto(file.as_uri())
        for _ in each_look(page, LOOKS):
            look_at(page)
            expect(page.get_by_text("Mijn maat is 39")).to_be_visible()
    window.close()


def test_one_press_rates(chromium: Browser, desk: Desk, committed: None) -> None:
    acme = Company.objects.get(slug="acme")
    link = f"/rating/{rating_token(acme, ended_chat(ACME_SITE))}/"
    window = chromium.new_context()
    page = window.new_page()
    page.goto(desk.url(f"{link}?good=0", host="acme.localhost"))
    for _ in each_look(page, LOOKS):
        look_at(page)
        expect(page.locator(".entrance__foot")).to_be_in_viewport(ratio=1)
    # A line at the foot of a finger's room (44 px) stood apart from its word.
    expect(page.get_by_role("button", name="Nederlands")).to_have_css("text-decoration-line", "underline")
    expect(page.get_by_label("Nee", exact=True)).to_be_checked()
    page.get_by_role("button", name="Verstuur oordeel").click()
    expect(page.get_by_text("Bewaard. Dank je wel.")).to_be_visible()
    for _ in each_look(page, LOOKS):
        look_at(page)
    with in_company(acme):
        assert [(rating.good, rating.source) for rating in Rating.objects.all()] == [(False, "mail")]
    page.goto(desk.url("/rating/x/", host="acme.localhost"))
    for _ in each_look(page, LOOKS):
        look_at(page)
    window.close()


def test_a_manager_deals_with_a_dead_mail(chromium: Browser, desk: Desk, committed: None) -> None:
    looks = [Look(1280, 800), Look(320, 800, "dark")]
    acme = Company.objects.get(slug="acme")
    for number, (state, error, reply) in enumerate([("dead", "refused", 550), ("queued", "later", 451)]):
        mail = OutgoingMail(
            kind="transcript",
            object_id=uuid.uuid4(),
            recipient="jan@voorbeeld.example",
            subject=f"Gesprek {number}",
            text="x",
        )
        delivery = deliveries.queue(mail, company=acme, now=timezone.now())
        OutboxRow.objects.filter(object_id=delivery.pk).update(state=state, error=error, reply=reply, attempts=1)
    alarms.count_alarms(timezone.now())
    User.objects.filter(email="maud@balie.test").update(language="nl")
    window = chromium.new_context()
    page = window.new_page()
    sign_in(page, desk.url("/accounts/login/"), "maud@balie.test")
    page.get_by_role("link", name="Bekijk welke").click()
    expect(page.get_by_text("Het adres is door zijn mailserver geweigerd (550).")).to_be_visible()
    for _ in each_look(page, looks):
        look_at(page)
    page.get_by_role("button", name="Laat maar").click()
    expect(page.get_by_text("De mail is van de lijst.")).to_be_visible()
    expect(page.get_by_role("link", name="Bekijk welke")).to_have_count(0)
    for _ in each_look(page, looks):
        look_at(page)
    window.close()
