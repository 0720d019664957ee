"""Why a chat waits and who would get it, in sentences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import formats, timezone
from django.utils.text import get_text_list
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from agency.domain.pool import reasons, routing
from agency.domain.pool.reasons import PoolReason
from agency.domain.pool.refusals import Crowd
from agency.domain.pool.routing import Candidate
from agency.models import Assignment, Operator
from agency.services.pool import entries
from agency.services.pool.candidates import list_candidates
from agency.services.pool.live import chats
from agency.services.pool.live.chats import LiveLine
from chat.templatetags.routes import reason_word

SHOWN_STEPS = 12
# From those who may have it soon to those who never could; before them all who only comes after another.
_NEARNESS = (
    reasons.draining.code,
    reasons.full.code,
    reasons.company_limit.code,
    reasons.paused.code,
    reasons.no_lease.code,
    reasons.no_language.code,
    reasons.not_certified.code,
)


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Somebody who isn't asked, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """The router's choice for a chat now.

    Args:
        chosen: who would be asked; "" for nobody.
        reasons: why they.
        refused: who else knows the company, and why they aren't asked, the nearest first.
        uncertified: names of the others who are here.
        asked: at whom it rings now; the choice is then for the case that they let it pass.
        steps: what happened to it last, the newest first.
    """

    chosen: str
    reasons: str
    refused: list[RefusalWords]
    uncertified: list[str]
    asked: str
    steps: list[Assignment]


def decision_of(chat_id: UUID, names: Mapping[UUID, str], now: datetime) -> DecisionWords | None:
    """Say what the router would decide over everybody who is here, or None of a chat that doesn't wait. Six queries.

    Args:
        names: of everybody who is here, by operator.
    """
    entry = chats.find_waiting(chat_id)
    if entry is None:
        return None
    certified = list_candidates(now, {entry.company_id})
    asked = entry.offered_to_id
    others = [one for one in certified if one.operator_id != asked]
    facts = chats.facts_of(entry, entries.bounced_by([chat_id]).get(chat_id, {}))
    choice = routing.choose(facts, others, now)
    refused = sorted((_nearness(why), names.get(pk, ""), reason_word(why)) for pk, why in choice.refused.items())
    known = {one.operator_id for one in certified}
    trail = Assignment.objects.filter(chat_id=chat_id).select_related("operator")
    return DecisionWords(
        chosen=names.get(choice.operator_id, "") if choice.operator_id else "",
        reasons=", ".join(reason_word(reason) for reason in choice.reasons),
        refused=[RefusalWords(name, why) for _place, name, why in refused],
        uncertified=sorted(name for pk, name in names.items() if pk not in known),
        asked=names.get(asked, "") if asked else "",
        steps=list(trail.order_by("-fence", "-pk")[:SHOWN_STEPS]),
    )


def _nearness(why: PoolReason) -> int:
    return _NEARNESS.index(why.code) + 1 if why.code in _NEARNESS else 0


def taker_words(operator: Operator, seat: Candidate) -> str:
    """Somebody who could take a chat, as a choice."""
    load = formats.number_format(seat.load, decimal_pos=1)
    words = _("{name}: {used} of {of}, load {load}")
    if seat.draining:
        words = _("{name}: {used} of {of}, load {load}, gets no new chats")
    return words.format(name=operator.public_name, used=seat.used, of=seat.capacity, load=load)


def why_waiting(line: LiveLine) -> str:
    """Why this chat has nobody yet, in one or a few short sentences."""
    return " ".join(_sentences(line))


def _sentences(line: LiveLine) -> Iterable[str]:
    if line.state == "offered":
        yield _("Rings at {name}.").format(name=line.asked)
    if line.crowd is not None:
        yield _why(line.crowd, line.language)
    if line.bounced:
        gone = [f"{one.name} ({reason_word(one.reason)})" for one in line.bounced]
        names_of_them = get_text_list(gone, _("and"))
        if line.passed_on > len(gone):
            words = _("Passed on {n} times, last by {names}.")
            yield words.format(n=line.passed_on, names=names_of_them)
        else:
            yield _("Earlier with {names}.").format(names=names_of_them)
    if line.called_at is not None:
        at = formats.date_format(timezone.localtime(line.called_at), "H:i")
        yield _("The lead operators are called since {at}.").format(at=at)


def _why(crowd: Crowd, language: str) -> str:
    if crowd.code == "soon":
        return ngettext(
            "{n} certified person is free and is asked now.",
            "{n} certified people are free, one of them is asked now.",
            crowd.free,
        ).format(n=crowd.free)
    if crowd.code == "nobody":
        return _("Nobody who is certified is at a desk.")
    if crowd.code == "language":
        spoken = get_language_info(language)["name_translated"]
        words = ngettext(
            "The certified person who is here doesn't answer in {language}.",
            "Of the {n} certified people who are here none answers in {language}.",
            crowd.here,
        )
        return words.format(n=crowd.here, language=spoken)
    if crowd.code == "away":
        return ngettext(
            "The only certified person who is here is on a break.",
            "All {n} certified people who are here are on a break.",
            crowd.away,
        ).format(n=crowd.away)
    if crowd.code == "limit":
        return _("Everybody certified who is here has as many chats of this company as they may.")
    full = ngettext(
        "The only certified person here is full: {used} of {of} slots.",
        "All {n} certified people here are full: {used} of {of} slots.",
        crowd.busy,
    ).format(n=crowd.busy, used=crowd.used, of=crowd.capacity)
    if not crowd.away:
        return full
    away = ngettext("{n} more is on a break.", "{n} more are on a break.", crowd.away)
    return f"{full} {away.format(n=crowd.away)}"
