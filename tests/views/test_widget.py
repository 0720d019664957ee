"""What a client's page fetches: addresses, caching, sizes, and the form the files travel in."""

import gzip
import re
import subprocess

import pytest
from django.test import Client

from chat.services import widget_files
from tests.cast import ACME_SITE

# The promise to every site that carries the widget, in packed bytes.
LOADER_LIMIT = 5 * 1024
PANEL_LIMIT = 26 * 1024
NOT_ALWAYS = widget_files.POLL | widget_files.ENDING | widget_files.QUESTION | widget_files.INVITE
ENDING_LIMIT = 6 * 1024
INVITE_LIMIT = QUESTION_LIMIT = 2 * 1024


@pytest.fixture
def client() -> Client:
    """A browser on somebody's page, asking the agency's host."""
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
def test_packed_and_plain_are_the_same_file(client: Client):
    url = widget_files.panel_url()
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == client.get(url).content


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["loader.js", "nothing.js", "../loader.js", "words/../panel.js"])
def test_only_the_panel_s_own_modules_are_found(client: Client, name: str):
    release = widget_files.current().release
    assert client.get(f"/widget/panel/{release}/{name}").status_code == 404


def test_the_loader_is_at_most_5_kib():
    assert len(widget_files.loader().packed) <= LOADER_LIMIT


def test_the_whole_panel_with_its_styles_is_at_most_26_kib_in_its_longest_language():
    files = widget_files.current().files
    words = [len(file.packed) for name, file in files.items() if name.startswith("words/")]
    rest = [
        len(file.packed)
        for name, file in files.items()
        if name not in {widget_files.LOADER, *NOT_ALWAYS} and not name.startswith("words/")
    ]
    assert len(words) == 4
    assert files.keys() >= NOT_ALWAYS
    assert sum(rest) + max(words) <= PANEL_LIMIT


def test_what_only_some_pages_need_is_small_and_nothing_else_asks_for_it():
    files = widget_files.current().files
    assert sum(len(files[name].packed) for name in widget_files.ENDING) <= ENDING_LIMIT
    assert sum(len(files[name].packed) for name in widget_files.INVITE) <= INVITE_LIMIT
    assert sum(len(files[name].packed) for name in widget_files.QUESTION) <= QUESTION_LIMIT
    for name, file in files.items():
        if name not in NOT_ALWAYS:
            asked = re.findall(r'from ?"\./([^"]+)"', file.body.decode())
            assert not NOT_ALWAYS & set(asked), f"{name} loads {asked} at once"


def test_every_import_is_relative_and_found():
    files = widget_files.current().files
    for name, file in files.items():
        folder = name.rpartition("/")[0]
        for asked in re.findall(r'(?:from|import)\(? ?"([^"]+)"', file.body.decode()):
            assert asked.startswith("./"), f"{name}: {asked}"
            assert f"{folder}/{asked[2:]}".lstrip("/") in files, f"{name}: {asked}"


def test_no_code_line_ends_in_a_comment_that_would_swallow_the_next():
    for path in widget_files.FOLDER.rglob("*.js"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            behind = re.search(r"[^\s:\"'`/]\s*//(?![^\"]*\")", line.split("http", 1)[0])
            assert line.lstrip().startswith("//") or not behind, f"{path.name}:{number}"


def test_what_travels_is_still_javascript(tmp_path):
    files = widget_files.current().files
    (tmp_path / "words").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "package.json").write_text('{"type": "module"}')
    for name, file in files.items():
        (tmp_path / name).write_bytes(file.body)
        checked = subprocess.run(["node", "--check", str(tmp_path / name)], capture_output=True)
        assert checked.returncode == 0, f"{name}: {checked.stderr.decode()}"


def test_comments_go_and_strings_stay():
    source = '/** Doc. */\n// Why.\nconst a = {\n  url: "https://x",\n};\n\nlet b = "// no";\n'
    assert widget_files.wire_form(source) == 'const a={url:"https://x",};let b="// no";'
    assert (
        widget_files.wire_form('f(a ? `x = ${y, z}` : "a , b");') == 'f(a?`x = ${y, z}`:"a , b");'
    )


def test_strings_can_be_told_apart_by_their_quotes():
    """A quote in a pattern, or a template in a template, would make code of a string."""
    for path in [widget_files.SHARED, *widget_files.FOLDER.rglob("*.js")]:
        form = widget_files.wire_form(path.read_text(encoding="utf-8"))
        code = re.sub(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`', "", form)
        assert not re.search(r'["`]', code), path.name
        assert not re.search(r"`[^`]*\$\{[^}`]*`", form), path.name


def test_nothing_from_outside_ever_becomes_markup():
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(")
    for name, file in widget_files.current().files.items():
        assert not unsafe.search(file.body.decode()), name
