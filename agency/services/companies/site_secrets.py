"""A site's secrets: made and ended by an owner, shown once, and used to read who a visitor is."""

import secrets
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction

from agency.domain.refusal import Refusal
from agency.domain.sites.identity import Identity, read_identity
from agency.models import SiteSecret, User
from agency.services.audit import note_change
from agency.services.system.seal import seal, unseal
from tenants.models import Site

# One that holds, and one that a server changes to.
MOST = 2
_PURPOSE = "site_secret"


class CannotChangeSecret(Refusal):
    """Nothing was changed. Codes: too_many (two hold already), gone (it was ended meanwhile)."""


def list_secrets(site: Site) -> list[SiteSecret]:
    """The secrets that hold, the oldest first."""
    return list(SiteSecret.objects.filter(site=site).order_by("made_at", "id"))


@transaction.atomic
def make_secret(*, site: Site, by: User, now: datetime) -> tuple[SiteSecret, str]:
    """Make a further secret. Logged by its ending.

    Returns:
        Its row, and the secret itself, which nobody can read again.

    Raises:
        CannotChangeSecret: too_many.
    """
    _lock(site)
    if SiteSecret.objects.filter(site=site).count() >= MOST:
        raise CannotChangeSecret("too_many")
    plain = secrets.token_urlsafe(32)
    row = SiteSecret.objects.create(
        site=site, sealed=seal(plain, purpose=_PURPOSE), ending=plain[-4:], made_at=now, made_by=by.name
    )
    _note("site.secret_made", row, site, by, now)
    return row, plain


@transaction.atomic
def end_secret(*, site: Site, secret_id: UUID, by: User, now: datetime) -> SiteSecret:
    """End a secret of this site: what it signs counts no longer. Logged.

    Raises:
        CannotChangeSecret: gone.
    """
    _lock(site)
    row = SiteSecret.objects.filter(site=site, pk=secret_id).first()
    if row is None:
        raise CannotChangeSecret("gone")
    row.delete()
    _note("site.secret_ended", row, site, by, now)
    return row


def identify(*, site: Site, token: str, now: datetime) -> Identity:
    """Read who a visitor of this site is, from what the company's server signed with a secret that holds.

    Raises:
        BadIdentity: see there. The chat goes on without the facts.
    """
    return read_identity(token, secrets=_open_secrets(site), audience=site.key, now=now)


def _open_secrets(site: Site) -> list[str]:
    """The secrets themselves, without those sealed under a key that is no fallback any more: they sign nothing."""
    known = []
    for row in list_secrets(site):
        with suppress(InvalidToken):
            known.append(unseal(row.sealed, purpose=_PURPOSE))
    return known


def _lock(site: Site) -> None:
    Site.objects.select_for_update(no_key=True, of=("self",)).get(pk=site.pk)


def _note(action: str, row: SiteSecret, site: Site, by: User, now: datetime) -> None:
    changes = {"ending": (None, row.ending)}
    note_change(actor=by, action=action, now=now, company=site.company, about=site, changes=changes)
