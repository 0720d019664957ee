"""docs/protocol.md and the code say the same: every frame, every event, every error code, every limit."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings

from agency.live.outlet import TOO_FAST, TOO_SLOW, UNSENT_LIMIT
from agency.services.system import rate_limits
from chat.domain import events, frames, text
from chat.live import writer
from chat.realtime import auth, commands, direct, frame_budget
from chat.realtime.console import socket as console_socket
from chat.realtime.widget import longpoll
from chat.realtime.widget import socket as widget_socket
from tests.contracts import protocol_page

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    pytest.param(f"{side} commands", cls, parse, id=f"{side}-{cls.__struct_config__.tag}")
    for side, classes, parse in (
        ("Visitor", frames.VISITOR_FRAMES, frames.parse_visitor),
        ("Console", frames.CONSOLE_FRAMES, frames.parse_console),
    )
    for cls in classes
]
EVENTS = [
    pytest.param(f"{side} events", cls, id=f"{side}-{cls.__struct_config__.tag}")
    for side, classes in (("Visitor", events.VISITOR_EVENTS), ("Console", events.CONSOLE_EVENTS))
    for cls in classes
]
REGISTRIES = [
    ("Visitor commands", frames.VISITOR_FRAMES),
    ("Console commands", frames.CONSOLE_FRAMES),
    ("Visitor events", events.VISITOR_EVENTS),
    ("Console events", events.CONSOLE_EVENTS),
]


@pytest.mark.parametrize(("heading", "classes"), REGISTRIES)
def test_every_class_has_one_section_and_every_section_a_class(heading: str, classes: tuple[type, ...]) -> None:
    tags = {cls.__struct_config__.tag for cls in classes}  # type: ignore[attr-defined]
    assert set(protocol_page.sections(heading)) == tags
    assert protocol_page.repeated(heading) == []


@pytest.mark.parametrize(("heading", "cls", "parse"), COMMANDS)
def test_a_command_is_parsed_by_its_own_class_and_shows_every_field(heading: str, cls: Any, parse: Any) -> None:
    section = protocol_page.sections(heading)[cls.__struct_config__.tag]
    assert section.examples, f"{heading}, {section.name}: no JSON example"
    for example in section.examples:
        frame = parse(example)
        assert type(frame) is cls
        assert _plain(json.loads(msgspec.json.encode(frame))) == _plain(json.loads(example))


@pytest.mark.parametrize(("heading", "cls"), EVENTS)
def test_an_event_is_what_its_class_writes(heading: str, cls: Any) -> None:
    section = protocol_page.sections(heading)[cls.__struct_config__.tag]
    assert section.examples, f"{heading}, {section.name}: no JSON example"
    for example in section.examples:
        event = msgspec.json.decode(example, type=cls)
        assert _plain(json.loads(events.encode(event))) == _plain(json.loads(example))


def test_every_event_class_is_heard_by_somebody() -> None:
    registered = {*events.VISITOR_EVENTS, *events.CONSOLE_EVENTS}
    assert set(events.Event.__subclasses__()) == registered


def test_every_frame_class_is_a_command_of_one_side() -> None:
    sides = {frames.VisitorFrame, frames.ConsoleFrame}
    assert set(frames.Frame.__subclasses__()) == sides
    assert not {deeper for side in sides for frame in side.__subclasses__() for deeper in frame.__subclasses__()}


@pytest.mark.parametrize(
    ("side", "kinds"), [(widget_socket, frames.VISITOR_FRAMES), (console_socket, frames.CONSOLE_FRAMES)]
)
def test_each_command_is_answered_by_a_function_of_its_side(side: Any, kinds: tuple[type[frames.Frame], ...]) -> None:
    own = {module.__name__ for module in (side, *side.FAMILIES)}
    assert {kind for kind, function in commands.COMMANDS.items() if function.__module__ in own} == set(kinds)


def test_the_error_table_is_what_an_error_may_say() -> None:
    assert tuple(protocol_page.error_codes()) == events.ERROR_CODES


def test_no_error_says_what_isn_t_in_the_table() -> None:
    with pytest.raises(ValueError, match="not a code of the wire: 'gone'"):
        events.Error("gone")


@pytest.mark.parametrize("heading", ["Visitor commands", "Console commands"])
def test_errors_named_at_a_command_are_in_the_table(heading: str) -> None:
    known = set(protocol_page.error_codes())
    unknown = {
        name: section.errors - known
        for name, section in protocol_page.sections(heading).items()
        if section.errors - known
    }
    assert unknown == {}


def test_the_close_codes_of_the_page_are_the_constants() -> None:
    constants = {
        direct.BAD_FRAME,
        direct.SIGNED_OUT,
        direct.FORBIDDEN,
        direct.UNKNOWN,
        direct.NO_HELLO,
        TOO_FAST,
        TOO_SLOW,
    }
    said = re.findall(r"closed? (4[0-9]{3})\b", protocol_page.PAGE)
    assert {int(code) for code in said} == constants


def test_the_limits_of_the_page_are_the_constants() -> None:
    said = {row[0]: row[1] for row in protocol_page.table("Limits")}
    assert _numbers(said["frame"]) == [frames.FRAME_LIMIT // 1024]
    assert _numbers(said["text"]) == [1, text.TEXT_LIMIT]
    for of in ("frames of one visitor", "messages of one person in a chat"):
        assert _numbers(said[of]) == [settings.FRAME_RATE, settings.FRAME_BURST]
    assert _numbers(said["sockets of one visitor"]) == [frame_budget.MAX_SOCKETS]
    sessions = [longpoll.MAX_OF_ADDRESS, longpoll.MAX_OF_SITE, longpoll.MAX_SESSIONS]
    assert _numbers(said["long-poll sessions"]) == sessions
    assert _numbers(said["waiting in a socket"]) == [writer.MAX_PENDING, UNSENT_LIMIT // 1024]
    assert _numbers(said["first frame"]) == [direct.HELLO_WITHIN]
    assert f"older than {auth.TOKEN_AGE // 86_400} days" in protocol_page.PAGE


def test_the_limits_of_the_operations_page_are_the_constants() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d,]+) \| (\d+) min \|$", page, re.MULTILINE)
    said = {kind: (int(most.replace(",", "")), int(within) * 60) for kind, most, within in rows}
    assert said == {limit.kind: (limit.most, limit.within) for limit in rate_limits.ALL}


def _plain(value: Any) -> Any:
    """JSON with times made comparable: `.512Z` and `.512000Z` are the same moment."""
    if isinstance(value, dict):
        return {key: _plain(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_plain(held) for held in value]
    if isinstance(value, str) and re.match(r"^\d{4}-\d\d-\d\dT[\d:.]+Z$", value):
        return datetime.fromisoformat(value)
    return value


def _numbers(said: str) -> list[float]:
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*", said)]
