"""The words a new company starts with: whole, in one voice, and with one greeting for every page."""

import re

import pytest

from chat.domain.targeting import Greeting, PageVisit, choose_greeting
from chat.domain.texts.templates import starter_texts

VOICES = [("nl", "je"), ("nl", "u"), ("en", "je"), ("de", "u")]


@pytest.mark.parametrize(("language", "tone"), VOICES)
def test_there_is_one_script_one_instruction_and_a_greeting_for_every_page(language: str, tone: str) -> None:
    texts = starter_texts(language, tone, "Loopwijzer")
    kinds = [text["kind"] for text in texts]
    assert kinds.count("script") == kinds.count("instruction") == 1
    assert kinds.count("greeting") >= 2
    assert kinds.count("canned") >= 4
    assert len({(text["kind"], text["key"]) for text in texts}) == len(texts)
    greetings = [
        Greeting(text["key"], {"patterns": text["data"]["patterns"]}, text["body"])
        for text in texts
        if text["kind"] == "greeting"
    ]
    assert choose_greeting(greetings, PageVisit("https://x.test/any/page"))
    contact = choose_greeting(greetings, PageVisit("https://x.test/nl/contact"))
    assert contact is not None
    assert contact.id == "contact"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_template_mark_is_left_and_the_company_is_named(language: str) -> None:
    words = repr(starter_texts(language, "u", "Loop%(x)s {a|b} & Co"))
    assert "%(company)s" not in words
    assert "Loop%(x)s" in words
    assert not re.search(r"\{[^{}]*\|[^{}]*\}", repr(starter_texts(language, "je", "Loopwijzer")))


def test_one_voice_speaks() -> None:
    formal = [
        f"{text['body']} {text['data']}"
        for text in starter_texts("nl", "u", "Loopwijzer")
        if text["kind"] in ("greeting", "canned")
    ]
    said = " ".join(re.sub(r"'why': '[^']*'", "", text) for text in formal)
    assert not re.search(r"\b(je|jij|jou|jouw)\b", said)
    informal = " ".join(text["body"] for text in starter_texts("nl", "je", "Loopwijzer") if text["kind"] == "canned")
    assert not re.search(r"\b(u|uw)\b", informal)


def test_nobody_s_change_reaches_the_next_company() -> None:
    starter_texts("nl", "je", "A")[0]["data"]["patterns"].append("/x")
    assert "/x" not in starter_texts("nl", "je", "B")[0]["data"]["patterns"]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_long_name_leaves_each_title_in_its_column(language: str) -> None:
    titles = [text["title"] for text in starter_texts(language, "u", "x" * 200)]
    assert max(map(len, titles)) == 100
