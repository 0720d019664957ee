"""How often a person, a chat, a site or an address range may do something.

Counted in the cache: over all processes, or per process while Valkey is away. Who goes over a limit waits for its whole
time, which a manager sees as a row (agency.Block) and can lift. A real rush stays under every one of them: they are set
for hundreds of different visitors of one site, and for an office or a mobile provider behind one IPv4 address.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.core.cache import cache
from django.db import transaction

from agency.domain import network
from agency.models import Block, User
from agency.services import audit
from tenants import clock

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of at most `most` in `within` seconds. Going over it means waiting `within` seconds."""

    kind: str
    most: int
    within: int


# Tries at a chat or question by visitor and address; chats that began by site and agency: twice those that an agency of
# 250 companies has in its busiest ten minutes.
CHATS_OF_VISITOR = Limit("chats_visitor", 20, 600)
CHATS_OF_ADDRESS = Limit("chats_address", 100, 600)
CHATS_OF_SITE = Limit("chats_site", 1_000, 600)
CHATS_OF_AGENCY = Limit("chats_agency", 5_000, 600)
# Transcripts asked for.
TRANSCRIPTS_OF_VISITOR = Limit("transcripts_visitor", 10, 600)
TRANSCRIPTS_OF_ADDRESS = Limit("transcripts_address", 60, 600)
# Ratings given, in the panel and from the mail: somebody who can't decide; an office that was mailed together.
RATINGS_OF_CHAT = Limit("ratings_chat", 20, 3_600)
RATINGS_OF_VISITOR = Limit("ratings_visitor", 20, 3_600)
RATINGS_OF_ADDRESS = Limit("ratings_address", 100, 600)
# Pages and buttons behind the links of leads' mails: an office whose people are mailed together.
LEADS_OF_ADDRESS = Limit("leads_address", 200, 600)
# Invitations asked for: one a page view. And of one device (address and browser) on one site, where a visit is half an
# hour: nothing about it is kept on the visitor's side.
INVITATIONS_OF_ADDRESS = Limit("invitations_address", 300, 600)
INVITATIONS_OF_VISIT = Limit("invitations_visit", 1, 1_800)
# Wrong passwords and codes: of an account over all hosts and addresses, of a device that has signed in to it before,
# and of an address, behind which a whole shift may begin at seven.
PASSWORDS_OF_ACCOUNT = Limit("passwords_account", 5, 300)
PASSWORDS_OF_DEVICE = Limit("passwords_device", 10, 300)
PASSWORDS_OF_ADDRESS = Limit("passwords_address", 60, 300)
CODES_OF_ACCOUNT = Limit("codes_account", 5, 300)
# Mails with a new password, asked for.
RESETS_OF_ADDRESS = Limit("resets_address", 30, 300)
# Invitations to its portal that a company's owners have mailed: nobody's letterbox is filled through us.
PORTAL_MAILS_OF_COMPANY = Limit("portal_mails_company", 30, 3_600)
# The same of a company that was never live, which anybody may have made a minute ago.
PORTAL_MAILS_OF_NEWCOMER = Limit("portal_mails_newcomer", 5, 3_600)
# Companies that sign up by themselves: forms from an address, mails to a mailbox, and companies made, each a schema.
SIGN_UPS_OF_ADDRESS = Limit("sign_ups_address", 20, 3_600)
SIGN_UPS_OF_MAILBOX = Limit("sign_ups_mailbox", 3, 3_600)
SIGN_UPS_OF_AGENCY = Limit("sign_ups_agency", 20, 3_600)
# Looks at a company's sites for their code, asked for: each calls a site from here.
LOOKS_OF_COMPANY = Limit("looks_company", 10, 600)
# Readings of a company's site for its texts, asked for: each takes a thread of the worker for up to 20 s.
READINGS_OF_COMPANY = Limit("readings_company", 10, 600)
# Pictures that a company's people or managers send for it: each takes a process of up to 6 s of a processor.
PICTURES_OF_COMPANY = Limit("pictures_company", 40, 600)

ALL = (
    CHATS_OF_VISITOR, CHATS_OF_ADDRESS, CHATS_OF_SITE, CHATS_OF_AGENCY, TRANSCRIPTS_OF_VISITOR, TRANSCRIPTS_OF_ADDRESS,
    RATINGS_OF_CHAT, RATINGS_OF_VISITOR, RATINGS_OF_ADDRESS, LEADS_OF_ADDRESS, INVITATIONS_OF_ADDRESS,
    INVITATIONS_OF_VISIT, PASSWORDS_OF_ACCOUNT, PASSWORDS_OF_DEVICE, PASSWORDS_OF_ADDRESS, CODES_OF_ACCOUNT,
    RESETS_OF_ADDRESS, PORTAL_MAILS_OF_COMPANY, LOOKS_OF_COMPANY, READINGS_OF_COMPANY, PICTURES_OF_COMPANY,
    PORTAL_MAILS_OF_NEWCOMER, SIGN_UPS_OF_ADDRESS, SIGN_UPS_OF_MAILBOX, SIGN_UPS_OF_AGENCY,
)  # fmt: skip
# Of these nobody is told, and a manager has nothing to lift: the page simply doesn't invite.
UNSEEN = frozenset({INVITATIONS_OF_ADDRESS.kind, INVITATIONS_OF_VISIT.kind})
# How long a row is kept after it ended.
KEPT_FOR = timedelta(days=1)


def take(limit: Limit, counted_as: str, *, about: str = "", company_id: UUID | None = None) -> bool:
    """Count another. False when it is over the limit. Nothing is counted under "".

    Args:
        counted_as: at most 64 characters: an address range, a UUID, a digest.
        about: what a manager reads on the page of what is limited now.
    """
    if not counted_as:
        return True
    key = _key(limit.kind, counted_as)
    cache.add(key, 0, timeout=limit.within)
    try:
        count = int(cache.incr(key))
    except ValueError:  # it ended between the two calls
        return True
    if count == limit.most + 1:
        cache.touch(key, limit.within)
        if limit.kind not in UNSEEN:
            _note(limit, counted_as, about, company_id)
    return count <= limit.most


def has_room(limit: Limit, counted_as: str, *, about: str = "", company_id: UUID | None = None) -> bool:
    """True if another would be within the limit. Only one that wouldn't is counted, and shown to managers.

    Args:
        counted_as, about, company_id: as in `take`.
    """
    if int(cache.get(_key(limit.kind, counted_as), 0)) < limit.most:
        return True
    return take(limit, counted_as, about=about, company_id=company_id)


def take_address(limit: Limit, address: str) -> bool:
    """Count another of this address's range. Loopback and what is no address are never limited."""
    counted_as = address_key(address)
    return take(limit, counted_as, about=counted_as)


def give_back(limit: Limit, counted_as: str) -> None:
    """Take one back that turned out well, as a password that was right."""
    if counted_as:
        try:
            cache.incr(_key(limit.kind, counted_as), -1)
        except ValueError:
            return  # its time is over


def forget(limit: Limit, counted_as: str) -> None:
    """Begin to count anew."""
    cache.delete(_key(limit.kind, counted_as))
    Block.objects.filter(kind=limit.kind, counted_as=counted_as).delete()


def address_key(address: str) -> str:
    """Under what an address is counted, or "" when it never is: what comes from loopback hasn't passed the proxy."""
    return "" if network.is_loopback(address) else network.range_of(address)


def digest(*parts: str) -> str:
    """Turn a typed text into a key."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def list_blocks() -> list[Block]:
    """List the limits that are passed now, newest first. One query."""
    rows = Block.objects.filter(until__gt=clock.now()).select_related("company")
    return list(rows.order_by("-since", "id"))


@transaction.atomic
def lift(*, block_id: UUID, by: User, now: datetime) -> bool:
    """Lift a limit at once. False if it was lifted or ended meanwhile.

    While Valkey is away each process counts by itself, and this reaches the one that answers.
    """
    block = Block.objects.select_for_update().filter(pk=block_id, until__gt=clock.now()).first()
    if block is None:
        return False
    kept = network.shortened(block.about) if block.kind.endswith("_address") else block.about
    audit.note_change(
        actor=by,
        action="limit.lifted",
        now=now,
        company=block.company,
        about=audit.Subject(None, kept),
        changes={"limit": (block.kind, None)},
    )
    key = _key(block.kind, block.counted_as)
    block.delete()
    transaction.on_commit(lambda: cache.delete(key))
    return True


def _note(limit: Limit, counted_as: str, about: str, company_id: UUID | None) -> None:
    log.info("limit_reached", limit=limit.kind)
    facts = {
        "about": about[:254],
        "company_id": company_id,
        "since": clock.now(),
        "until": clock.now() + timedelta(seconds=limit.within),
    }
    Block.objects.filter(until__lt=clock.now() - KEPT_FOR).delete()
    Block.objects.update_or_create(kind=limit.kind, counted_as=counted_as, defaults=facts)


def _key(kind: str, counted_as: str) -> str:
    return f"limit:{kind}:{counted_as}"
