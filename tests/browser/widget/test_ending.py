"""The end of a chat in a real browser: one tap, some words, the chat by mail, and all of it still
there after a reload.
"""

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from chat.models import Rating, TranscriptRequest
from tenants.context import Schema, in_company
from tests.browser.conftest import Desk, open_panel, say, write
from tests.browser.looking import Look, each_look, look_at
from tests.browser.websites import at_the_desk, open_websites, window_of
from tests.cast import ACME_SITE

pytestmark = pytest.mark.browser


def closed_on(alice: Page, visitor: BrowserContext, path: str = "/schoenen/veluwe") -> Page:
    """Return a visitor whose question was answered, and whose chat the operator closed."""
    page = open_panel(visitor, path)
    write(page, "Valt de Veluwe klein?")
    say(alice, "Een halve maat.")
    expect(page.get_by_text("Een halve maat.")).to_be_visible()
    alice.evaluate("act('chat.close')")
    expect(page.get_by_role("heading", name="Ben je goed geholpen?")).to_be_visible()
    return page


def kept() -> list[tuple[bool, str]]:
    with in_company(Schema("t_acme")):
        return list(Rating.objects.values_list("good", "words"))


def asked_for() -> list[str]:
    with in_company(Schema("t_acme")):
        return list(TranscriptRequest.objects.values_list("recipient", flat=True))


def test_one_tap_words_the_mail_and_a_reload(alice: Page, visitor: BrowserContext):
    page = closed_on(alice, visitor)
    expect(page.get_by_role("heading", name="Ben je goed geholpen?")).to_be_focused()
    yes, no = page.get_by_role("button", name="Ja"), page.get_by_role("button", name="Nee")
    yes.click()
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    assert kept() == [(True, "")]
    page.get_by_label("Wat ging er goed?").fill("Snel en duidelijk")
    page.get_by_role("button", name="Verstuur oordeel").click()
    expect(page.get_by_text("Bewaard. Dank je wel.")).to_be_visible()
    assert kept() == [(True, "Snel en duidelijk")]
    no.click()
    expect(no).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Wat kon er beter?")).to_be_visible()

    mail = page.get_by_label("Gesprek per mail ontvangen")
    mail.fill("marieke@voorbeeld")
    page.get_by_role("button", name="Stuur", exact=True).click()
    expect(page.get_by_text("Dit adres mist een einde, zoals .nl")).to_be_visible()
    expect(mail).to_be_focused()
    assert mail.get_attribute("aria-describedby")
    mail.fill("marieke@voorbeeld.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Onderweg naar marieke@voorbeeld.example")).to_be_in_viewport()
    expect(mail).to_have_value("")
    assert asked_for() == ["marieke@voorbeeld.example"]

    page.reload()
    expect(page.get_by_role("button", name="Nee")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("Onderweg naar marieke@voorbeeld.example")).to_be_visible()
    assert kept() == [(False, "Snel en duidelijk")]
    page.get_by_role("button", name="Nieuw gesprek").click()
    expect(page.get_by_label("Je bericht")).to_be_visible()


def test_the_ending_waits_for_a_visitor_who_comes_back_until_it_is_put_away(alice: Page, visitor: BrowserContext):
    page = closed_on(alice, visitor)
    page.close()
    back = visitor.new_page()
    back.goto("/maattabel")
    back.get_by_role("button", name="Vraag het ons").click()
    heading = back.get_by_role("heading", name="Ben je goed geholpen?")
    expect(heading).to_be_visible()
    back.keyboard.press("Escape")
    back.goto("/winkels")
    # The server's facts of this visitor come a moment after the panel: before them there is no ending to see.
    back.get_by_role("button", name="Vraag het ons").click()
    write(back, "Nog iets")
    expect(back.get_by_text("Ontvangen", exact=True)).to_be_visible()
    expect(heading).to_have_count(0)


def test_the_mail_is_asked_for_during_the_chat_and_the_visitor_ends_it(alice: Page, visitor: BrowserContext):
    page = open_panel(visitor)
    write(page, "Valt de Veluwe klein?")
    say(alice, "Een halve maat.")
    expect(page.get_by_text("Een halve maat.")).to_be_visible()
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Gesprek per mail ontvangen").click()
    expect(page.get_by_label("Gesprek per mail ontvangen")).to_be_focused()
    page.keyboard.type("jan@voorbeeld.example")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Gaat na het gesprek naar jan@voorbeeld.example")).to_be_visible()
    page.get_by_role("button", name="Terug naar het gesprek").click()
    expect(page.get_by_label("Je bericht")).to_be_focused()
    page.get_by_role("button", name="Meer").click()
    page.get_by_role("button", name="Gesprek beëindigen").click()
    page.get_by_role("button", name="Beëindigen", exact=True).click()
    expect(page.get_by_text("Onderweg naar jan@voorbeeld.example")).to_be_visible()
    page.get_by_role("button", name="Ja").click()
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()


def test_a_tap_without_a_line_is_kept_when_it_is_back(alice: Page, visitor: BrowserContext):
    page = closed_on(alice, visitor)
    visitor.set_offline(True)
    page.evaluate("dispatchEvent(new Event('offline'))")
    page.get_by_role("button", name="Ja").click()
    expect(page.get_by_role("button", name="Ja")).to_have_attribute("aria-pressed", "true")
    visitor.set_offline(False)
    expect(page.get_by_text("Bewaard", exact=True)).to_be_visible()
    assert kept() == [(True, "")]


def test_axe_finds_nothing_and_everything_is_in_reach(alice: Page, visitor: BrowserContext):
    page = closed_on(alice, visitor, "/strict")
    for _ in each_look(page, [Look(320, 480), Look(390, 844), Look(1280, 800)]):
        page.get_by_role("button", name="Ja").click()
        page.get_by_role("button", name="Stuur", exact=True).click()
        expect(page.get_by_text("Vul je e-mailadres in")).to_be_in_viewport()
        look_at(page)
        over = page.locator(".over")
        assert over.evaluate("node => node.scrollWidth <= node.clientWidth")
        page.get_by_role("button", name="Ja").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Ja")).to_be_in_viewport(ratio=1)


def test_the_operator_sees_rating_and_transcript_while_they_wrap_up(chromium: Browser, desk: Desk, committed: None):
    with (
        open_websites(desk) as sites,
        window_of(chromium) as at_desk,
        window_of(chromium, base_url=sites.acme) as at_home,
    ):
        alice = at_the_desk(at_desk, desk, "alice@balie.test")
        sites.wait_for(ACME_SITE, sites.acme, "chat")
        page = open_panel(at_home, "/maattabel")
        write(page, "Valt de Veluwe klein?")
        alice.get_by_role("button", name="Aannemen").click()
        page.get_by_role("button", name="Meer").click()
        page.get_by_role("button", name="Gesprek per mail ontvangen").click()
        expect(page.get_by_label("Gesprek per mail ontvangen")).to_be_focused()
        page.keyboard.type("marieke@voorbeeld.example")
        page.keyboard.press("Enter")
        alice.get_by_role("tab", name="Bezoeker").click()
        side = alice.get_by_role("tabpanel")
        expect(side.get_by_text("Afschrift: gaat weg na het gesprek")).to_be_visible()
        expect(side.get_by_text("marieke@voorbeeld.example")).to_be_visible()
        page.get_by_role("button", name="Terug naar het gesprek").click()
        page.get_by_role("button", name="Meer").click()
        page.get_by_role("button", name="Gesprek beëindigen").click()
        page.get_by_role("button", name="Beëindigen", exact=True).click()
        page.get_by_role("button", name="Nee").click()
        page.get_by_label("Wat kon er beter?").fill("Ik kreeg geen antwoord")
        page.get_by_role("button", name="Verstuur oordeel").click()
        bar = alice.get_by_role("region", name="Hoe liep het af?")
        expect(bar).to_contain_text("Bezoeker: niet goed geholpen")
        expect(bar).to_contain_text("Ik kreeg geen antwoord")
        expect(bar).to_contain_text("Afschrift: onderweg")
        expect(bar).not_to_contain_text("marieke@voorbeeld.example")
        look_at(alice)
