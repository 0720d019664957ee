"""What an event is on the wire: answers leave out what they have nothing to say of, all else is said."""

import uuid
from collections.abc import Iterator

import pytest
from msgspec import NODEFAULT, Struct, convert, json, structs, to_builtins

from chat.domain import events, frames

ID = uuid.UUID(int=1)


def test_an_ack_of_a_command_that_wrote_no_message_names_the_command_alone() -> None:
    assert json.decode(events.encode(events.Ack(ID))) == {"type": "ack", "client_id": str(ID)}
    assert json.decode(events.encode(events.Ack(ID, seq=3))) == {"type": "ack", "client_id": str(ID), "seq": 3}


def test_an_error_without_a_command_is_its_code() -> None:
    assert json.decode(events.encode(events.Error("too_fast"))) == {"type": "error", "code": "too_fast"}


def test_a_message_says_everything_also_what_is_empty() -> None:
    posted = events.MessagePosted(ID, events.WireMessage(1, "hidden"))
    message = json.decode(events.encode(posted))["message"]
    assert sorted(message) == sorted(events.WireMessage.__struct_fields__)
    assert message["data"] == {}


def list_structs(kind: type[Struct]) -> Iterator[type[Struct]]:
    """Everything that goes over the wire, from a base on."""
    for one in kind.__subclasses__():
        yield one
        yield from list_structs(one)


WIRE = [one for one in list_structs(Struct) if one.__module__.startswith((events.__name__, frames.__name__))]


@pytest.mark.parametrize("kind", WIRE)
def test_what_is_left_out_is_of_the_kind_that_is_promised(kind: type[Struct]) -> None:
    for field in structs.fields(kind):
        if field.default is not NODEFAULT:
            convert(to_builtins(field.default), field.type)
