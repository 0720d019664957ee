"""A company's files: bytes and rows that can't lose each other, its quota, its signed addresses, and its leaving."""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from balie.steps.erase import erase_company
from balie.steps.reconcile import look_at
from chat.models import StoredFile
from chat.services.files import link, store, sweep
from chat.services.files.store import NewFile, NoRoom
from chat.tasks import sweep_files
from tenants.context import in_company
from tenants.models import Company

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LATER = NOW + timedelta(days=2)


def keep(company: Company, body: bytes = b"RIFFfile", **facts: Any) -> StoredFile:
    """Store a file of a company."""
    new = NewFile(
        **{"kind": StoredFile.Kind.LOGO, "name": "logo.webp", "content_type": "image/webp", **facts, "body": body}
    )
    return store.store(company, new, by="Carol", now=NOW)


def on_disk(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def differences(company: Company, now: datetime) -> Iterator[str]:
    return (one.what for one in look_at(company, now) if "file" in one.what)


def test_a_file_lies_under_two_ids_and_is_read_back(acme: Company, folder: Path) -> None:
    file = keep(acme, b"some bytes", name="../../etc/<b>\u202epasswd\0.png", size_in_pixels=(3, 4))
    assert on_disk(folder) == {f"{acme.pk}/{file.pk}"}
    assert store.read(acme, file.pk) == b"some bytes"
    assert (file.name, file.size, file.width, file.height) == ("../../etc/<b>passwd .png", 10, 3, 4)
    where = folder / f"{acme.pk}" / f"{file.pk}"
    assert (where.stat().st_mode & 0o777, where.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [one.pk for one in store.list_files(acme)] == [file.pk]


def test_a_file_and_the_names_of_it_and_of_its_folder_are_on_the_disk_before_its_row(
    acme: Company, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    through: list[str] = []
    monkeypatch.setattr(
        store.os, "fsync", lambda opened: through.append(str(Path(f"/proc/self/fd/{opened}").readlink()))
    )
    where = folder / f"{acme.pk}" / f"{keep(acme).pk}"
    assert through == [str(one.resolve()) for one in (where, where.parent, folder)]


def test_another_company_has_no_such_file(acme: Company, zen: Company) -> None:
    file = keep(acme)
    assert store.find_file(zen, file.pk) is None
    assert store.list_files(zen) == []
    with pytest.raises(FileNotFoundError):
        store.read(zen, file.pk)


def test_the_quota_counts_all_files_of_a_company(acme: Company, zen: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "QUOTA", 10)
    keep(acme, b"123456")
    with pytest.raises(NoRoom):
        keep(acme, b"12345")
    keep(acme, b"1234")
    keep(zen, b"123456")
    assert store.used(acme) == 10


def test_bytes_go_when_the_row_is_gone_for_good(
    acme: Company, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = keep(acme)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        store.remove(acme, [file.pk])
        transaction.set_rollback(True)
    assert store.read(acme, file.pk)
    with django_capture_on_commit_callbacks(execute=True):
        assert store.remove(acme, [file.pk, uuid.uuid4()]) == 1
    assert on_disk(folder) == set()


def test_a_row_that_never_committed_leaves_bytes_that_are_swept_after_a_day(acme: Company, folder: Path) -> None:
    kept = keep(acme)
    with transaction.atomic():
        keep(acme)
        transaction.set_rollback(True)
    # Of others, and no file of ours.
    (folder / "notes.txt").write_text("x")
    assert sweep_files() == 0
    assert [*differences(acme, NOW)] == []
    assert [*differences(acme, LATER)] == ["bytes without the row of a file"]
    assert sweep.sweep(LATER) == 1
    assert on_disk(folder) == {f"{acme.pk}/{kept.pk}", "notes.txt"}


def test_a_row_without_its_bytes_is_named(acme: Company, folder: Path) -> None:
    file = keep(acme)
    path = folder / str(acme.pk) / str(file.pk)
    path.write_bytes(b"other")
    assert [*differences(acme, NOW)] == ["file's size differs from its row"]
    path.unlink()
    assert [*differences(acme, NOW)] == ["file without its bytes"]


def test_a_company_that_leaves_takes_its_files_along(
    acme: Company, zen: Company, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    keep(acme)
    stays = keep(zen)
    # The process dies between the commit and its files.
    with django_capture_on_commit_callbacks():
        erase_company(acme)
    assert len(on_disk(folder)) == 2
    assert sweep.sweep(LATER) == 1
    assert on_disk(folder) == {f"{zen.pk}/{stays.pk}"}
    with django_capture_on_commit_callbacks(execute=True):
        erase_company(zen)
    assert [*folder.iterdir()] == []


def test_a_signed_address_opens_one_file_at_its_company_s_host_for_a_quarter_of_an_hour(
    acme: Company, zen: Company
) -> None:
    file = keep(acme, b"RIFFbytes", name='voor "u" é.webp')
    # Even where the other company has a file of that very id.
    with in_company(zen):
        StoredFile.objects.create(pk=file.pk, kind="logo", name="x", size=1, made_at=NOW)
    url = link.file_url(acme, file.pk, timezone.now())
    host, path = url.split("//", 1)[1].split("/", 1)
    assert host.split(":")[0] == "acme.localhost"
    found = Client(HTTP_HOST="acme.localhost").get(f"/{path}")
    assert (found.status_code, found.content) == (200, b"RIFFbytes")
    assert found["Content-Type"] == "image/webp"
    assert found["Content-Disposition"] == "inline; filename*=utf-8''voor%20%22u%22%20%C3%A9.webp"
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert found["Cache-Control"].startswith("private, max-age=")
    # Copied to another company's host, cut off, changed, or asked for on the agency's own.
    token = path.split("/")[1]
    assert Client(HTTP_HOST="zen.localhost").get(f"/{path}").status_code == 404
    assert Client(HTTP_HOST="localhost").get(f"/{path}").status_code == 404
    for bad in (token[:-1], token[1:], "x", token.replace(".", "A.")):
        assert Client(HTTP_HOST="acme.localhost").get(f"/file/{bad}/").status_code == 404
    assert link.find_linked_file(acme, token, timezone.now() + link.LINK_WITHIN) is None
    assert link.find_linked_file(zen, token, timezone.now()) is None
    store.default_storage.delete(store.path_of(acme.pk, file.pk))
    assert Client(HTTP_HOST="acme.localhost").get(f"/{path}").status_code == 404
    gone = link.file_token(acme, uuid.uuid4(), timezone.now())
    assert Client(HTTP_HOST="acme.localhost").get(f"/file/{gone}/").status_code == 404


def test_what_a_browser_could_run_is_saved_and_never_shown(acme: Company) -> None:
    file = keep(acme, b"<script>", content_type="text/html", name="x.html")
    path = "/" + link.file_url(acme, file.pk, timezone.now()).split("//", 1)[1].split("/", 1)[1]
    assert Client(HTTP_HOST="acme.localhost").get(path)["Content-Disposition"] == 'attachment; filename="x.html"'
