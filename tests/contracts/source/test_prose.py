"""The prose of docstrings and comments: no semicolon in a first paragraph, and few lines that begin with a question."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.contracts.source.test_shape import PYTHON, ROOT

# Lines beginning with Who, What or Whoever that read well all the same.
MOST = 30
ASKING = re.compile(r"^\s*(?:#\s*)?(?:Who|What|Whoever)\b")


def docstrings() -> Iterator[tuple[str, str]]:
    for path in PYTHON:
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                text = ast.get_docstring(node)
                if text:
                    yield f"{path}:{getattr(node, 'name', '')}", text


@pytest.fixture(scope="module")
def words() -> list[tuple[str, str]]:
    return list(docstrings())


def test_no_docstring_goes_on_behind_a_semicolon_in_its_first_paragraph(words: list[tuple[str, str]]) -> None:
    firsts = {name: re.split(r"\n\s*\n", text)[0] for name, text in words}
    assert {name: first for name, first in firsts.items() if ";" in first} == {}


def test_few_lines_begin_with_who_or_what(words: list[tuple[str, str]]) -> None:
    said = [line for _, text in words for line in text.splitlines() if ASKING.match(line)]
    remarks = [
        line
        for path in PYTHON
        for line in (ROOT / path).read_text().splitlines()
        if line.lstrip().startswith("#") and ASKING.match(line)
    ]
    assert len(said) + len(remarks) <= MOST, [*said, *remarks]
