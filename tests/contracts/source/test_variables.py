"""The variables of the environment: code, table, `.env.example` and docs name the same ones, with the same defaults."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache

import pytest

from balie.management.commands.variables import PAGES
from balie.run.balie_home import ROOT
from balie.variables import VARIABLES, env_example, with_table

APPS = ("agency", "balie", "billing", "chat", "tenants")
BY_NAME = {one.name: one for one in VARIABLES}
READERS = {"read_amount", "read_choice", "read_number", "read_list", "os.getenv", "os.environ.get"}
# Values that one process of ours tells another. Nobody sets them.
TOLD = {"BALIE_MAKE_PID"}
SCRIPT_VARIABLE = re.compile(r"\$\{?(BALIE_\w+|PYTHON)(?::-(\w*))?")


def literal(node: ast.expr) -> str:
    """Return the last value of `a or b or "c"`, if it is written out, else nothing."""
    while isinstance(node, ast.BoolOp):
        node = node.values[-1]
    value = node.value if isinstance(node, ast.Constant) else None
    return "" if value is None else str(value)


def read_in_python() -> Iterator[tuple[str, str]]:
    """Name of each variable that is read, and its default as far as that is written out."""
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            # The laboratory tells its own processes what they need.
            if (ROOT / "balie" / "bench") in path.parents:
                continue
            for name, default in readings(ast.parse(path.read_text())):
                if isinstance(name, ast.Constant):
                    yield str(name.value), default
                else:
                    assert path.name == "environment.py", f"{path}: a name that isn't written out"


def readings(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """The name that is read, and the default: what stands behind `or`, else the last argument."""
    nodes = list(ast.walk(tree))
    behind = {id(node.values[0]): literal(node) for node in nodes if isinstance(node, ast.BoolOp)}
    for node in nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func) in READERS:
            name, *rest = [*node.args, *(word.value for word in node.keywords)]
            yield name, behind.get(id(node)) or (literal(rest[-1]) if rest else "")
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            yield node.slice, ""


def read_in_scripts() -> Iterator[tuple[str, str]]:
    for name in ("audit", "check", "lock", "prove", "run", "setup"):
        yield from SCRIPT_VARIABLE.findall((ROOT / ".ci" / name).read_text())


@cache
def read() -> list[tuple[str, str]]:
    """Return what is read anywhere. Looked for by these tests alone: each process of xdist imports this file."""
    return [*read_in_python(), *read_in_scripts()]


def test_the_table_names_what_is_read_and_nothing_else() -> None:
    assert {name for name, _ in read()} - TOLD == set(BY_NAME)
    assert len(BY_NAME) == len(VARIABLES)


def test_the_defaults_of_the_table_are_the_code_s() -> None:
    """Where several places are looked at, the table's words end with the last of them."""
    for name, default in read():
        one = BY_NAME.get(name)
        if one is not None and default and default != one.default:
            assert one.default == "", name
            assert f"`{default}`" in one.instead, name


def test_where_nothing_is_the_default_the_table_says_what_happens() -> None:
    assert [one.name for one in VARIABLES if bool(one.default) == bool(one.instead)] == []


def test_whatever_is_read_as_a_choice_has_its_values_in_the_table() -> None:
    """The values themselves are the code's own constants."""
    choices = re.findall(r'read_choice\(\s*"(\w+)"', (ROOT / "balie" / "settings.py").read_text())
    assert {*choices, "BALIE_ENV", "SERVER"} == {one.name for one in VARIABLES if one.allowed}


def test_the_example_and_the_pages_are_printed_from_the_table() -> None:
    """`manage.py variables` writes them."""
    assert (ROOT / ".env.example").read_text() == env_example()
    for name, table in PAGES.items():
        page = (ROOT / name).read_text()
        assert with_table(page, table) == page, name


def test_a_page_without_its_table_is_named() -> None:
    with pytest.raises(ValueError, match="0 tables"):
        with_table("# Nothing", "")


def test_a_shell_reads_the_example_as_it_is_meant() -> None:
    lines = "\n".join(re.findall(r"^#([A-Z_]+=.*)$", env_example(), re.M))
    done = subprocess.run(
        ["bash", "-uec", f"set -a\n{lines}\nenv -0"],
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    values = dict(one.split("=", 1) for one in done.stdout.split("\0") if "=" in one)
    assert {name: values[name] for name in BY_NAME} == {one.name: one.default for one in VARIABLES}


def test_an_installation_s_file_names_only_what_is_there() -> None:
    file = (ROOT / "deploy" / "systemd" / "balie.env").read_text()
    assert set(re.findall(r"^(\w+)=", file, re.M)) <= set(BY_NAME)
