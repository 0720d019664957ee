"""A lead from each of the three doors: once each, mailed once, taken up, escalated or not, won or lost."""

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from icalendar import Calendar

from agency.models import DatedHours, OutboxRow, PoolEntry, RecordEvent
from agency.services.mail import outbox
from chat.domain.leads import BestTime, LeadState
from chat.models import Delivery, Lead, Question
from chat.services.begin import first_message
from chat.services.begin.first_message import CannotBegin, First
from chat.services.ending import reasons_to_close
from chat.services.leads import escalate
from chat.services.leads.make import CannotMake, read_contact
from chat.services.leads.progress import CannotChangeLead, acknowledge, settle
from chat.services.reconcile import list_differences
from tenants.context import in_company
from tenants.models import Company
from tenants.resolve import find_site
from tests import cast
from tests.agency.services.mail.sink import Sink
from tests.chat.services.leads.made import PHONE, ask, call_back, from_chat, steps, the_lead
from tests.chat.services.mail.transcripts import drain, fixture_running, fixture_server  # noqa: F401 -- fixtures
from tests.chat.services.stage import NOW, after, sit

pytestmark = pytest.mark.django_db


def deliveries(company: Company) -> list[tuple[str, str]]:
    with in_company(company):
        return list(Delivery.objects.order_by("created_at").values_list("kind", "recipient"))


def take_up(company: Company, by: str = "Carol") -> bool:
    return acknowledge(company=company, lead_id=the_lead(company).pk, by=by, now=NOW)


def end(company: Company, result: LeadState, reason: str = "", *, at: datetime = NOW) -> bool:
    return settle(company=company, lead_id=the_lead(company).pk, result=result, reason=reason, by="Carol", now=at)


def test_a_question_is_a_lead_and_one_mail(acme: Company, server: Sink) -> None:
    question_id = ask(url="https://shop.acme.example/blauw", consent="Acme antwoordt je hierop.")
    lead = the_lead(acme)
    assert (lead.source, lead.source_id, lead.channel, lead.email) == (
        "question", question_id, "mail", "marieke@voorbeeld.example"
    )  # fmt: skip
    assert (lead.consent, lead.consent_at, lead.state) == ("Acme antwoordt je hierop.", lead.created_at, "new")
    drain(timezone.now() + timedelta(minutes=5))
    ((to, message, _raw),) = server.taken
    assert to == ["vragen@acme.test"]
    assert message["Reply-To"] == "marieke@voorbeeld.example"
    assert message["Subject"] == "Vraag van Marieke"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for word in (
        "Is maat 39 er ook in blauw?",
        "marieke@voorbeeld.example",
        "https://shop.acme.example/blauw",
        "/lead/",
    ):
        assert word in text


def test_a_repeat_makes_no_second_lead_and_no_second_mail(acme: Company) -> None:
    client_id, visitor_id = uuid.uuid4(), uuid.uuid4()
    for _time in range(2):
        ask(client_id=client_id, visitor_id=visitor_id)
    with pytest.raises(CannotBegin, match="conflict"):
        ask(client_id=client_id, visitor_id=visitor_id, body="Iets anders")
    # Somebody else's browser may hit on the same id: that is another question.
    ask(client_id=client_id)
    with in_company(acme):
        assert Lead.objects.count() == Question.objects.count() == Delivery.objects.count() == 2


def test_a_refused_first_text_becomes_a_lead_once_it_has_an_address(acme: Company) -> None:
    site = find_site(cast.ACME_SITE)
    assert site is not None
    client_id, visitor_id = uuid.uuid4(), uuid.uuid4()
    with pytest.raises(CannotBegin, match="nobody"):
        first_message.begin_chat(site=site, visitor_id=visitor_id, first=First(client_id, "Hallo"), now=NOW)
    with in_company(acme):
        assert (Question.objects.count(), Lead.objects.count()) == (1, 0)
    ask(client_id=client_id, visitor_id=visitor_id, body="Hallo")
    assert the_lead(acme).question == "Hallo"


@pytest.mark.parametrize(
    ("email", "phone", "channel"),
    [("", "", ""), ("geen adres", "", ""), ("", "12", ""), ("a@b.nl", "", "phone"), ("", PHONE, "mail"),
     ("a@b.nl", "<b>06</b>", ""), ("a@b.nl\r\nBcc: c@d.nl", "", ""), ("\u202ea@b", "", ""),
     ("a" * 300 + "@b.nl", "", "")],
)  # fmt: skip
def test_an_address_that_can_t_be_right_is_refused(email: str, phone: str, channel: str) -> None:
    with pytest.raises(CannotMake, match="bad_address"):
        read_contact(email, phone, channel)


def test_a_call_back_brings_its_appointment(acme: Company, server: Sink) -> None:
    day = timezone.now().date() + timedelta(days=2)
    call_back(BestTime(day, at=time(15, 30)), name="Marieke, de Boer; X", body="Over mijn factuur")
    drain(timezone.now() + timedelta(minutes=5))
    ((_to, message, raw),) = server.taken
    (file,) = message.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "call.ics")
    (event,) = Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")
    assert event.start.astimezone(ZoneInfo(acme.zone)).strftime("%F %R") == f"{day} 15:30"
    assert (event["location"], event["description"]) == (PHONE, "Over mijn factuur")
    assert event["summary"] == "Terugbellen: Marieke, de Boer; X"
    assert message["Reply-To"] is None
    # The same bytes at a later try: no boundary of a part is drawn anew.
    OutboxRow.objects.filter(kind="mail").update(state="queued", done_at=None)
    drain(timezone.now() + timedelta(minutes=5))
    assert server.taken[1][2] == raw


def test_a_call_back_needs_a_number_and_a_time_that_can_come(acme: Company) -> None:
    with pytest.raises(CannotMake, match="bad_address"):
        call_back(email="marieke@voorbeeld.example", phone="")
    with pytest.raises(CannotMake, match="bad_time"):
        call_back(BestTime(date(2020, 1, 1)))
    with in_company(acme):
        assert not Question.objects.exists()
    call_back()
    assert (the_lead(acme).best_day, the_lead(acme).question) == (None, "")


def test_an_operator_passes_a_visitor_on_once(acme: Company) -> None:
    chat_id = from_chat(consent="Marieke vindt het goed.")
    lead = the_lead(acme)
    assert (lead.source, lead.source_id, lead.phone, lead.question) == ("chat", chat_id, PHONE, "Wil een offerte")
    assert steps(acme) == [("made", "Alice")]
    assert deliveries(acme) == [("lead", "vragen@acme.test")]


def test_the_time_to_take_it_up_runs_in_opening_hours_and_is_over_once(acme: Company, server: Sink) -> None:
    DatedHours.objects.filter(company=acme).delete()
    Company.objects.filter(pk=acme.pk).update(lead_escalation_email="baas@acme.test")
    # 22:30 in Amsterdam, half an hour before the day's end: the rest of the hour is tomorrow's, from 07:00.
    at = datetime.fromisoformat("2026-11-23T21:30Z")
    from_chat(now=at)
    due = datetime.fromisoformat("2026-11-24T06:30Z")
    assert the_lead(acme).due_at == due
    outbox.drain(now=lambda: due - timedelta(seconds=1))
    assert the_lead(acme).escalated_at is None
    outbox.drain(now=lambda: due)
    outbox.drain(now=lambda: due + timedelta(hours=1))
    assert steps(acme) == [("made", "Alice"), ("escalated", "")]
    drain(timezone.now() + timedelta(minutes=5))
    assert sorted(to for to, _message, _raw in server.taken) == [["baas@acme.test"], ["vragen@acme.test"]]
    assert not escalate.escalate(company=acme, lead_id=the_lead(acme).pk, now=due)


def test_without_an_address_of_its_own_an_escalation_reminds_the_first(acme: Company) -> None:
    from_chat()
    assert escalate.escalate(company=acme, lead_id=the_lead(acme).pk, now=after(60))
    assert deliveries(acme) == [("lead", "vragen@acme.test"), ("late_lead", "vragen@acme.test")]


def test_a_lead_that_was_taken_up_is_not_escalated(acme: Company) -> None:
    from_chat()
    assert take_up(acme)
    assert not take_up(acme, by="Dave")
    assert not escalate.escalate(company=acme, lead_id=the_lead(acme).pk, now=after(7_200))
    assert steps(acme) == [("made", "Alice"), ("acknowledged", "Carol")]


def test_a_result_is_a_later_fact_of_the_chat_and_can_be_put_right(acme: Company) -> None:
    chat_id = from_chat()
    with pytest.raises(CannotChangeLead, match="not_acknowledged"):
        end(acme, LeadState.WON)
    take_up(acme)
    with pytest.raises(CannotChangeLead, match="not_closed"):
        end(acme, LeadState.WON)
    assert the_lead(acme).state == "acknowledged"
    alice = sit("alice@balie.test", now=NOW)
    fence = PoolEntry.objects.get(pk=chat_id).fence
    reasons_to_close.close_by_operator(chat_id=chat_id, fence=fence, by=alice, now=after(60))
    assert end(acme, LeadState.LOST, "te duur\n<b>\u202e", at=after(90))
    assert end(acme, LeadState.LOST, "te duur, zei hij", at=after(91))
    assert not end(acme, LeadState.LOST, "te duur, zei hij", at=after(92))
    # At the same moment: the newest of the two still counts.
    assert end(acme, LeadState.WON, "waarom", at=after(90))
    facts = RecordEvent.objects.filter(record=chat_id, kind="lead_result").order_by("at")
    assert len(set(facts.values_list("at", flat=True))) == 2
    assert list(facts.values_list("value", "actor_name", "data")) == [(0, "Carol", {}), (1, "Carol", {})]
    assert the_lead(acme).lost_reason == ""
    assert [kind for kind, _by in steps(acme)] == ["made", "acknowledged", "lost", "lost", "won"]
    assert wrong(acme) == []
    facts.filter(value=1).delete()
    assert wrong(acme) == ["lead's result differs from its event"]
    with in_company(acme):
        Lead.objects.all().delete()
    assert wrong(acme) == ["result of a lead that is not there"]


def wrong(company: Company) -> list[str]:
    """List what the books say against leads."""
    return [difference.what for difference in list_differences(company) if "lead" in difference.what]


def test_the_database_holds_one_lead_a_source_that_can_be_reached(acme: Company) -> None:
    from_chat()
    good = {"source": "chat", "source_id": uuid.uuid4(), "site_id": uuid.uuid4(), "channel": "phone", "phone": PHONE}
    for wrong in (
        {"source_id": the_lead(acme).source_id},
        {"phone": ""},
        {"channel": "mail"},
        {"state": "sold"},
        {"best_part": "morning"},
        {"best_day": date(2026, 12, 1), "best_part": "morning", "best_time": time(9, 0)},
        {"consent": "Ja"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), in_company(acme):
            Lead.objects.create(**{**good, **wrong})
    with in_company(acme):
        Lead.objects.create(**good)
