"""The words of each trade: all there, in one tone, within every limit, and their gaps told from other brackets."""

import re

import pytest

from agency.domain.sites.page_paths import pattern_problem
from chat.domain.targeting import Greeting, PageVisit, choose_greeting
from chat.domain.texts import wording
from chat.domain.texts.trades import FILES, OTHER, TRADES, fill, guess_trade, open_marks, propose_texts, without_gaps

VOICES = [("nl", "je"), ("nl", "u"), ("en", "je")]
INFORMAL, FORMAL = re.compile(r"\b(je|jij|jou|jouw)\b", re.IGNORECASE), re.compile(r"\b(u|uw)\b", re.IGNORECASE)


@pytest.mark.parametrize("trade", [*TRADES, OTHER])
@pytest.mark.parametrize(("language", "tone"), VOICES)
def test_a_trade_has_all_kinds_within_their_limits(trade: str, language: str, tone: str) -> None:
    texts = propose_texts(trade, language, tone, "Loopwijzer")
    assert len({(text["kind"], text["key"]) for text in texts}) == len(texts)
    by_kind = {kind: [text for text in texts if text["kind"] == kind] for kind in ("greeting", "canned")}
    assert [text["kind"] for text in texts].count("script") == 1
    assert [text["kind"] for text in texts].count("instruction") == 1
    assert len(by_kind["greeting"]) >= 3
    assert len(by_kind["canned"]) >= (5 if trade == OTHER else 8)
    for text in texts:
        said, data = f"{text['title']} {text['body']} {text['data']}", text["data"]
        assert not re.search(r"\{[^{}]*\||%\(", said), text
        assert len(text["body"]) <= wording.LIMITS.get(text["kind"], 0)
        assert 0 < len(text["title"]) <= wording.TITLE_LIMIT
        assert not wording.unknown_variables(text["body"])
        assert len(data.get("why", "")) <= wording.WHY_LIMIT
        assert len(data.get("starts", [])) <= wording.MOST_STARTS
        assert all(len(start) <= wording.START_LIMIT for start in data.get("starts", []))
        assert not any(map(pattern_problem, data.get("patterns", [])))
        assert wording.SHORTCUT.match(text["key"])
    steps = next(text["data"]["steps"] for text in texts if text["kind"] == "script")
    assert 6 <= len(steps) <= 10
    assert all(len(step["text"]) <= wording.STEP_LIMIT for step in steps)


@pytest.mark.parametrize("trade", TRADES)
def test_one_tone_speaks_to_visitors(trade: str) -> None:
    for tone, other in (("je", FORMAL), ("u", INFORMAL)):
        for text in propose_texts(trade, "nl", tone, "Loopwijzer"):
            if text["kind"] in ("greeting", "canned"):
                assert not other.search(text["body"]), text["body"]


@pytest.mark.parametrize("trade", TRADES)
def test_both_languages_say_the_same_things(trade: str) -> None:
    dutch, english = FILES[trade, "nl"], FILES[trade, "en"]
    for kind in ("greeting", "canned"):
        assert len(dutch[kind]) == len(english[kind])
    assert len(dutch["script"]["steps"]) == len(english["script"]["steps"])
    marks = [len(re.findall(r"\[[^\]\n]+\]", file["instruction"]["body"])) for file in (dutch, english)]
    assert marks[0] == marks[1] > 3


@pytest.mark.parametrize("trade", TRADES)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_gets_a_greeting(trade: str, language: str) -> None:
    greetings = [
        Greeting(text["key"], {"patterns": text["data"]["patterns"]}, text["body"])
        for text in propose_texts(trade, language, "u", "Loopwijzer")
        if text["kind"] == "greeting"
    ]
    assert choose_greeting(greetings, PageVisit("https://x.test/any/page"))


def test_a_fact_fills_its_gap_and_the_others_stay_open() -> None:
    texts = propose_texts("shop", "nl", "je", "Loopwijzer", {"phone": "085 123 45 67"})
    body = next(text["body"] for text in texts if text["kind"] == "instruction")
    assert "Telefoon: 085 123 45 67\n" in body
    assert "openingstijden" in open_marks(body)
    assert "telefoon" not in open_marks(body)
    assert open_marks("[levering] en [levering] [iets van henzelf]") == ["levering"]
    assert fill("[openingstijden] [wat anders]", {"hours": "ma-vr"}) == "ma-vr [wat anders]"


def test_lines_with_gaps_are_left_out_with_the_headings_that_stand_empty() -> None:
    words = "Over ons\n\nLevering\n[levering]\n\nBereikbaar\nTelefoon: 085\nMail: [mail]\n\nNooit\nIets beloven."
    assert without_gaps(words) == "Over ons\n\nBereikbaar\nTelefoon: 085\n\nNooit\nIets beloven."
    for trade in TRADES:
        body = next(t["body"] for t in propose_texts(trade, "nl", "u", "X") if t["kind"] == "instruction")
        assert not open_marks(without_gaps(body))


def test_a_site_s_words_say_its_trade() -> None:
    assert guess_trade(["kwh", "stroom", "gas", "energie", "en", "overstappen"]) == "energy"
    assert guess_trade(["hallo", "wij", "zijn", "er", "voor", "u"]) == ""
