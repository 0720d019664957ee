"""The files that a client's page fetches: addresses, caching, sizes, and the form they travel in."""

import gzip
import re
import subprocess
from collections.abc import Iterable

import pytest
from django.test import Client

from chat.services import widget_files
from tests.cast import ACME_SITE

# The promise to every site that carries the widget, in packed bytes.
LOADER_LIMIT = 5 * 1024
PANEL_LIMIT = 25 * 1024
# Its own, what it shares with the ending, and the words.
PANEL_FILES = 3
# Its four languages and the question form included.
ENDING_LIMIT = 8 * 1024
INVITE_LIMIT = 2 * 1024
POLL_LIMIT = 1024


@pytest.fixture
def client() -> Client:
    """Return a browser on somebody's page, asking the agency's host."""
    return Client(SERVER_NAME="localhost")


@pytest.mark.django_db
def test_the_loader_is_served_for_a_known_key_only(client: Client):
    found = client.get(f"/widget/{ACME_SITE}.js")
    assert found.status_code == 200
    assert found["Content-Type"] == "text/javascript; charset=utf-8"
    assert found["Access-Control-Allow-Origin"] == "*"
    assert "max-age=3600" in found["Cache-Control"]
    assert client.get(f"/widget/{'0' * 32}.js").status_code == 404
    assert client.get("/widget/short.js").status_code == 404


@pytest.mark.django_db
def test_a_loader_the_browser_has_is_not_sent_again(client: Client):
    etag = client.get(f"/widget/{ACME_SITE}.js")["ETag"]
    again = client.get(f"/widget/{ACME_SITE}.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.django_db
def test_a_panel_module_is_kept_for_ever_under_its_own_release_and_not_under_another(
    client: Client,
):
    url = widget_files.panel_url()
    assert "immutable" in client.get(url)["Cache-Control"]
    old = re.sub("panel/[0-9a-f]{12}/", "panel/000000000000/", url)
    assert client.get(old)["Cache-Control"] == "no-cache"


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["loader", "panel"])
def test_packed_and_plain_are_the_same_file_under_tags_of_their_own(client: Client, which: str):
    """A strong tag stands for the bytes that travel: a cache that held one form took the other for it."""
    url = f"/widget/{ACME_SITE}.js" if which == "loader" else widget_files.panel_url()
    packed = client.get(url, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    plain = client.get(url, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain
    assert gzip.decompress(packed.content) == plain.content
    assert packed["ETag"] != plain["ETag"]
    other = {"Accept-Encoding": "gzip", "If-None-Match": plain["ETag"]}
    assert client.get(url, headers=other).status_code == 200
    assert client.get(url, headers=other | {"If-None-Match": packed["ETag"]}).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("which", ["loader", "panel", "known"])
def test_a_script_has_no_headers_of_a_page(client: Client, which: str):
    """They were 9 KB a panel, and `Vary: Cookie` kept one copy per visitor of a file that never changes."""
    url = widget_files.panel_url() if which != "loader" else f"/widget/{ACME_SITE}.js"
    tag = client.get(url)["ETag"] if which == "known" else ""
    found = client.get(url, headers={"Cookie": "theme=dark", "If-None-Match": tag})
    names = {name.lower() for name in found.headers} - {"content-type", "content-length"}
    assert names == {
        "etag",
        "cache-control",
        "vary",
        "access-control-allow-origin",
        "cross-origin-resource-policy",
        "x-content-type-options",
    }
    assert found["Vary"] == "Accept-Encoding"
    assert not found.cookies


def test_without_esbuild_it_is_said_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(widget_files, "NODE_MODULES", tmp_path)
    with pytest.raises(RuntimeError, match="npm ci"):
        widget_files.esbuild()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["loader.js", "nothing.js", "../loader.js", "words/../panel.js"])
def test_only_the_panel_s_own_modules_are_found(client: Client, name: str):
    release = widget_files.current().release
    assert client.get(f"/widget/panel/{release}/{name}").status_code == 404


def _packed(names: Iterable[str]) -> int:
    return sum(len(widget_files.current().files[name].packed) for name in names)


def test_the_loader_is_at_most_5_kib():
    assert _packed([widget_files.LOADER]) <= LOADER_LIMIT
    assert widget_files.fetched_with(widget_files.LOADER) == {widget_files.LOADER}


def test_the_whole_panel_is_three_files_of_at_most_25_kib_in_its_longest_language():
    words = [name for name in widget_files.current().files if name.startswith("words/")]
    assert len(words) == 4
    panel = widget_files.fetched_with(widget_files.ENTRY)
    assert len(panel) + 1 <= PANEL_FILES
    assert _packed(panel) + max(_packed([name]) for name in words) <= PANEL_LIMIT


@pytest.mark.parametrize(
    ("name", "limit"),
    [("ending.js", ENDING_LIMIT), ("invite.js", INVITE_LIMIT), ("poll.js", POLL_LIMIT)],
)
def test_what_only_some_pages_need_is_small_and_fetched_by_itself(name: str, limit: int):
    panel = widget_files.fetched_with(widget_files.ENTRY)
    assert name not in panel
    assert _packed(widget_files.fetched_with(name) - panel) <= limit


def test_every_import_is_relative_and_found():
    files = widget_files.current().files
    for name, file in files.items():
        folder = name.rpartition("/")[0]
        for asked in re.findall(r'(?:from|import)\(?"([^"]+)"', file.body.decode()):
            assert asked.startswith("./"), f"{name}: {asked}"
            assert f"{folder}/{asked[2:]}".lstrip("/") in files, f"{name}: {asked}"


def test_what_travels_is_still_javascript(tmp_path):
    files = widget_files.current().files
    (tmp_path / "words").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name, file in files.items():
        (tmp_path / name).write_bytes(file.body)
        checked = subprocess.run(["node", "--check", str(tmp_path / name)], capture_output=True)
        assert checked.returncode == 0, f"{name}: {checked.stderr.decode()}"


def test_style_sheets_travel_without_white_space():
    files = widget_files.current().files
    assert ".launch{display:inline-flex;" in files[widget_files.LOADER].body.decode()
    for name in (widget_files.LOADER, widget_files.ENTRY, "ending.js", "invite.js"):
        body = files[name].body.decode()
        assert not re.search(r"css`|\{\s+[\w-]+: ", body), name


def test_nothing_from_outside_ever_becomes_markup():
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(")
    for name, file in widget_files.current().files.items():
        assert not unsafe.search(file.body.decode()), name
