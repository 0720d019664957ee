"""Counting offers that were let pass, by reason. Read by `agency.services.reports.report` alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, CharField, Count, F, Q, Value, When
from django.db.models.functions import Substr

from agency.domain.promise.bounce_reasons import STARTS, BounceReason
from agency.models import Assignment
from tenants.models import Company


@dataclass(frozen=True, slots=True)
class Bounces:
    """Offers let pass for one reason: how many, and in how many chats. `said`: an operator's own words, else "".

    `reason` None: all of them together. A chat that was let pass for two reasons is in both lines and once in the
    whole.
    """

    reason: BounceReason | None
    said: str
    count: int
    chats: int


def count_bounces(*, company: Company | None, starts: datetime, ends: datetime) -> list[Bounces]:
    """All, then by reason, the most first; of a period by the moment of the bounce, `ends` excluded. Two queries."""
    rows = Assignment.objects.filter(kind=Assignment.Kind.BOUNCE, at__gte=starts, at__lt=ends)
    if company is not None:
        rows = rows.filter(company=company)
    counts = {"n": Count("pk"), "chats": Count("chat_id", distinct=True)}
    whole = rows.aggregate(**counts)
    if not whole["n"]:
        return []
    cases = [When(reason__startswith=start, then=Value(str(key))) for key, start in STARTS.items()]
    declined = f"{STARTS[BounceReason.DECLINED]}: "
    own_words = When(Q(reason__startswith=declined), then=Substr(F("reason"), len(declined) + 1))
    named = rows.annotate(
        code=Case(*cases, default=Value(str(BounceReason.OTHER)), output_field=CharField()),
        said=Case(own_words, default=Value(""), output_field=CharField()),
    )
    found = named.values_list("code", "said").annotate(**counts)
    ranked = sorted(found, key=lambda row: (-row[2], row[0], row[1]))
    lines = [Bounces(BounceReason(code), said, n, chats) for code, said, n, chats in ranked]
    return [Bounces(None, "", whole["n"], whole["chats"]), *lines]
