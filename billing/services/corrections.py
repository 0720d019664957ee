"""What is said about a chat after its charge: a line of its own, never an edit.

Flagged as spam: minus what the chat stands for. Taken back: judged like any other chat, and billed unless another chat of
that person within 24 hours is. Chats that were free as its repeat stay free: nobody pays later for what was called free.
"""

from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, Sum

from agency.models import ChatRecord, RecordEvent
from billing.domain.money import NOTHING
from billing.domain.pricing import Rate, Reason, Verdict, charge_month, judge, price
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
    """Spam events of charged chats that no line follows yet, oldest first; of one company or of all."""
    events = RecordEvent.objects.filter(
        ~Exists(Charge.objects.filter(event=OuterRef("pk"))),
        kind=RecordEvent.Kind.SPAM,
        record__charged=True,
    ).order_by("at", "id")
    if company is not None:
        events = events.filter(company=company)
    known = _known_to_charges([event.record_id for event in events])
    return [event for event in events if str(event.pk) not in known]


def _known_to_charges(chat_ids: list[UUID]) -> set[str]:
    """Events that the charges of these chats took into account already."""
    charges = Charge.objects.filter(record__in=chat_ids, component=Charge.Component.CHAT)
    return {
        event
        for evidence in charges.values_list("evidence", flat=True)
        for event in evidence.get("events", [])
    }


def _correct(company: Company, event: RecordEvent) -> None:
    record = ChatRecord.objects.get(pk=event.record_id)
    lines = list(Charge.objects.filter(record=record).select_related("event", "price"))
    net = Charge.objects.filter(record=record).aggregate(net=Sum("amount"))["net"] or NOTHING
    charge = next(line for line in lines if line.component == Charge.Component.CHAT)
    verdict, amount = _verdict(lines), NOTHING
    if facts.is_booked_as_spam(lines) != bool(event.value):
        verdict = Verdict(Reason.SPAM) if event.value else _judge_again(company, record)
        amount = _price(charge, verdict) - net
    Charge.objects.create(
        company=company,
        record=record,
        component=Charge.Component.CORRECTION,
        reason=Reason.SPAM if event.value else Reason.NOT_SPAM,
        amount=amount,
        price_id=charge.price_id,
        event=event,
        repeat_of_id=verdict.repeat_of,
        evidence={"verdict": verdict.reason, "before": str(net)},
        month=charge_month(event.at),
    )


def _verdict(lines: list[Charge]) -> Verdict:
    """What the lines say now; for an event that says nothing new."""
    if facts.is_billed(lines):
        return Verdict(Reason.BILLABLE)
    return Verdict(Reason(facts.newest(lines).reason))


def _judge_again(company: Company, record: ChatRecord) -> Verdict:
    """The verdict on a chat that is no spam after all, beside all that is billed to that person now."""
    chat = facts.facts_of(record, spam=False)
    return judge(chat, facts.list_billed(company, [chat], around=True))


def _price(charge: Charge, verdict: Verdict) -> Decimal:
    stored = charge.price
    assert stored is not None  # each line names its price
    return price(verdict, Rate(stored.pk, stored.valid_from, stored.amount))
