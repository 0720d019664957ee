"""Why a site offers no chat: codes with facts, as all reasons are."""

from dataclasses import dataclass

from agency.domain.pool.reasons import PoolReason, reason
from agency.domain.words import gettext_noop


@reason(gettext_noop("the company isn't live"))
def not_live() -> None: ...
@reason(gettext_noop("outside opening hours"))
def outside_hours() -> None: ...
@reason(gettext_noop("nobody is certified"))
def nobody_certified() -> None: ...
@reason(gettext_noop("nobody who is certified answers in {language}"))
def nobody_speaks(*, language: str) -> None: ...
@reason(gettext_noop("none of the {of} who could answer is here"))
def nobody_here(*, of: int) -> None: ...
@reason(gettext_noop("whoever could answer is on a break: {n}"))
def all_paused(*, n: int) -> None: ...
@reason(gettext_noop("whoever could answer gets no new chats: {n}"))
def all_draining(*, n: int) -> None: ...
# Everything taken, kept for those who wait or are invited, or forecast to be: one code, as they change each second.
@reason(gettext_noop("too many chats: of {slots} slots {left} are left to give"))
def overflow(*, slots: int, free: int, left: int) -> None: ...


@dataclass(frozen=True, slots=True)
class SiteStaff:
    """The people of a site's company, counted. `able` are the certified who speak its language. Of these some are here
    but on a break, or get no new chats.
    """

    certified: int
    able: int
    paused: int
    draining: int


def why_nobody(staff: SiteStaff, language: str) -> PoolReason:
    """Return why there is no seat for a site in its hours."""
    if not staff.certified:
        return nobody_certified()
    if not staff.able:
        return nobody_speaks(language=language)
    if staff.paused:
        return all_paused(n=staff.paused)
    return all_draining(n=staff.draining) if staff.draining else nobody_here(of=staff.able)
