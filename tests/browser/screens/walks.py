"""Walks through the demo, in the order of a day, that stop wherever a picture is wanted."""

import re
from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.browser.screens.stage import Stage
from tests.browser.screens.talks import TALKS, Talk

ACME, ZEN = "acme-shop", "zen-energie"


def prepare(stage: Stage, maud: Page) -> None:
    """Give Acme's site this language, and the texts that it lacks in it."""
    _open_company(stage, maud)
    _open(maud, "sites/")
    maud.locator("a[href*='/sites/']:not([href$='/sites/']):not([href$='/new/'])").first.click()
    maud.locator("#id_language").select_option(stage.language)
    maud.locator("main form:has(#id_language) button[type=submit]").first.click()
    for kind, fields in TALKS[stage.language].texts:
        _open_company(stage, maud)
        maud.goto(f"{maud.url}texts/new/?kind={kind}")
        maud.locator("#id_language").select_option(stage.language)
        for name, value in fields.items():
            maud.fill(f"#id_{name}", value)
        maud.locator("main form:has(#id_title) button.btn--primary").click()
        expect(maud).to_have_url(re.compile("/texts/[0-9a-f-]{36}/"))


def leave_a_question(stage: Stage) -> None:
    """Nobody is there: the panel holds the question form."""
    talk = TALKS[stage.language]
    stage.wait_for(ACME, "form")
    with stage.window(390) as phone:
        page = phone.new_page()
        page.goto(stage.site(ACME, "/schoenen/veluwe-4.html"))
        page.get_by_role("button", name=talk.leave).click()
        page.get_by_role("textbox", name=talk.ask).fill(talk.question)
        stage.shoot(page, "question", 390)


def work(stage: Stage, maud: Page) -> None:
    """Three chats from the bell to the wrap-up, with what happens in between."""
    talk = TALKS[stage.language]
    with ExitStack() as windows:
        hers, his, home, second, third = (windows.enter_context(stage.window()) for _ in range(5))
        alice = stage.at_a_console(hers, "alice@balie.test")
        stage.shoot(alice, "bell")
        _hear_the_bell(alice, talk)
        stage.wait_for(ACME, "chat")
        marieke = home.new_page()
        _talk(stage, alice, marieke, talk)
        _be_offered(stage, alice, second.new_page(), talk)
        _look_around(stage, alice, talk)
        bob = stage.at_a_console(his, "bob@balie.test")
        _hear_the_bell(bob, talk)
        _ask_a_colleague(stage, alice)
        _watch_the_pool(stage, maud, alice, third.new_page(), talk)
        _lose_the_line(stage, alice)
        _finish(stage, alice, marieke, talk)


def _hear_the_bell(console: Page, talk: Talk) -> None:
    console.get_by_role("button", name=talk.bell).click()
    console.get_by_role("button", name=talk.heard).click()


def _talk(stage: Stage, alice: Page, marieke: Page, talk: Talk) -> None:
    marieke.goto(stage.site(ACME, "/schoenen/veluwe-4.html"))
    _write(marieke, talk, talk.first[0])
    _accept(alice, talk)
    _answer(alice, talk.first[1])
    expect(marieke.get_by_text(talk.first[1])).to_be_visible()
    steps = alice.locator(".step:not([aria-disabled])")
    for place in (0, 1):
        steps.nth(place).click()
    marieke.get_by_label(talk.box).fill(talk.first[2])
    marieke.keyboard.press("Enter")
    expect(alice.get_by_role("log")).to_contain_text(talk.first[2])
    for width in (1280, 390):
        stage.shoot(marieke, "widget", width)
        stage.shoot(alice, "console", width)


def _be_offered(stage: Stage, alice: Page, other: Page, talk: Talk) -> None:
    other.goto(stage.site(ZEN, "/tarieven.html"))
    _write(other, TALKS["nl"], talk.second)
    expect(alice.get_by_role("region", name=talk.offer)).to_be_visible()
    stage.shoot(alice, "offer")
    _accept(alice, talk)
    expect(alice.get_by_role("log")).to_contain_text(talk.second)
    _answer(alice, talk.reply)


def _look_around(stage: Stage, alice: Page, talk: Talk) -> None:
    _choose(alice, "Acme Schoenen")
    expect(alice.get_by_role("log")).to_contain_text(talk.first[2])
    box = alice.get_by_role("textbox").last
    box.click()
    alice.keyboard.type(talk.draft)
    expect(alice.get_by_role("option").first).to_be_visible()
    stage.shoot(alice, "canned")
    alice.keyboard.press("Escape")
    box.fill("")


def _ask_a_colleague(stage: Stage, alice: Page) -> None:
    alice.keyboard.press("Alt+o")
    expect(alice.get_by_role("option", name="Bob")).to_be_visible()
    stage.shoot(alice, "transfer")
    alice.keyboard.press("Escape")


def _watch_the_pool(stage: Stage, maud: Page, alice: Page, other: Page, talk: Talk) -> None:
    maud.goto(stage.address("/manage/pool/"))
    other.goto(stage.site(ZEN, "/storing.html"))
    _write(other, TALKS["nl"], talk.third)
    expect(maud.locator("ol.queue > li")).to_have_count(1)
    stage.shoot(maud, "pool")
    _accept(alice, talk)
    _answer(alice, talk.reply)


def _lose_the_line(stage: Stage, alice: Page) -> None:
    _choose(alice, "Acme Schoenen")
    alice.context.set_offline(True)
    expect(alice.locator(".banner").first).to_be_visible()
    stage.shoot(alice, "lost")
    alice.context.set_offline(False)
    expect(alice.locator(".banner")).to_have_count(0)


def _finish(stage: Stage, alice: Page, marieke: Page, talk: Talk) -> None:
    alice.keyboard.press("Alt+w")
    stage.shoot(alice, "wrap-up")
    alice.keyboard.press("2")
    alice.keyboard.press("Enter")
    expect(marieke.get_by_text(talk.helped)).to_be_visible()
    stage.shoot(marieke, "rating", 390)
    cards = alice.locator("a.cc")
    for left in (1, 0):
        cards.first.click()
        alice.keyboard.press("Alt+w")
        alice.keyboard.press("1")
        alice.keyboard.press("Enter")
        expect(cards).to_have_count(left)


def read_the_portal(stage: Stage) -> None:
    """Carol's month, a chat of it, and the bill."""
    with stage.window() as window:
        carol = stage.sign_in(window, "carol@acme.test", "acme.localhost")
        for path, picture in (("/", "portal"), ("/charges/", "charges")):
            carol.goto(stage.address(path, "acme.localhost"))
            stage.shoot(carol, picture)
        carol.goto(stage.address("/chats/?rating=good", "acme.localhost"))
        carol.locator("main table a[href*='/chats/']").first.click()
        stage.shoot(carol, "transcript")


def manage(stage: Stage, maud: Page) -> None:
    """Maud's pages, from the list of companies to the trail."""
    pages = (
        ("/manage/", "companies"),
        ("/manage/shifts/", "shifts"),
        ("/manage/sla/", "report"),
        ("/manage/log/", "changes"),
    )
    for path, picture in pages:
        maud.goto(stage.address(path))
        stage.shoot(maud, picture)
    for part, picture in (("operators/", "certified"), ("texts/", "texts"), ("hours/", "hours")):
        _open_company(stage, maud)
        _open(maud, part)
        stage.shoot(maud, picture)
    maud.goto(stage.address("/manage/people/"))
    maud.get_by_role("link", name="Alice Jansen").click()
    stage.shoot(maud, "person")


def _open_company(stage: Stage, maud: Page) -> None:
    maud.goto(stage.address("/manage/"))
    address = maud.locator("main a[href^='/manage/companies/']", has_text="Acme Schoenen").first.get_attribute("href")
    maud.goto(stage.address(str(address)))


def _open(page: Page, part: str) -> None:
    page.goto(f"{page.url}{part}")


def _choose(alice: Page, company: str) -> None:
    alice.locator("a.cc", has_text=company).first.click()


def _accept(alice: Page, talk: Talk) -> None:
    expect(alice.get_by_role("region", name=talk.offer)).to_be_visible()
    alice.keyboard.press("Alt+a")
    expect(alice.get_by_role("region", name=talk.offer)).to_have_count(0)


def _answer(alice: Page, text: str) -> None:
    answer = alice.get_by_role("textbox").last
    expect(answer).to_be_focused()
    answer.fill(text)
    alice.keyboard.press("Enter")
    expect(alice.get_by_role("log")).to_contain_text(text)


def _write(page: Page, talk: Talk, text: str) -> None:
    """Open the panel and begin a chat. Zen's visitors read Dutch, and are addressed by u."""
    page.get_by_role("button", name=talk.launch).click()
    page.get_by_label(re.compile(f"^({talk.box}|Uw bericht)$")).fill(text)
    page.keyboard.press("Enter")
