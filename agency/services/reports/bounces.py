"""Counting offers that were let pass, by reason. Read by `agency.services.reports.report` alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, F, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from agency.domain.pool import trail_reasons
from agency.domain.promise.bounce_reasons import NAMES
from agency.models import Assignment
from tenants.models import Company


@dataclass(frozen=True, slots=True)
class Bounces:
    """Offers let pass for one reason: how many, and in how many chats.

    A chat that was let pass for two reasons is in both lines and once in the whole.

    Args:
        reason: its code in the trail; None: all of them together.
        said: an operator's own words, else "".
    """

    reason: str | None
    said: str
    count: int
    chats: int


def count_bounces(*, company: Company | None, starts: datetime, ends: datetime) -> list[Bounces]:
    """Count all bounces, then by reason, the most first, by the moment of the bounce, `ends` excluded. Two queries."""
    rows = Assignment.objects.filter(kind=Assignment.Kind.BOUNCE, at__gte=starts, at__lt=ends)
    if company is not None:
        rows = rows.filter(company=company)
    counts = {"n": Count("pk"), "chats": Count("chat_id", distinct=True)}
    whole = rows.aggregate(**counts)
    if not whole["n"]:
        return []
    known = When(code__in=list(NAMES), then=F("code"))
    own_words = When(code=trail_reasons.declined.code, then=Coalesce(KT("facts__words"), Value("")))
    named = rows.annotate(
        why=Case(known, default=Value(trail_reasons.other.code), output_field=CharField()),
        said=Case(own_words, default=Value(""), output_field=CharField()),
    )
    found = named.values_list("why", "said").annotate(**counts)
    ranked = sorted(found, key=lambda row: (-row[2], row[0], row[1]))
    lines = [Bounces(why, said, n, chats) for why, said, n, chats in ranked]
    return [Bounces(None, "", whole["n"], whole["chats"]), *lines]
