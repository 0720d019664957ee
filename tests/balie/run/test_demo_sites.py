"""The demo companies' own sites: the right one by its name, and never a file outside it."""

from pathlib import Path

import pytest

from balie.demo.sites import MARK, SITE_KEYS, answer

BASE = "http://localhost:8000"


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    for name in SITE_KEYS:
        folder = tmp_path / "sites" / name
        (folder / "schoenen").mkdir(parents=True)
        (folder / "index.html").write_text(f"<body>{name}{MARK}</body>")
        (folder / "schoenen" / "index.html").write_text("schoenen")
        (folder / "contact.html").write_text("contact")
        (folder / "style.css").write_text("body {}")
    (tmp_path / "sites" / "secret.html").write_text("secret")
    return tmp_path / "sites"


def ask(sites: Path, host: str, path: str) -> tuple[int, str]:
    found = answer(folder=sites, host=host, path=path, base_url=BASE)
    return found.status, found.body.decode()


def test_the_host_chooses_the_site_and_its_key(sites: Path) -> None:
    for name, key in SITE_KEYS.items():
        status, body = ask(sites, f"{name}.localhost:8001", "/")
        assert status == 200
        script = f'<script src="{BASE}/widget/{key}.js" async></script>'
        assert body == f"<body>{name}{script}</body>"


@pytest.mark.parametrize("path", ["/schoenen/", "/schoenen", "/contact", "/style.css?v=1"])
def test_folders_pages_and_files_are_found(sites: Path, path: str) -> None:
    assert ask(sites, "acme-shop.localhost:8001", path)[0] == 200


@pytest.mark.parametrize("path", ["/../secret.html", "/%2e%2e/secret.html", "//etc/passwd", "/a%00b", "/nothing"])
def test_nothing_outside_the_site_is_found(sites: Path, path: str) -> None:
    assert ask(sites, "acme-shop.localhost:8001", path)[0] == 404


@pytest.mark.parametrize("host", ["", "localhost:8001", "evil.test", "../acme-shop.localhost"])
def test_an_unknown_host_gets_the_names_and_nothing_else(sites: Path, host: str) -> None:
    status, body = ask(sites, host, "/")
    assert status == 404
    assert "acme-shop.localhost" in body
