"""What an event is on the wire: answers leave out what they have nothing to say of, all else is said."""

import uuid

from msgspec import json

from chat.domain import events

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
