"""The sites' answers as they change, also while no page asks: followed by one dispatcher at a time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from agency.domain.pool import reasons, site_reasons
from agency.services.facts import availability as facts
from agency.services.facts.availability import Given, HeldAnswer
from agency.services.pool.availability import Picture, SiteState, list_site_states
from tenants import memory

# At each second sweep: as often as a web process reads the same (chat/realtime/widget/availability.py).
EVERY = timedelta(seconds=1.5)


@dataclass(slots=True)
class _Watch:
    """What this process knows of the answers that have no end yet: None where it must read them."""

    picture: Picture = field(default_factory=Picture)
    held: dict[UUID, HeldAnswer] | None = None
    looked_at: datetime | None = None


_watch = memory.facts(_Watch)


def follow_sites(*, now: datetime) -> int:
    """Write the answers that changed since the last look, about each 2 s. Returns how many did.

    After longer than is known to be looked at, the answers of before end where the last look was.
    """
    if _watch.looked_at is not None and timedelta() <= now - _watch.looked_at < EVERY:
        return 0
    _watch.looked_at = now
    # A transaction that fails, and another process's turn, leave nothing that this one could go on with.
    held, _watch.held = _watch.held, None
    with transaction.atomic():
        seen_at = facts.take_watch(writer=settings.NODE, now=now)
        if seen_at is None:
            return 0
        if now - seen_at > facts.GAP:
            facts.end_all(seen_at)
            held = {}
        if held is None:
            held = facts.list_open()
        given = {state.site.pk: _given(state) for state in list_site_states(now, _watch.picture)}
        changed = facts.write_changes(held, given, now)
    _watch.held = held
    return changed


def find_differences(now: datetime) -> list[tuple[UUID, str]]:
    """Return the sites whose answer of now isn't the one that is written down, and in what, while somebody writes.

    A change is written within two seconds, so whoever asks looks twice. How full it is was measured over time by the
    process that writes, and another that begins now may measure otherwise: that is no difference.
    """
    if not facts.is_watched(now):
        return []
    held = {pk: one.answer for pk, one in facts.list_open().items()}
    given = {state.site.pk: _given(state).answer for state in list_site_states(now)}
    found = [(pk, "answer of a site that is gone") for pk in held.keys() - given.keys()]
    found += [(pk, "site without an answer") for pk in given.keys() - held.keys()]
    for pk in held.keys() & given.keys():
        (mode, _, code), (mode_now, _, code_now) = held[pk], given[pk]
        if site_reasons.overflow.code not in (code, code_now) and (mode, code) != (mode_now, code_now):
            found.append((pk, "answer differs from the one given now"))
    return found


def _given(state: SiteState) -> Given:
    answer = (state.mode, state.level, state.reason.code)
    return Given(state.site.company_id, answer, reasons.write(state.reason))
