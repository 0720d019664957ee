"""A company's files: bytes in Django's storage under the company's id, their rows in its schema.

Bytes are written first, under a name that no other file ever gets, and their row commits behind them: a row without
bytes can't be, and bytes without a row are swept (`chat/services/files/sweep.py`).
"""

import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum

from chat.models import StoredFile
from tenants.context import in_company
from tenants.models import Company
from tenants.names import clean_name

# Of all files of a company together, in bytes.
QUOTA = 1024 * 1024 * 1024


class NoRoom(Exception):
    """Raised where a company's files would be more than `QUOTA` together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file to store: its bytes, and what is known of them. `content_type` is by content."""

    kind: StoredFile.Kind
    name: str
    content_type: str
    body: bytes
    size_in_pixels: tuple[int, int] | None = None


def path_of(company_id: UUID, file_id: UUID) -> str:
    """Return where a file's bytes lie in the storage. Two ids: nothing that anybody typed is in it."""
    return f"{company_id}/{file_id}"


@transaction.atomic
def store(company: Company, file: NewFile, *, by: str, now: datetime) -> StoredFile:
    """Keep a file for good: it is on the disk when its row commits.

    Raises:
        NoRoom: the company's files fill its quota.
    """
    # One after the other, so that two together can't pass the quota.
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    if used(company) + len(file.body) > QUOTA:
        raise NoRoom
    row = StoredFile(
        id=uuid.uuid4(),
        kind=file.kind,
        name=clean_name(file.name, 200) or file.kind,
        content_type=file.content_type,
        size=len(file.body),
        sha256=hashlib.sha256(file.body).hexdigest(),
        made_at=now,
        made_by=by,
    )
    row.width, row.height = file.size_in_pixels or (None, None)
    _write(path_of(company.pk, row.pk), file.body)
    with in_company(company):
        row.save(force_insert=True)
    return row


def find_file(company: Company, file_id: UUID, kind: StoredFile.Kind | None = None) -> StoredFile | None:
    """Return a file of this company, or None."""
    with in_company(company):
        files = StoredFile.objects.filter(pk=file_id)
        row: StoredFile | None = (files.filter(kind=kind) if kind else files).first()
    return row


def read(company: Company, file_id: UUID) -> bytes:
    """Return the bytes of a file.

    Raises:
        FileNotFoundError: they aren't there.
    """
    with default_storage.open(path_of(company.pk, file_id)) as opened:
        body: bytes = opened.read()
    return body


@transaction.atomic
def remove(company: Company, file_ids: Iterable[UUID]) -> int:
    """Take files away, their bytes as soon as their rows are gone for good. Returns how many there were."""
    with in_company(company):
        gone = list(StoredFile.objects.filter(pk__in=list(file_ids)).values_list("pk", flat=True))
        StoredFile.objects.filter(pk__in=gone).delete()
    paths = [path_of(company.pk, file_id) for file_id in gone]

    def forget() -> None:
        for path in paths:
            default_storage.delete(path)

    transaction.on_commit(forget)
    return len(gone)


def list_files(company: Company, kind: StoredFile.Kind | None = None) -> list[StoredFile]:
    """List a company's files, the oldest first: what an export takes along."""
    with in_company(company):
        files = StoredFile.objects.order_by("made_at", "pk")
        return list(files.filter(kind=kind) if kind else files)


def used(company: Company) -> int:
    """Return how many bytes a company's files are together."""
    with in_company(company):
        return int(StoredFile.objects.aggregate(total=Sum("size"))["total"] or 0)


def _write(path: str, body: bytes) -> None:
    """Write bytes to the storage and, where it is a disk, through to it: a row that commits must find them."""
    default_storage.save(path, ContentFile(body))
    try:
        where = Path(default_storage.path(path))
    except NotImplementedError:
        return
    # The file, its name in the company's folder, and that folder's name, which may be as new.
    for one in (where, *where.parents[:2]):
        opened = os.open(one, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
