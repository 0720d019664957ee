"""How a company's chat looks: saved at both doors, refused in words, shown by the widget, and nobody else's."""

import io
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from agency.models import Block, LogEntry, PortalMember, User
from agency.services.system import rate_limits
from chat.models import StoredFile
from chat.services.files import picture as pictures
from chat.services.files import picture_process, store
from chat.services.site_config import logo_facts, site_facts
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.files.pictures import as_bytes, logo
from tests.pages import browser_of, squeezed

pytestmark = pytest.mark.django_db

LOOK = {"name": "Acme Schoenen", "brand": "#1d4ed8", "tone": "je"}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep files apart, and decode in here: the process has tests of its own."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(pictures, "_ask", _ask)
    return tmp_path


def _ask(data: bytes, side: int) -> tuple[bytes, bytes]:
    said, body = picture_process.answer(data, side)
    return json.dumps(said).encode(), body


@pytest.fixture
def owner(carol: User) -> Client:
    return browser_of(carol)


def sent(company: Company, **facts: Any) -> dict[str, Any]:
    """Return a form of this company's as it is sent."""
    side = f"side_{company.sites.get().pk.hex}"
    given = {**LOOK, side: "right", "logo_seen": company.logo.get("file", ""), **facts}
    return {side if name == "side" else name: value for name, value in given.items()}


def a_file(body: bytes, name: str = "acme.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="image/png")


def with_logo(client: Client, company: Company, url: str = "/look/") -> Company:
    """Save a logo and return the company as it is then."""
    assert client.post(url, sent(company, logo=a_file(as_bytes(logo())))).status_code == 302
    company.refresh_from_db()
    return company


def errors(answer: Any) -> str:
    """Return what a page says is wrong."""
    assert answer.status_code == 422
    return " ".join(
        re.findall(r'class="field__error" id[^>]*>.*?<span>(.*?)</span>', squeezed(answer.content.decode()))
    )


def test_a_saved_look_is_in_the_config_and_in_the_log(owner: Client, acme: Company, carol: User, folder: Path) -> None:
    values = sent(acme, name="Acme", brand="#FFC400", tone="u", side="left", logo=a_file(as_bytes(logo())))
    assert owner.post("/look/", values)["Location"] == "/look/"
    acme.refresh_from_db()
    site = acme.sites.get()
    facts = site_facts(site)
    assert (facts["name"], facts["tone"], facts["side"], facts["look"]["solid"]) == ("Acme", "u", "left", "#ffc400")
    assert facts["logo"]["is_light"] is False
    assert acme.logo["colours"] == ["#dc1e3c", "#1450c8"]
    with in_company(acme):
        file = StoredFile.objects.get()
    assert (file.name, file.made_by, file.width) == ("acme.png", carol.name, 192)
    assert (folder / str(acme.pk) / str(file.pk)).read_bytes()[:4] == b"RIFF"
    changes: dict[str, Any] = {}
    for entry in LogEntry.objects.filter(company=acme, actor_name=carol.name):
        changes |= entry.changes
    assert {"brand", "tone", "side", "logo"} <= changes.keys()
    assert changes["logo"] == [None, "acme.png"]


def test_the_widget_fetches_the_logo_from_any_page_and_keeps_it(owner: Client, acme: Company) -> None:
    facts = logo_facts(with_logo(owner, acme))
    assert facts is not None
    found = Client(SERVER_NAME="localhost").get(facts["src"], headers={"Cookie": "theme=dark"})
    assert (found.status_code, found["Content-Type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(found.content)).size == (192, 192)
    names = {name.lower() for name in found.headers} - {"content-length"}
    assert names == {
        "content-type",
        "cache-control",
        "content-security-policy",
        "access-control-allow-origin",
        "cross-origin-resource-policy",
        "x-content-type-options",
    }
    assert "immutable" in found["Cache-Control"]
    assert found["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_only_the_logo_that_a_company_has_now_is_shown_and_on_no_other_company_s_host(
    owner: Client, acme: Company, django_capture_on_commit_callbacks: Any, folder: Path
) -> None:
    old = logo_facts(with_logo(owner, acme))
    with in_company(acme):
        first = StoredFile.objects.get().pk
    with django_capture_on_commit_callbacks(execute=True):
        new = logo_facts(with_logo(owner, acme))
    assert old is not None
    assert new is not None
    assert old["src"] != new["src"]
    anybody = Client(SERVER_NAME="localhost")
    assert anybody.get(old["src"]).status_code == 404
    assert anybody.get(new["src"]).status_code == 200
    assert not (folder / str(acme.pk) / str(first)).exists()
    assert Client(HTTP_HOST="zen.localhost").get(new["src"]).status_code == 404
    # A file that is no logo has no public address, whatever it is called.
    other = store.store(
        acme,
        store.NewFile(kind=StoredFile.Kind.LOGO, name="x", content_type="image/webp", body=b"x"),
        by="",
        now=timezone.now(),
    )
    assert anybody.get(f"/widget/logo/{acme.pk.hex}-{other.pk.hex}.webp").status_code == 404
    assert anybody.get(f"/widget/logo/{acme.pk.hex}-{uuid.uuid4().hex}.webp").status_code == 404


def test_a_logo_is_taken_away_and_letters_stand_there_again(owner: Client, acme: Company) -> None:
    acme = with_logo(owner, acme)
    assert owner.post("/look/", sent(acme, drop_logo="on")).status_code == 302
    acme.refresh_from_db()
    assert logo_facts(acme) is None
    assert store.list_files(acme) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "Dit bestand is leeg."),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"\x89PNG" + bytes(pictures.MOST_BYTES), "groter dan 2 MB"),
        (as_bytes(logo())[:300], "beschadigd"),
        (as_bytes(Image.new("RGBA", (9, 9))), "doorzichtig"),
    ],
    ids=["empty", "SVG", "heavy", "broken", "blank"],
)
def test_a_logo_that_is_not_taken_is_refused_in_words_and_nothing_is_saved(
    owner: Client, acme: Company, body: bytes, words: str
) -> None:
    answer = owner.post("/look/", sent(acme, tone="u", logo=a_file(body, "logo.png")))
    said = errors(answer)
    assert words in said
    # What is allowed, too.
    assert "PNG, JPEG, WebP" in said
    acme.refresh_from_db()
    assert (acme.tone, acme.logo) == ("je", {})


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Vul dit in"),
        ("name", "x" * 101, "Hoogstens 100"),
        ("name", "a\u202eb", "verborgen"),
        ("name", "a\0b", "verborgen"),
        ("brand", "red", "kleurcode"),
        ("tone", "jij", "Kies er een"),
        ("side", "top", "Kies er een"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(
    owner: Client, acme: Company, field: str, value: str, words: str
) -> None:
    assert words in errors(owner.post("/look/", sent(acme, **{field: value})))


def test_the_second_of_two_is_told_what_changed(owner: Client, manager: Client, acme: Company) -> None:
    page = owner.get("/look/").content.decode()
    seen = re.search(r'name="edition" value="([^"]*)"', page)
    assert seen
    old = {"edition": seen[1].replace("&quot;", '"')}
    theirs = f"/manage/companies/{acme.pk}/look/"
    assert (
        manager.post(theirs, sent(acme, brand="#00aa55", logo=a_file(as_bytes(logo()), "maud.png"))).status_code == 302
    )
    mine = sent(acme, brand="#aa0055", logo=a_file(as_bytes(logo()), "carol.png"), **old)
    said = errors(owner.post("/look/", mine))
    assert "#00aa55" in said
    assert "ander logo" in said
    acme.refresh_from_db()
    assert acme.brand == "#00aa55"
    # As the page says it now, a second press saves.
    assert (
        owner.post("/look/", sent(acme, brand="#aa0055", logo=a_file(as_bytes(logo()), "carol.png"))).status_code == 302
    )
    acme.refresh_from_db()
    assert acme.brand == "#aa0055"
    assert [file.name for file in store.list_files(acme)] == ["carol.png"]


def test_a_logo_that_the_page_never_showed_is_not_taken_away(owner: Client, acme: Company) -> None:
    old = sent(with_logo(owner, acme), drop_logo="on")
    newer = with_logo(owner, acme)
    assert "ander logo" in errors(owner.post("/look/", old))
    acme.refresh_from_db()
    assert acme.logo == newer.logo
    assert owner.post("/look/", sent(acme, drop_logo="on")).status_code == 302
    acme.refresh_from_db()
    assert acme.logo == {}


@pytest.mark.parametrize("url", ["/look/", "/start/look/"])
def test_a_picture_is_judged_while_nobody_waits_for_the_company_and_counted_when_nothing_is_saved(
    owner: Client, acme: Company, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    depths, here = [], len(connection.savepoint_ids)

    def ask(data: bytes, side: int) -> tuple[bytes, bytes]:
        depths.append(len(connection.savepoint_ids))
        return _ask(data, side)

    monkeypatch.setattr(pictures, "_ask", ask)
    monkeypatch.setattr(rate_limits, "PICTURES_OF_COMPANY", rate_limits.Limit("pictures_company", 1, 600))
    for words in ("Vul dit in", "Hoogstens 1"):
        assert words in errors(owner.post(url, sent(acme, name="", logo=a_file(as_bytes(logo())))))
    assert depths == [here]
    assert Block.objects.get().kind == "pictures_company"


def test_a_full_store_is_said(owner: Client, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "QUOTA", 10)
    assert "geen ruimte" in errors(owner.post("/look/", sent(acme, tone="u", logo=a_file(as_bytes(logo())))))
    acme.refresh_from_db()
    assert acme.tone == "je"


def test_so_many_pictures_and_no_more(owner: Client, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "PICTURES_OF_COMPANY", rate_limits.Limit("pictures_company", 1, 600))
    for words in ("", "Hoogstens 1"):
        said = owner.post("/look/try/", {**LOOK, "logo": a_file(as_bytes(logo()))}).json()
        assert words in said.get("problem", "")


def test_trying_says_what_follows_and_keeps_nothing(owner: Client, acme: Company, folder: Path) -> None:
    said = owner.post("/look/try/", {"brand": "#ffc400", "tone": "u", "logo": a_file(as_bytes(logo()))}).json()
    assert said["over"]["look"]["solid"] == "#ffc400"
    assert "11,6" in said["readable"]["sentence"]
    assert " u " in said["over"]["default"]["body"]
    assert said["colours"] == ["#dc1e3c", "#1450c8"]
    assert said["logo"]["src"].startswith("data:image/webp;base64,")
    refused = owner.post("/look/try/", {"brand": "x", "tone": "", "logo": a_file(b"<svg/>")}).json()
    assert "SVG" in refused["problem"]
    assert refused["over"] == {}
    assert [*folder.rglob("*")] == []
    acme.refresh_from_db()
    assert (acme.brand, acme.logo) == ("#1d4ed8", {})


def test_the_frame_holds_the_site_s_own_widget_and_may_stand_in_our_pages_alone(owner: Client, acme: Company) -> None:
    page = owner.get("/look/frame/?when=nobody")
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    found = re.search(r'id="preview-config"[^>]*>(.*?)</script>', page.content.decode())
    assert found
    config = json.loads(found[1])
    assert config["site"] == acme.sites.get().key
    assert config["availability"]["mode"] == "form"
    assert config["greetings"][0]["patterns"] == ["*"]


def test_who_is_no_owner_reads_and_changes_nothing(owner: Client, carol: User, acme: Company) -> None:
    PortalMember.objects.filter(user=carol, company=acme).update(role=PortalMember.Role.EDITOR)
    page = owner.get("/look/")
    assert page.status_code == 200
    assert b"disabled" in page.content
    assert owner.post("/look/", sent(acme)).status_code == 403
    assert owner.post("/look/try/", LOOK).status_code == 403


def test_the_step_saves_it_too(owner: Client, acme: Company) -> None:
    assert owner.post("/start/look/", sent(acme, tone="u", logo=a_file(as_bytes(logo())))).status_code == 302
    acme.refresh_from_db()
    assert (acme.tone, bool(acme.logo)) == ("u", True)
    assert "data-trial" in owner.get("/start/look/").content.decode()
