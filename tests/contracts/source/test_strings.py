"""No module is named upwards in a text either, where import-linter can't see it."""

import ast

from tests import DATA
from tests.contracts.source.test_shape import PYTHON

ROOT = DATA.parents[1]
# The packages that each one may not name: those above it.
ABOVE = {
    "tenants": ("agency", "billing", "chat", "balie"),
    "agency": ("billing", "chat", "balie"),
    "chat": ("balie",),
    "billing": ("balie",),
}


def test_no_package_names_a_module_above_it() -> None:
    found = []
    for path in PYTHON:
        above = ABOVE.get(path.split("/")[0], ())
        for node in ast.walk(ast.parse((ROOT / path).read_text())):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and text.startswith(tuple(f"{name}." for name in above)):
                found += [f"{path}: {text}"] if is_module(text) else []
    assert found == []


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*filter(None, name.split(".")))
    return len(path.relative_to(ROOT).parts) > 1 and (
        path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()
    )
