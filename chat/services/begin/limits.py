"""How often a visitor, their address range, a site and the agency may be asked for something by the widget."""

from typing import Any
from uuid import UUID

from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from tenants.resolve import SiteFacts


def may_begin(site: SiteFacts, visitor_id: UUID, address: str) -> bool:
    """Count another chat or question of this visitor and address. False when any of the four limits is passed.

    Site and agency count what began (`count_begun`): else whoever has ten addresses closes a site with tries.
    """
    return _count(rate_limits.CHATS_OF_VISITOR, rate_limits.CHATS_OF_ADDRESS, visitor_id, address) and all(
        rate_limits.has_room(limit, counted_as, **shown) for limit, counted_as, shown in _of_all(site)
    )


def count_begun(site: SiteFacts) -> None:
    """Count a chat that began, for its site and the agency."""
    for limit, counted_as, shown in _of_all(site):
        rate_limits.take(limit, counted_as, **shown)


def may_ask_transcript(site: SiteFacts, visitor_id: UUID, address: str) -> bool:
    """Count another transcript request. False when a limit is passed."""
    return _count(rate_limits.TRANSCRIPTS_OF_VISITOR, rate_limits.TRANSCRIPTS_OF_ADDRESS, visitor_id, address)


def may_rate(site: SiteFacts, visitor_id: UUID, address: str) -> bool:
    """Count another rating. False when a limit is passed."""
    return _count(rate_limits.RATINGS_OF_VISITOR, rate_limits.RATINGS_OF_ADDRESS, visitor_id, address)


def _count(of_visitor: Limit, of_address: Limit, visitor_id: UUID, address: str) -> bool:
    visitor = str(visitor_id)
    return rate_limits.take(of_visitor, visitor, about=visitor[:8]) and rate_limits.take_address(of_address, address)


def _of_all(site: SiteFacts) -> list[tuple[Limit, str, dict[str, Any]]]:
    shown = {"about": site.name, "company_id": site.company_id}
    return [
        (rate_limits.CHATS_OF_SITE, str(site.id), shown),
        (rate_limits.CHATS_OF_AGENCY, "all", {}),
    ]
