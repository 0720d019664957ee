"""The agency's own mails: no company, no secret in a table, the same bytes at each try, and nothing that is stale."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection, transaction
from django.test import Client

from agency.models import AgencyDelivery, OutboxRow, User
from agency.services import reconcile
from agency.services.mail import agency_mail, mail_states, outbox
from agency.services.people import invitations
from agency.services.people.password_links import key_of
from balie.steps.invite_member import mail_invitation
from chat.models import Delivery
from tenants import clock
from tenants.context import in_company
from tenants.models import Company
from tests.agency.services.mail.sent import sent_mails
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def nina(db: None) -> User:
    """Somebody new, who has no password yet."""
    user = User(email="nina@balie.test", name="Nina", language="nl", is_manager=True)
    user.set_unusable_password()
    user.save()
    return user


def invite(user: User) -> OutboxRow:
    invitations.mail_invitation(user=user, now=clock.now())
    return OutboxRow.objects.order_by("-created_at").get(kind=agency_mail.KIND, state="queued")


def link_in(mail: EmailMessage) -> str:
    return next(word for word in str(mail.body).split() if "/password/reset/key/" in word)


def all_text() -> str:
    """Everything that is written in the two tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT d::text FROM agency_agencydelivery d UNION ALL SELECT o::text FROM agency_outboxrow o")
        return "".join(row[0] for row in cursor.fetchall())


def test_the_secret_is_in_the_mail_and_in_no_table(nina: User) -> None:
    invite(nina)
    (mail,) = sent_mails()
    key = link_in(mail).rstrip("/").rpartition("/")[2]
    assert key.startswith(nina_prefix(nina))
    assert key not in all_text()
    assert agency_mail.SECRET in all_text()


def nina_prefix(user: User) -> str:
    return key_of(user, clock.now()).partition("-")[0] + "-"


def test_the_link_opens_the_account_once(nina: User) -> None:
    invite(nina)
    (mail,) = sent_mails()
    path = "/" + link_in(mail).split("/", 3)[3]
    browser = Client(headers={"host": "localhost"})
    form = browser.get(path).headers["Location"]
    browser.post(form, {"password1": "three words nobody knows", "password2": "three words nobody knows"})
    nina.refresh_from_db()
    assert nina.check_password("three words nobody knows")
    assert "werkt niet meer" in Client(headers={"host": "localhost"}).get(path, follow=True).content.decode()


def test_each_try_sends_the_same_bytes_under_one_message_id(nina: User, monkeypatch: Any) -> None:
    row = invite(nina)
    letters: list[Any] = []
    monkeypatch.setattr("agency.services.mail.smtp.SmtpLine.send", lambda _line, letter: letters.append(letter))
    outbox.drain(now=clock.now)
    OutboxRow.objects.filter(pk=row.pk).update(state="queued", done_at=None)
    outbox.drain(now=lambda: clock.now() + timedelta(hours=2))
    first, second = letters
    assert first == second
    assert first.message_id == row.external_key


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": "other@balie.test"}], ids=["off", "moved"])
def test_a_link_that_must_not_go_any_more_doesn_t(nina: User, change: dict[str, Any]) -> None:
    invite(nina)
    User.objects.filter(pk=nina.pk).update(**change)
    assert sent_mails() == []
    assert OutboxRow.objects.get(kind=agency_mail.KIND).state == "done"


def test_who_has_a_password_by_now_gets_no_invitation(nina: User) -> None:
    invite(nina)
    nina.set_password(PASSWORD)
    nina.save()
    assert sent_mails() == []


def test_an_invitation_is_written_with_its_cause_or_not_at_all(nina: User) -> None:
    with transaction.atomic():
        invite(nina)
        transaction.set_rollback(True)
    assert sent_mails() == []
    assert not AgencyDelivery.objects.exists()


def test_a_row_has_a_company_unless_its_kind_is_the_agency_s(acme: Company) -> None:
    for kind, company in (("mail", None), ("agency.mail", acme)):
        with pytest.raises(IntegrityError, match="outbox_row_has_its_company"), transaction.atomic():
            OutboxRow.objects.create(kind=kind, company=company, object_id=acme.pk, dedup=kind)


def test_a_dead_one_is_listed_as_the_agency_s_and_sent_again(nina: User, maud: User, monkeypatch: Any) -> None:
    row = invite(nina)

    def refuse(_line: Any, _letter: Any) -> None:
        raise outbox.GiveUp("refused", 550)

    with monkeypatch.context() as refusing:
        refusing.setattr("agency.services.mail.smtp.SmtpLine.send", refuse)
        outbox.drain(now=clock.now)
    (trouble,) = mail_states.list_troubled()
    newest = agency_mail.newest_state(kind="invitation", user=nina)
    assert newest is not None
    assert (newest.state, newest.reason, newest.reply) == ("dead", "refused", 550)
    assert "550" in newest.words
    assert (trouble.company, trouble.is_dead) == ("Balie", True)
    assert mail_states.count_dead() == 1
    assert mail_states.try_again(row_id=row.pk, by=maud, now=clock.now())
    assert [mail.to for mail in sent_mails()] == [["nina@balie.test"]]


def test_books_agree_and_old_letters_go_with_their_rows(nina: User) -> None:
    row = invite(nina)
    assert reconcile.list_mail_differences() == []
    OutboxRow.objects.filter(pk=row.pk).delete()
    (unsent,) = reconcile.list_mail_differences()
    assert unsent.what == "unsent mail outside the outbox"
    AgencyDelivery.objects.update(created_at=clock.now() - timedelta(days=29))
    assert agency_mail.prune(now=clock.now()) == 0
    AgencyDelivery.objects.update(created_at=clock.now() - timedelta(days=31))
    assert agency_mail.prune(now=clock.now()) == 1
    assert reconcile.list_mail_differences() == []


def test_a_company_s_invitation_is_wiped_once_it_was_sent(acme: Company, carol: User) -> None:
    carol.set_unusable_password()
    carol.save()
    mail_invitation(company=acme, member=carol.portal_memberships.get(), now=clock.now())
    with in_company(acme):
        assert "/password/reset/key/" in Delivery.objects.get().text
    (mail,) = sent_mails()
    assert "/password/reset/key/" in str(mail.body)
    with in_company(acme):
        delivery = Delivery.objects.get()
        assert (delivery.text, delivery.html, bool(delivery.sent_at)) == ("", "", True)
    # A worker that died after it was sent is followed by one that finds it done.
    OutboxRow.objects.update(state="queued", done_at=None)
    assert len(sent_mails()) == 1
