"""Mails that don't get out, as a manager sees them on every page, and the two buttons."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import LogEntry, OutboxRow, User
from agency.services import alarms
from chat.services.mail import deliveries
from chat.services.mail.deliveries import OutgoingMail
from tenants.models import Company

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(maud: User) -> Client:
    OutboxRow.objects.all().delete()
    client = Client(HTTP_HOST="localhost")
    client.force_login(maud)
    return client


def mail(company: Company, state: str, error: str, reply: int | None = None) -> OutboxRow:
    words = OutgoingMail(
        kind="transcript",
        object_id=uuid.uuid4(),
        recipient="jan@voorbeeld.example",
        subject="MARKER-subject",
        text="MARKER-text",
    )
    made = deliveries.queue(words, company=company, now=timezone.now())
    later = timezone.now() + timedelta(seconds=40)
    OutboxRow.objects.filter(object_id=made.pk).update(
        state=state, error=error, reply=reply, attempts=3, run_after=later
    )
    return OutboxRow.objects.get(object_id=made.pk)


def test_a_dead_mail_is_on_every_page_until_it_is_dealt_with(acme: Company, manager: Client) -> None:
    assert "niet afgeleverd" not in manager.get("/manage/").content.decode()
    row = mail(acme, "dead", "refused", 550)
    alarms.count_alarms(timezone.now())
    for page in ("/manage/", "/preferences/", "/manage/pool/"):
        shown = manager.get(page).content.decode()
        assert "1 mail is niet afgeleverd." in shown
        assert 'href="/manage/mail/"' in shown
    answer = manager.post("/manage/mail/", {"mail": row.pk, "do": "let_go"}, follow=True)
    assert "van de lijst" in answer.content.decode()
    assert "1 mail is niet afgeleverd." not in manager.get("/manage/").content.decode()
    row.refresh_from_db()
    assert (row.state, row.done_at is not None) == ("dead", True)
    assert LogEntry.objects.get(action="mail.let_go").company == acme


def test_the_list_says_why_and_nothing_of_the_mail(acme: Company, manager: Client) -> None:
    mail(acme, "dead", "refused", 550)
    mail(acme, "queued", "later", 451)
    mail(acme, "queued", "")
    page = manager.get("/manage/mail/").content.decode()
    assert "Het adres is door zijn mailserver geweigerd (550)." in page
    assert "De mailserver vraagt om het later opnieuw te proberen (451)." in page
    assert page.count("Afschrift voor een bezoeker</td>") == 2
    for private in ("jan@voorbeeld.example", "MARKER"):
        assert private not in page


def test_again_sends_it_as_if_for_the_first_time(acme: Company, manager: Client) -> None:
    row = mail(acme, "dead", "refused", 550)
    manager.post("/manage/mail/", {"mail": row.pk, "do": "again"})
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error, row.reply) == ("queued", 0, "", None)
    assert row.run_after <= timezone.now()
    entry = LogEntry.objects.get(action="mail.tried_again")
    assert (entry.actor_name, entry.object_id) == ("Maud Bakker", str(row.pk))
    assert entry.changes == {"reason": ["refused 550", "refused 550"]}
    answer = manager.post("/manage/mail/", {"mail": row.pk, "do": "again"}, follow=True)
    assert "al afgehandeld" in answer.content.decode()
    assert LogEntry.objects.filter(action__startswith="mail.").count() == 1


@pytest.mark.parametrize("form", [{}, {"do": "again"}, {"do": "again", "mail": "x"}, {"do": "drop", "mail": "x"}])
def test_a_broken_form_is_not_found(manager: Client, form: dict[str, str]) -> None:
    assert manager.post("/manage/mail/", form).status_code == 404


@pytest.mark.parametrize("person", ["alice@balie.test", "carol@acme.test"])
def test_managers_only(acme: Company, manager: Client, person: str) -> None:
    row = mail(acme, "dead", "refused", 550)
    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.get(email=person))
    assert client.get("/manage/mail/").status_code == 404
    assert client.post("/manage/mail/", {"mail": row.pk, "do": "again"}).status_code == 404
    assert "niet afgeleverd" not in client.get("/preferences/").content.decode()
    row.refresh_from_db()
    assert row.state == "dead"


def test_an_empty_list_says_so(manager: Client) -> None:
    assert "Elke mail is afgeleverd of onderweg." in manager.get("/manage/mail/").content.decode()
