"""Corrections: facts that come after a chat's charge get a line of their own, never an edit.

Flagged as spam: minus what the chat stands for. Taken back: judged like any other chat, and billed unless another chat
of that person within 24 hours is. Chats that were free as its repeat stay free: nobody pays later for what was called
free.
"""

from collections.abc import Callable
from uuid import UUID

from django.db.models import Exists, OuterRef

from agency.models import RecordEvent
from billing.domain.components import price
from billing.domain.money import NOTHING, total
from billing.domain.pricing import ChargeFacts, ChargeVerdict, Rate, Reason, charge_month, judge
from billing.models import Charge
from billing.services import facts
from tenants.models import Company


def correct_flagged(company: Company) -> int:
    """Write the correction of each spam event that came after its chat's charge, in the order in which they were said.

    Call it with the company's ledger held: each line stands on those before it, so nobody else may write between two of
    them, and none is passed over. One that can't be written ends the transaction.

    Returns:
        How many lines were written.
    """
    events = list_unbooked(company)
    for event in events:
        _correct(company, event)
    return len(events)


def list_unbooked(company: Company | None = None) -> list[RecordEvent]:
    """List spam events of charged chats that no line follows yet, oldest first, of one company or of all."""
    events = (
        RecordEvent.objects.filter(
            ~Exists(Charge.objects.filter(event=OuterRef("pk"))),
            kind=RecordEvent.Kind.SPAM,
            record__charged=True,
        )
        .select_related("record")
        .order_by("at", "id")
    )
    if company is not None:
        events = events.filter(company=company)
    known = _known_to_charges([event.record_id for event in events])
    return [event for event in events if str(event.pk) not in known]


def _known_to_charges(chat_ids: list[UUID]) -> set[str]:
    """Events that the charges of these chats took into account already."""
    charges = Charge.objects.filter(record__in=chat_ids, component=Charge.Component.CHAT)
    return {event for evidence in charges.values_list("evidence", flat=True) for event in evidence.get("events", [])}


def correction_of(
    lines: list[Charge], event: RecordEvent, chat: ChargeFacts, rate: Rate, judge_again: Callable[[], ChargeVerdict]
) -> Charge:
    """The line that follows one spam event, not saved.

    Args:
        lines: those that the chat has already, its charge first.
        chat: its facts, as no spam.
        rate: that of the charge.
        judge_again: gives the verdict on a chat that is no spam after all.
    """
    charge = lines[0]
    net = total(line.amount for line in lines)
    verdict, amount = _verdict(lines), NOTHING
    if facts.is_booked_as_spam(lines) != bool(event.value):
        verdict = ChargeVerdict(Reason.SPAM) if event.value else judge_again()
        amount = total(line.amount for line in price(verdict, chat, rate)) - net
    return Charge(
        company_id=charge.company_id,
        record_id=charge.record_id,
        component=Charge.Component.CORRECTION,
        reason=Reason.SPAM if event.value else Reason.NOT_SPAM,
        amount=amount,
        price_id=charge.price_id,
        event=event,
        repeat_of_id=verdict.repeat_of,
        evidence={"verdict": verdict.reason, "before": str(net)},
        month=charge_month(event.at),
    )


def _correct(company: Company, event: RecordEvent) -> None:
    chat = facts.facts_of(event.record, spam=False)
    rows = Charge.objects.filter(record=event.record).select_related("event", "price")
    lines = facts.in_order(rows)
    correction_of(
        lines,
        event,
        chat,
        _rate(lines[0]),
        # Beside all that is billed to that person now.
        lambda: judge(chat, facts.list_billed(company, [chat], around=True)),
    ).save()


def _verdict(lines: list[Charge]) -> ChargeVerdict:
    """Return what the lines say now, for an event that says nothing new."""
    if facts.is_billed(lines):
        return ChargeVerdict(Reason.BILLABLE)
    return ChargeVerdict(Reason(facts.newest(lines).reason))


def _rate(charge: Charge) -> Rate:
    stored = charge.price
    assert stored is not None  # each line names its price
    return Rate(stored.pk, stored.valid_from, stored.amount)
