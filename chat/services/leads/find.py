"""A company's leads as lists and pages show them."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value

from agency.services.people.addresses import searched_address
from chat.domain.leads import LeadState
from chat.models import Lead
from tenants.context import in_company
from tenants.models import Company

# Not a state of its own: leads that nobody took up in time, and still hasn't.
LATE = "late"
SHOWN = ("", *LeadState, LATE)
# Leads of a file; more is a file that nobody opens.
MOST_ROWS = 20_000


def list_leads(
    company: Company, *, shown: str = "", words: str = "", window: Callable[[int], slice] | None = None
) -> list[Lead]:
    """List leads, newest first. Two queries with a window, else one.

    Args:
        shown: one of SHOWN.
        words: what name, question, number or address hold.
        window: given how many there are, returns which of them; left out, the first 20,000.
    """
    with in_company(company):
        rows = _select(shown, words)
        part = window(rows.count()) if window is not None else slice(MOST_ROWS)
        return list(rows[part])


def find_lead(company: Company, lead_id: UUID) -> Lead | None:
    """Return a lead of this company, or None: unknown and another company's look alike."""
    with in_company(company):
        lead: Lead | None = Lead.objects.filter(pk=lead_id).first()
    return lead


def lead_counts() -> QuerySet[Any]:
    """The company's leads by what lists show of them: one row, none without leads. In the company's context."""
    counts = {shown: Count("pk", filter=_shown(shown)) for shown in SHOWN if shown}
    rows: QuerySet[Any] = Lead.objects.order_by().values(company=Value(1)).annotate(all=Count("pk"), **counts)
    return rows


def counts_from(rows: Iterable[dict[str, int]]) -> dict[str, int]:
    """The row of `lead_counts`."""
    return next(iter(rows), dict.fromkeys(("all", *filter(None, SHOWN)), 0))


def _select(shown: str, words: str) -> QuerySet[Lead]:
    rows: QuerySet[Lead] = Lead.objects.order_by("-created_at", "-id")
    if shown:
        rows = rows.filter(_shown(shown))
    if words:
        held = Q(name__icontains=words) | Q(question__icontains=words) | Q(phone__icontains=words)
        rows = rows.filter(held | Q(email__icontains=searched_address(words)))
    return rows


def _shown(shown: str) -> Q:
    return Q(state=LeadState.NEW, escalated_at__isnull=False) if shown == LATE else Q(state=shown)
