"""Leads in the portal and on the manager's pages: lists, one lead, who may write, files, the rule."""

import io
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agency.models import LogEntry, PoolEntry, PortalMember, User
from chat.domain.leads import BestTime
from chat.models import Lead
from chat.services.ending import reasons_to_close
from chat.services.leads import escalate
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.leads.made import ask, call_back, from_chat, steps, the_lead
from tests.pages import squeezed

pytestmark = pytest.mark.django_db

ZEN_SITE = "2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e2e"


@pytest.fixture
def owner(carol: User) -> Client:
    """Return the browser of acme's owner."""
    return portal(carol)


@pytest.fixture
def reader(carol: User) -> Client:
    """Return the browser of a reader of acme."""
    PortalMember.objects.filter(user=carol).update(role=PortalMember.Role.READER)
    return portal(carol)


def portal(user: User) -> Client:
    client = Client(HTTP_HOST="acme.localhost")
    client.force_login(user)
    return client


def page(client: Client, url: str, code: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == code
    return squeezed(answer.content.decode())


def lead_id(company: Company) -> UUID:
    return the_lead(company).pk


def test_an_empty_list_says_where_leads_come_from(owner: Client) -> None:
    words = page(owner, "/leads/")
    assert "Nog geen leads" in words
    assert "/leads/rule/" in words


def test_the_list_is_narrowed_by_state_and_by_words(acme: Company, owner: Client) -> None:
    ask(name="Marieke", body="Is maat 39 er?")
    call_back(BestTime(timezone.now().date() + timedelta(days=1), "morning"), name="Joost")
    from_chat(name="Samira")
    with in_company(acme):
        Lead.objects.filter(name="Joost").update(state="acknowledged")
        Lead.objects.filter(name="Samira").update(escalated_at=timezone.now())
    words = page(owner, "/leads/")
    assert all(name in words for name in ("Vraag van Marieke", "Terugbellen: Joost", "Lead uit een chat: Samira"))
    assert "in de ochtend (09:00 tot 12:00)" in words
    for query, names in (
        ("show=new", {"Marieke", "Samira"}),
        ("show=acknowledged", {"Joost"}),
        ("show=late", {"Samira"}),
        ("show=won", set()),
        ("q=MAAT", {"Marieke"}),
        ("q=voorbeeld.example", {"Marieke"}),
        ("q=12345", {"Joost", "Samira"}),
        ("q=%25", set()),
        ("q=samira&show=acknowledged", set()),
    ):
        words = page(owner, f"/leads/?{query}")
        titles = {"Marieke": "Vraag van", "Joost": "Terugbellen:", "Samira": "Lead uit een chat:"}
        assert {name for name, words_of in titles.items() if f"{words_of} {name}" in words} == names
    assert "“show=sold”" in page(owner, "/leads/?show=sold")
    home = page(owner, "/")
    assert "2 leads om op te pakken" in home
    assert "1 te laat" in home


def test_one_lead_stands_beside_the_list_and_links_to_its_chat_once_it_is_over(acme: Company, owner: Client) -> None:
    chat_id = from_chat()
    url = f"/leads/{lead_id(acme)}/"
    words = page(owner, url)
    assert "Wil een offerte" in words
    assert 'href="tel:0612345678"' in words
    assert "Doorgegeven door Alice" in words
    assert f"/chats/{chat_id}/" not in words
    entry = PoolEntry.objects.get(pk=chat_id)
    reasons_to_close.close_by_visitor(chat_id=chat_id, visitor_id=entry.visitor_id, now=timezone.now())
    assert f"/chats/{chat_id}/" in page(owner, url)


def test_an_owner_takes_it_up_and_says_how_it_ended(acme: Company, owner: Client) -> None:
    ask()
    url = f"/leads/{lead_id(acme)}/?show=new"
    answer = owner.post(url, {"step": "acknowledged"})
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert "Opgepakt door Carol" in page(owner, url)
    owner.post(url, {"step": "lost", "reason": "<b>te duur</b>"})
    assert "&lt;b&gt;te duur&lt;/b&gt;" in page(owner, url)
    assert owner.post(url, {"step": "sold"}).status_code == 422
    assert steps(acme) == [("made", ""), ("acknowledged", "Carol"), ("lost", "Carol")]


def test_a_reader_reads_and_changes_nothing(acme: Company, reader: Client) -> None:
    ask()
    url = f"/leads/{lead_id(acme)}/"
    assert "Ik pak dit op" not in page(reader, url)
    assert reader.post(url, {"step": "acknowledged"}).status_code == 403
    assert "<form" not in page(reader, "/leads/rule/").partition("<main")[2].partition("</main")[0]
    assert reader.post("/leads/rule/", rule()).status_code == 403
    assert the_lead(acme).state == "new"
    acme.refresh_from_db()
    assert acme.lead_minutes == 60


def test_another_company_s_lead_is_nobody_s(zen: Company, owner: Client, manager: Client, acme: Company) -> None:
    ask(ZEN_SITE)
    for client, url in ((owner, f"/leads/{lead_id(zen)}/"),
                        (manager, f"/manage/companies/{acme.pk}/leads/{lead_id(zen)}/")):  # fmt: skip
        assert client.get(url).status_code == 404
    owner.post(f"/leads/{lead_id(zen)}/", {"step": "acknowledged"})
    assert the_lead(zen).state == "new"


def test_managers_read_them_and_leave_them_to_the_company(acme: Company, manager: Client) -> None:
    ask()
    words = page(manager, f"/manage/companies/{acme.pk}/leads/")
    assert "Vraag van Marieke" in words
    url = f"/manage/companies/{acme.pk}/leads/{lead_id(acme)}/"
    assert "Ik pak dit op" not in page(manager, url)
    assert manager.post(url, {"step": "acknowledged"}).status_code == 405


def test_files_hold_the_list_as_it_is_narrowed_and_no_formula(acme: Company, owner: Client) -> None:
    ask(name="=HYPERLINK(1)", phone="+31 6 12345678", body="-2+3")
    call_back(name="Joost")
    text = owner.get("/leads.csv?q=hyperlink").content.decode()
    assert "'=HYPERLINK(1)" in text
    assert "'+31 6 12345678" in text
    assert "'-2+3" in text
    assert "Joost" not in text
    book = zipfile.ZipFile(io.BytesIO(owner.get("/leads.xlsx").content))
    assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    shared = book.read("xl/sharedStrings.xml").decode()
    assert "Joost" in shared
    assert "<t>+31 6 12345678</t>" in shared
    assert owner.get("/leads.csv?show=sold").status_code == 422


def rule(**changed: str) -> dict[str, str]:
    return {"question_email": "leads@acme.test", "lead_minutes": "30", "lead_escalation_email": "", **changed}


def test_the_rule_is_set_by_an_owner_checked_and_in_the_log(acme: Company, owner: Client, carol: User) -> None:
    for field, value in (
        ("question_email", ""), ("question_email", "a@b\r\nBcc: c@d.nl"), ("lead_minutes", ""), ("lead_minutes", "4"),
        ("lead_minutes", "10081"), ("lead_minutes", "1,5"), ("lead_minutes", "x"), ("lead_escalation_email", "geen"),
    ):  # fmt: skip
        answer = owner.post("/leads/rule/", rule(**{field: value}))
        assert answer.status_code == 422, (field, value)
        assert 'aria-invalid="true"' in answer.content.decode()
    owner.post("/leads/rule/", rule(lead_escalation_email="baas@acme.test"))
    acme.refresh_from_db()
    assert (acme.question_email, acme.lead_minutes, acme.lead_escalation_email) == (
        "leads@acme.test", 30, "baas@acme.test"
    )  # fmt: skip
    entry = LogEntry.objects.get(action="company.changed")
    assert (entry.actor, set(entry.changes)) == (carol, set(rule()))
    ask()
    lead = the_lead(acme)
    assert lead.due_at - lead.created_at == timedelta(minutes=30)
    assert escalate.escalate(company=acme, lead_id=lead.pk, now=lead.due_at)


def test_a_page_costs_the_same_queries_however_many_leads_there_are(acme: Company, owner: Client) -> None:
    from_chat()
    lead = the_lead(acme)
    with in_company(acme):
        facts = {name: getattr(lead, name) for name in ("source", "site_id", "channel", "phone", "created_at")}
        Lead.objects.bulk_create(Lead(**facts, source_id=uuid4()) for _row in range(40))
    with CaptureQueriesContext(connection) as queries:
        page(owner, f"/leads/{lead.pk}/")
    asked = [one["sql"] for one in queries if not one["sql"].startswith("SET ") and "tenant_self" not in one["sql"]]
    assert len(asked) <= 12
