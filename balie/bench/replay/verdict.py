"""The stored rows of a replay beside what its clients saw: the one answer, and whether it is good."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from agency.models import Assignment, ChatRecord
from balie.bench.replay.play import PlayOutcome
from balie.bench.replay.robots.dialogue_state import Talk
from balie.bench.replay.setup import Stage, Stand
from balie.bench.replay.tally import Played, Tally, TallyRow, TallyStep, percentile
from balie.bench.replay.worked_time import EXACT_S
from chat.models import Message, Question
from tenants.context import in_company

# Each has to be 0.
FAULTS = ("lost", "doubled", "out_of_order", "gaps", "assigned_twice", "unheard", "unfinished")
# Each has as many as there are chats.
BOOKS = ("chats_closed", "records", "charges_or_reasons")


def judge(outcome: PlayOutcome, stage: Stage) -> dict[str, Any]:
    """Count through the ORM and return the answer that is printed."""
    talks = outcome.talks
    tally, kept, answered = Tally(), 0, 0
    trails = _trails(talks)
    for number, stand in enumerate(stage.stands):
        own = talks[number :: len(stage.stands)]
        rows = _rows(stand, own)
        kept += _kept(stand, own)
        for talk in _begun(own):
            tally.add(_name(talk), _played(talk), rows[talk.chat_id], trails[talk.chat_id])
            answered += any(row.side == "operator" and row.kind == "text" for row in rows[talk.chat_id])
    begun = _begun(talks)
    deliveries = [1000 * seconds for talk in talks for seconds in talk.deliveries]
    return {
        "chats_started": len(begun),
        "refused": sum(bool(talk.refused) for talk in talks),
        "refused_kept": kept,
        "chats_answered": answered,
        "messages_sent": sum(len(talk.sent_at) for talk in talks),
        "messages_acked": sum(len(talk.acked) for talk in talks),
        "messages_received": sum(len(talk.arrived_at) for talk in talks),
        **{name: getattr(tally, name) for name in FAULTS},
        "delivery_ms": _percentiles(deliveries, 50, 95, 99),
        "first_response_s": _percentiles(_first_waits(begun), 50, 90),
        "sendings": sum(talk.sendings for talk in talks),
        "seconds": round(outcome.seconds, 1),
        "clients_saw": dict(sorted(outcome.seen.items())),
        "refused_because": sorted({talk.refused for talk in talks if talk.refused}),
        "examples": tally.examples,
    }


def is_good(answer: dict[str, Any], *, chats: int, operators: int) -> bool:
    """Whether the replay proves what it is for.

    With operators every chat is begun, answered and without a fault. Without any, every one is refused with a reason
    and its text is kept.
    """
    if not has_good_books(answer):
        return False
    if operators == 0:
        return bool(answer["refused"] == answer["refused_kept"] == chats)
    faults = sum(answer[name] for name in FAULTS)
    # When the database's own clock jumps ahead all leases are over for a moment: who comes then gets the form.
    jumped = any(name.startswith(("postgres-", "all-")) for name in answer["faults"])
    refused = answer["refused"]
    said = refused == answer["refused_kept"] if jumped else refused == 0
    answered = bool(answer["chats_started"] == answer["chats_answered"] == chats - refused)
    # After a jump of that clock nobody's seconds are those of a lease.
    worked = jumped or max(answer["presence_missing_s"], answer["presence_unheard_s"]) <= EXACT_S
    return faults == 0 and said and answered and worked


def has_good_books(answer: dict[str, Any]) -> bool:
    """Whether every chat left one record and one line on the ledger, and every mail that was due came, from one try.

    Only a worker that dies between the mail server's answer and its own commit may cause a second copy, and that bears
    the same Message-ID.
    """
    started = answer["chats_started"]
    return bool(
        all(answer[name] == started for name in BOOKS)
        and answer["transcripts_mailed"] + answer["transcripts_refused"] == answer["transcripts_due"]
        and (answer["transcripts_refused"] == 0 or "smtp-550" in answer["faults"])
        and sum(answer["faults"].values()) == answer["faults_wanted"]
        and answer["mail_duplicates"] == answer["mail_duplicates_same_id"]
        and answer["mail_duplicates"] <= sum(answer["kills"].values())
        and answer["differences"] == 0
    )


def _begun(talks: list[Talk]) -> list[Talk]:
    return [talk for talk in talks if talk.chat_id is not None]


def _first_waits(begun: list[Talk]) -> list[float]:
    """The seconds that each visitor waited for the first human text, as the records have it."""
    records = ChatRecord.objects.filter(pk__in=[talk.chat_id for talk in begun])
    return [(record.first_human_at - record.arrived_at).total_seconds() for record in records if record.first_human_at]


def _name(talk: Talk) -> str:
    return f"{talk.dialogue.id} {talk.chat_id}"


def _played(talk: Talk) -> Played:
    turns = talk.dialogue.turns
    return Played(
        said=[(talk.ids[turn], turns[turn].role, turns[turn].text) for turn in sorted(talk.sent_at)],
        acked={talk.ids[turn] for turn in talk.acked},
        received={talk.ids[turn] for turn in talk.arrived_at},
        visitor_knows=talk.visitor_knows,
        early=talk.dialogue.early,
        turns=len(turns),
    )


def _rows(stand: Stand, talks: list[Talk]) -> defaultdict[str | None, list[TallyRow]]:
    found: defaultdict[str | None, list[TallyRow]] = defaultdict(list)
    with in_company(stand.company):
        stored = Message.objects.filter(chat_id__in=[talk.chat_id for talk in _begun(talks)])
        for chat_id, seq, kind, side, client_id, body in stored.values_list(
            "chat_id", "seq", "kind", "side", "client_id", "body"
        ):
            found[str(chat_id)].append(TallyRow(seq, kind, side, str(client_id), body))
    return found


def _trails(talks: list[Talk]) -> defaultdict[str | None, list[TallyStep]]:
    found: defaultdict[str | None, list[TallyStep]] = defaultdict(list)
    chats = [UUID(talk.chat_id) for talk in talks if talk.chat_id is not None]
    rows = Assignment.objects.filter(chat_id__in=chats).order_by("chat_id", "fence", "pk")
    for chat_id, fence, kind, operator_id in rows.values_list("chat_id", "fence", "kind", "operator_id"):
        found[str(chat_id)].append(TallyStep(fence, kind, str(operator_id)))
    return found


def _kept(stand: Stand, talks: list[Talk]) -> int:
    refused = {talk.ids[0]: talk.dialogue.turns[0].text for talk in talks if talk.refused and not talk.chat_id}
    with in_company(stand.company):
        rows = Question.objects.filter(client_id__in=list(refused)).values_list("client_id", "body")
        return sum(refused[str(client_id)] == body for client_id, body in rows)


def _percentiles(values: list[float], *shares: int) -> dict[str, float | None]:
    found = {f"p{share}": percentile(values, share / 100) for share in shares}
    return {name: None if value is None else round(value, 1) for name, value in found.items()}
