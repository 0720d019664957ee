"""Bytes in the storage beside the rows: those that nobody stored to the end, and those of companies that left."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.storage import default_storage

from agency.services.reconcile import Difference
from chat.models import StoredFile
from chat.services.files.store import path_of
from tenants.context import in_company
from tenants.models import Company

# Bytes are written before their row commits: younger ones may be on their way.
ORPHAN_AFTER = timedelta(days=1)


def forget_company(company_id: UUID) -> None:
    """Take away all bytes of a company whose rows are gone. Twice does the same as once."""
    for file_id in _list(company_id):
        default_storage.delete(path_of(company_id, file_id))
    _forget_folder(company_id)


def sweep(now: datetime) -> int:
    """Take away bytes without a row that are older than a day, and return how many."""
    ready = {company.pk: company for company in Company.objects.filter(ready=True)}
    swept = 0
    for company_id in _ids(_folders()):
        company = ready.get(company_id)
        known = _rows(company) if company else {}
        for file_id in _orphans(company_id, known, now):
            default_storage.delete(path_of(company_id, file_id))
            swept += 1
        if company is None and not _list(company_id):
            _forget_folder(company_id)
    return swept


def list_differences(company: Company, now: datetime) -> Iterator[Difference]:
    """Yield a company's rows without their bytes, and bytes without a row that the sweep ought to have met."""
    known = _rows(company)
    there = set(_list(company.pk))
    for file_id, size in known.items():
        if file_id not in there:
            yield Difference(company.slug, "file without its bytes", file_id)
        elif default_storage.size(path_of(company.pk, file_id)) != size:
            yield Difference(company.slug, "file's size differs from its row", file_id)
    for file_id in _orphans(company.pk, known, now):
        yield Difference(company.slug, "bytes without the row of a file", file_id)


def _forget_folder(company_id: UUID) -> None:
    # Something that isn't ours lies in it still, or the storage knows no folders.
    with suppress(OSError):
        default_storage.delete(str(company_id))


def _rows(company: Company) -> dict[UUID, int]:
    with in_company(company):
        return dict(StoredFile.objects.values_list("pk", "size"))


def _orphans(company_id: UUID, known: dict[UUID, int], now: datetime) -> list[UUID]:
    orphans = [file_id for file_id in _list(company_id) if file_id not in known]
    modified = default_storage.get_modified_time
    return [one for one in orphans if modified(path_of(company_id, one)) < now - ORPHAN_AFTER]


def _list(company_id: UUID) -> list[UUID]:
    try:
        _folders, files = default_storage.listdir(str(company_id))
    except FileNotFoundError:
        return []
    return _ids(files)


def _folders() -> list[str]:
    try:
        folders, _files = default_storage.listdir("")
    except FileNotFoundError:
        return []
    return list(folders)


def _ids(names: list[str]) -> list[UUID]:
    """The names that are ids in their one written form: whatever else lies there is none of ours."""
    found = []
    for name in names:
        try:
            one = UUID(name)
        except ValueError:
            continue
        if str(one) == name:
            found.append(one)
    return found
