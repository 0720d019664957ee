"""The short signed address of one file: whoever holds it may fetch that file, for a while, at its company's host."""

import base64
import binascii
import struct
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from agency.services import access
from chat.models import StoredFile
from chat.services.files.store import find_file
from tenants.models import Company

# Long enough to press it on a page that was just opened, too short to be passed on.
LINK_WITHIN = timedelta(minutes=15)
# A file's id, and the second until which its address is good.
_PLAIN = struct.Struct(">16sQ")


def file_token(company: Company, file_id: UUID, now: datetime, within: timedelta = LINK_WITHIN) -> str:
    """Return what lets its bearer fetch this one file of this company until `within` from now."""
    plain = _PLAIN.pack(file_id.bytes, int((now + within).timestamp()))
    return _signer(company).sign(base64.urlsafe_b64encode(plain).decode().rstrip("="))


def file_url(company: Company, file_id: UUID, now: datetime, within: timedelta = LINK_WITHIN) -> str:
    """Return the address of a file at its company's host, "" where the company has none."""
    token = file_token(company, file_id, now, within)
    try:
        return access.host_url(company, reverse("file_link", settings.PORTAL_URLCONF, kwargs={"token": token}))
    except LookupError:
        return ""


def find_linked_file(company: Company, token: str, now: datetime) -> tuple[StoredFile, int] | None:
    """Return the file that a token names, and for how many seconds more. None if the token is forged, cut off, another
    company's or over, or the file is gone.
    """
    try:
        plain = _signer(company).unsign(token)
        file_id, until = _PLAIN.unpack(base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4)))
    except (signing.BadSignature, binascii.Error, ValueError, struct.error):
        return None
    left = until - int(now.timestamp())
    found = find_file(company, UUID(bytes=file_id)) if left > 0 else None
    return (found, left) if found is not None else None


def _signer(company: Company) -> signing.Signer:
    return signing.Signer(sep=".", salt=f"chat.file:{company.pk}")
