"""The names in the docs: every path, module, command and target is there."""

import re
from collections.abc import Iterator

from django.core.management import get_commands

from tests import DATA

ROOT = DATA.parents[1]
ENTRANCE = ("README.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = [*(ROOT / name for name in ENTRANCE), *sorted((ROOT / "docs").rglob("*.md"))]
PACKAGES = "agency|balie|billing|chat|tenants|tests"
TOPS = f"{PACKAGES}|static|templates|deploy|docs|locale|demo|\\.ci"


def found(pattern: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for match in re.finditer(pattern, page.read_text()):
            yield page.name, match.group(1)


def test_every_path_is_there() -> None:
    """`*` stands for anything, `{a,b}` for either. A path with a <part> to fill in names none."""
    paths = found(rf"(?<![\w/.-])((?:{TOPS})/[\w./*{{}},@-]*[\w*}}/])")
    named = [(page, one) for page, path in paths for one in either(path)]
    # Files that `make prove` writes are there after it.
    missing = [
        f"{page}: {one}"
        for page, one in named
        if not any(ROOT.glob(one.rstrip("/"))) and not one.startswith("docs/bench/")
    ]
    assert missing == []


def either(path: str) -> list[str]:
    match = re.search(r"\{([^}]*)\}", path)
    if match is None:
        return [path]
    head, tail = path[: match.start()], path[match.end() :]
    return [one for part in match.group(1).split(",") for one in either(head + part + tail)]


def test_every_link_leads_to_a_file() -> None:
    link = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
    missing = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in link.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert missing == []


def test_every_module_is_there() -> None:
    missing = [f"{page}: {name}" for page, name in found(rf"`((?:{PACKAGES})(?:\.\w+){{2,}})`") if not is_there(name)]
    assert missing == []


def is_there(name: str) -> bool:
    """Whether it is a module, or a name in one."""
    path = ROOT.joinpath(*name.split("."))
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module = path.parent if path.parent.is_dir() else path.parent.with_suffix(".py")
    source = module / "__init__.py" if module.is_dir() else module
    return source.is_file() and re.search(rf"\b{path.name}\b", source.read_text()) is not None


def test_every_command_is_there() -> None:
    known = {*get_commands(), "run"}
    asked = set(found(r"manage\.py ([a-z_]+)")) | set(found(r"django-admin ([a-z_]+)"))
    assert [f"{page}: {name}" for page, name in sorted(asked) if name not in known] == []


def test_every_target_of_make_is_there() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    asked = set(found(r"`make ([a-z]+)"))
    assert [f"{page}: {name}" for page, name in sorted(asked) if name not in targets] == []
