"""The shapes that JSDoc says of what travels are those of the events."""

import inspect
import re

import msgspec
import pytest

from chat.domain import events
from chat.domain.events import console, floor, talk, visitor
from tests import DATA

STATIC = DATA.parents[1] / "static"
STRUCTS = {
    name: struct
    for module in (console, floor, talk, visitor)
    for name, struct in inspect.getmembers(module, inspect.isclass)
    if issubclass(struct, msgspec.Struct)
}


def shapes(side: str) -> dict[str, set[str]]:
    """Name -> fields of each struct that a side's types name."""
    text = (STATIC / side / "types.js").read_text()
    said = re.findall(r"@typedef \{object\} (\w+)\n((?: \* @property .*\n)+)", text)
    return {
        name: set(re.findall(r"@property \{.*\} (\w+)", lines)) - {"type"} for name, lines in said if name in STRUCTS
    }


@pytest.mark.parametrize(("side", "event"), [("console", events.Snapshot), ("widget", events.Welcome)])
def test_what_javascript_reads_of_a_struct_is_sent(side: str, event: type[msgspec.Struct]):
    known = shapes(side)
    assert event.__name__ in known
    for name, fields in known.items():
        assert fields <= {field.name for field in msgspec.structs.fields(STRUCTS[name])}, name
