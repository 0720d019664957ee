"""Every limit of every field of each inbound frame: at the limit it is taken whole, one past it it is refused."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from chat.domain import frames
from tests.contracts import protocol_page

SIDES = [
    ("Visitor commands", frames.VISITOR_FRAMES, frames.parse_visitor),
    ("Console commands", frames.CONSOLE_FRAMES, frames.parse_console),
]
Path = tuple[str, ...]


def bounds(kind: inspect.Type, *path: str) -> Iterator[tuple[Path, Any, Any]]:
    """Where a limit is, the outermost value that it allows, and the first one that it doesn't."""
    match kind:
        case inspect.StructType():
            for field in kind.fields:
                yield from bounds(field.type, *path, field.encode_name)
        case inspect.UnionType():
            for one in kind.types:
                yield from bounds(one, *path)
        case inspect.Metadata():
            yield from bounds(kind.type, *path)
        case inspect.StrType():
            if kind.max_length is not None:
                yield path, "x" * kind.max_length, "x" * (kind.max_length + 1)
            if kind.min_length is not None:
                yield path, "x" * kind.min_length, "x" * (kind.min_length - 1)
        case inspect.IntType():
            if kind.le is not None:
                yield path, kind.le, kind.le + 1
            if kind.ge is not None:
                yield path, kind.ge, kind.ge - 1


CASES = [
    pytest.param(heading, cls, parse, *case, id=f"{cls.__name__}-{'.'.join(case[0])}-{str(case[1])[:10]}")
    for heading, classes, parse in SIDES
    for cls in classes
    for case in bounds(inspect.type_info(cls))
]


def test_there_are_limits() -> None:
    assert len(CASES) > 60


def test_every_number_has_both_ends() -> None:
    """PostgreSQL's integer ends where a frame's does: a larger one would end a batch of the writer's."""
    seen: dict[tuple[str, Path], set[int]] = {}
    for _heading, cls, _parse, path, allowed, _refused in (case.values for case in CASES):
        if isinstance(allowed, int):
            seen.setdefault((cls.__name__, path), set()).add(allowed)
    assert all(min(ends) in (0, 1) and max(ends) == 2**31 - 1 for ends in seen.values()), seen


@pytest.mark.parametrize(("heading", "cls", "parse", "path", "allowed", "refused"), CASES)
def test_at_the_limit_and_one_past_it(
    heading: str, cls: type[msgspec.Struct], parse: Any, path: Path, allowed: Any, refused: Any
) -> None:
    def frame(value: Any) -> str:
        made = protocol_page.sections(heading)[str(cls.__struct_config__.tag)].example
        place = made
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value
        return json.dumps(made)

    taken = parse(frame(allowed))
    for name in path:
        taken = getattr(taken, name)
    assert taken == allowed
    with pytest.raises(frames.BadFrame, match=path[-1]):
        parse(frame(refused))
