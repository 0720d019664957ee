"""Every text of every inbound frame is cleaned, wherever in the frame it is and whatever is done with it."""

import json
from collections.abc import Iterator
from datetime import date
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from agency.domain import text
from chat.domain import frames
from chat.domain.frames import fields
from chat.domain.text import TEXT_LIMIT
from tests.contracts import protocol_page

HOSTILE = "a\x00b\ud83dc\x1b\u2028d"
SIDES = [
    ("Visitor commands", frames.VISITOR_FRAMES, frames.parse_visitor),
    ("Console commands", frames.CONSOLE_FRAMES, frames.parse_console),
]
# Texts of a person in a chat: kept to the letter, or refused by `chat.realtime.clean_input.checked`.
BODIES = {
    ("VisitorPost", "body"),
    ("ConsolePost", "body"),
    ("QuestionPost", "body"),
    ("LeadPost", "body"),
    ("ChatTransfer", "note"),
}


def parts(kind: Any) -> Iterator[Any]:
    """The types that a field's type is made of."""
    if get_origin(kind) in (Union, UnionType):
        for inner in get_args(kind):
            yield from parts(inner)
    elif hasattr(kind, "__metadata__"):
        yield from parts(kind.__origin__)
    else:
        yield kind


def texts_of(part: type[fields.Inbound], *above: str) -> Iterator[tuple[str, ...]]:
    """The path of every text in a frame."""
    for name, kind in get_type_hints(part, include_extras=True).items():
        if any(getattr(meta, "pattern", None) for meta in getattr(kind, "__metadata__", ())):
            continue  # only what fits the pattern passes, and nothing hostile does
        for inner in parts(kind):
            if inner is str:
                yield (*above, name)
            elif isinstance(inner, type) and issubclass(inner, fields.Inbound):
                yield from texts_of(inner, *above, name)
            else:
                # A container would carry texts that nothing cleans.
                plain = inner in (int, bool, UUID, date, NoneType) or get_origin(inner) is Literal
                assert plain, f"{part.__name__}.{name}: {inner}"


CASES = [
    pytest.param(heading, cls, parse, path, id=f"{cls.__name__}-{'.'.join(path)}")
    for heading, classes, parse in SIDES
    for cls in classes
    for path in texts_of(cls)
]


def test_there_are_texts() -> None:
    assert len(CASES) > 15


@pytest.mark.parametrize(("heading", "cls", "parse", "path"), CASES)
def test_a_text_is_cleaned_while_its_frame_is_parsed(heading: str, cls: Any, parse: Any, path: tuple[str, ...]) -> None:
    frame = protocol_page.sections(heading)[cls.__struct_config__.tag].example
    place = frame
    for name in path[:-1]:
        place = place[name]
    # The shortest limit is that of a language: 5 characters.
    place[path[-1]] = HOSTILE if path[-1] != "language" else HOSTILE[:5]
    value = parse(json.dumps(frame))
    for name in path:
        value = getattr(value, name)
    if (cls.__name__, path[-1]) in BODIES:
        assert value == "a\x00b\ufffdc\x1b\nd"
        assert text.problem(value, TEXT_LIMIT) == "nul"
    else:
        # How white space is joined is the text's own rule; nothing hostile is left by any.
        assert set(value) <= set("ab\ufffdcd \n")
        assert "b\ufffdc" in value


def test_half_a_character_in_a_title_refuses_no_frame() -> None:
    raw = r'{"type":"hello","page":{"url":"https://x.example/","title":"Schoen \ud83d"}}'
    frame = frames.parse_visitor(raw)
    assert isinstance(frame, frames.VisitorHello)
    assert frame.page is not None
    assert frame.page.title == "Schoen \ufffd"


@pytest.mark.parametrize("raw", [r'{"type":"typing","on":"\ud83d"}', r'{"a":"\ud83d"', r"\ud83d"])
def test_half_a_character_makes_no_frame_of_what_is_none(raw: str) -> None:
    with pytest.raises(frames.BadFrame):
        frames.parse_visitor(raw)


def test_a_rating_keeps_its_lines() -> None:
    frame = protocol_page.sections("Visitor commands")["chat.rate"].example
    parsed = frames.parse_visitor(json.dumps({**frame, "words": " Snel\r\nen \x00goed\r"}))
    assert isinstance(parsed, frames.ChatRate)
    assert parsed.words == "Snel\nen goed"


def test_what_composing_lengthens_is_cut_at_its_limit() -> None:
    # U+0958 is composed of two characters, and never of one.
    page = {"url": "https://x.example/", "title": "\u0958" * 300}
    parsed = frames.parse_visitor(json.dumps({"type": "page.view", "page": page}))
    assert isinstance(parsed, frames.VisitorPage)
    assert parsed.page.title == "\u0915\u093c" * 150
