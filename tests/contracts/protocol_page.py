"""The page docs/protocol.md as data: sections, examples, tables. It is read once, and tests compare code with it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text()


@dataclass(frozen=True)
class Section:
    """One frame or event: the text under its heading, and the example in it."""

    name: str
    text: str

    @property
    def examples(self) -> list[str]:
        """Every JSON example of the section, as written."""
        return re.findall(r"```json\n(.*?)\n```", self.text, re.DOTALL)

    @property
    def example(self) -> dict[str, Any]:
        """The first example, parsed."""
        return json.loads(self.examples[0])

    @property
    def errors(self) -> set[str]:
        """The codes after `Errors:` in the section."""
        found = re.search(r"Errors: (.*?)\.\s*\n", self.text)
        named = re.sub(r"\([^)]*\)", "", found[1]) if found else ""
        return set(re.findall(r"`([a-z_]+)`", named))


def sections(heading: str) -> dict[str, Section]:
    """Return the `####` sections under a `###` heading, by name."""
    part = _under(PAGE, "###", heading)
    pieces = re.split(r"^#### (.+)$", part, flags=re.MULTILINE)[1:]
    return {name: Section(name, text) for name, text in zip(pieces[::2], pieces[1::2], strict=True)}


def repeated(heading: str) -> list[str]:
    """Names that have more than one section under a heading."""
    names = re.findall(r"^#### (.+)$", _under(PAGE, "###", heading), flags=re.MULTILINE)
    return sorted({name for name in names if names.count(name) > 1})


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table under a `##` heading, without its head."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in _under(PAGE, "##", heading).splitlines()
        if line.startswith("|")
    ]
    return rows[2:]


def error_codes() -> dict[str, str]:
    """Return every code of the error table, with what becomes of the socket."""
    return {code: row[2] for row in table("Errors") for code in re.findall(r"`([a-z_]+)`", row[0])}


def _under(text: str, level: str, heading: str) -> str:
    found = re.search(
        rf"^{level} {re.escape(heading)}[^\n]*\n(.*?)(?=^#{{2,{len(level)}}} |\Z)",
        text,
        re.DOTALL | re.MULTILINE,
    )
    assert found, f"docs/protocol.md has no {level} {heading}"
    return found[1]
