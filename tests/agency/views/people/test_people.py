"""The list of people, and a new one with a link by mail."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.models import (
    LogEntry,
    Operator,
    PortalMember,
    User,
)
from agency.services.mail import outbox
from agency.services.pool import seats
from tenants import clock
from tenants.models import Company
from tests.agency.services.mail.sent import sent_mails
from tests.agency.views.people.people_form import fixture_manager, one  # noqa: F401 -- fixtures
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db


BAD = {"control": "E\x00va", "half": "E\x1fva", "long": "x" * 10_000, "empty": "  "}


def facts(**more: Any) -> dict[str, Any]:
    """Return a form as it is filled in for a new operator."""
    return {
        "name": "Eva Smit",
        "email": "Eva@balie.test",
        "language": "nl",
        "answers": "on",
        "public_name": "Eva",
        "level": "beginner",
        "languages": ["nl", "de"],
        **more,
    }


def test_the_list_finds_people_by_name_and_address(manager: Client, alice: User) -> None:
    whole = manager.get("/manage/people/").content.decode()
    assert "alice@balie.test" in whole
    assert "bob@balie.test" in whole
    assert "carol@acme.test" not in whole
    for query in ("ALI", "alice@balie"):
        found = manager.get("/manage/people/", {"q": query}).content.decode()
        assert "alice@balie.test" in found
        assert "bob@balie.test" not in found
    assert "alice@balie.test" not in manager.get("/manage/people/?show=here").content.decode()
    seats.take_seat(operator=alice.operator, now=timezone.now())
    assert "alice@balie.test" in manager.get("/manage/people/?show=here").content.decode()


@pytest.mark.parametrize("query", ["\x00", "%", "x" * 10_000, "'; --", "?page=abc"])
def test_a_hostile_search_finds_nobody(manager: Client, query: str) -> None:
    answer = manager.get("/manage/people/", {"q": query, "page": "²", "show": query})
    assert answer.status_code == 200


def test_the_list_costs_the_same_for_many(manager: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        user = User.objects.create_user(f"o{number}@balie.test", None, name=f"Operator {number:02}")
        Operator.objects.create(user=user, public_name=f"O{number}", languages=["nl"])
    # Eight for the list and its frame, one for the alarms.
    with django_assert_max_num_queries(10):
        body = manager.get("/manage/people/").content.decode()
    assert "1 t/m 50 van 63" in body
    assert "page=2" in body
    assert "51 t/m 63 van 63" in manager.get("/manage/people/?page=2").content.decode()


@pytest.mark.parametrize("who", ["alice", "carol", "bob"])
def test_only_managers_come_in(who: str, request: pytest.FixtureRequest, acme: Company) -> None:
    user = request.getfixturevalue(who)
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    paths = ["/manage/people/", "/manage/people/new/", one(user)]
    paths += [one(user, f"manage_person_{name}") for name in ("switch", "invite", "certify")]
    paths += [reverse("manage_company_operators", args=[acme.pk])]
    paths += [reverse("manage_revoke", args=[acme.pk, user.pk])]
    for path in paths:
        method = client.post if path.endswith(("switch/", "invite/", "certify/")) else client.get
        assert method(path).status_code == 404, path


def test_a_new_operator_gets_a_mail_and_chooses_a_password(
    manager: Client, maud: User, django_capture_on_commit_callbacks: Any
) -> None:
    answer = manager.post("/manage/people/new/", facts())
    eva = User.objects.get(email="eva@balie.test")
    assert answer.status_code == 302
    assert answer.headers["Location"] == one(eva)
    assert eva.operator.languages == ["nl", "de"]
    assert eva.operator.seat.capacity == 3
    assert not eva.has_usable_password()
    assert LogEntry.objects.get(action="person.added").actor == maud
    assert mail.outbox == []
    assert "De mail staat klaar" in manager.get(one(eva)).content.decode()
    (sent,) = sent_mails()
    assert "Gemaild op" in manager.get(one(eva)).content.decode()
    assert sent.to == ["eva@balie.test"]
    link = re.search(r"http://\S+", sent.body)
    assert link is not None
    browser = Client(HTTP_HOST="localhost")
    page = browser.get(link.group().removeprefix("http://localhost:8000"), follow=True)
    assert page.status_code == 200
    where = page.redirect_chain[-1][0]
    word = "drie losse woorden 2026"
    browser.post(where, {"password1": word, "password2": word})
    eva.refresh_from_db()
    assert eva.check_password(word)


def test_when_the_mail_is_away_the_page_says_so_and_it_goes_later_once(
    manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager.post("/manage/people/new/", facts())
    eva = User.objects.get(email="eva@balie.test")
    with monkeypatch.context() as away:
        away.setattr("agency.services.mail.smtp.SmtpLine.send", _refuse)
        assert sent_mails() == []
    page = manager.get(one(eva)).content.decode()
    assert "Nog niet gemaild" in page
    assert "De mailserver antwoordt niet" in page
    # Asked for again while it waits, it is no second mail.
    manager.post(one(eva, "manage_person_invite"))
    outbox.drain(now=lambda: clock.now() + timedelta(minutes=1))
    assert [sent.to for sent in sent_mails()] == [["eva@balie.test"]]
    manager.post(one(eva, "manage_person_invite"))
    assert len(sent_mails()) == 2
    eva.set_password(PASSWORD)
    eva.save()
    manager.post(one(eva, "manage_person_invite"))
    assert len(sent_mails()) == 2


def _refuse(*_args: Any) -> None:
    raise outbox.Away


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "geen adres"},
        {"email": "alice@balie.test"},
        {"email": "ALICE@balie.test"},
        {"email": "carol@acme.test"},
        {"email": "a@b.test\nBcc: x@y.test"},
        {"language": "xx"},
        {"level": "boss"},
        {"languages": ["xx"]},
        {"languages": []},
        {"public_name": ""},
        {"answers": ""},
        *({"name": value} for value in BAD.values()),
        *({"public_name": value} for value in BAD.values()),
    ],
)
def test_what_can_t_be_is_refused_with_all_that_was_typed(manager: Client, wrong: dict[str, Any]) -> None:
    given = {name: value for name, value in facts(**wrong).items() if value not in ("", [])}
    answer = manager.post("/manage/people/new/", given)
    assert answer.status_code in (200, 422)
    page = answer.content.decode()
    assert "aria-invalid" in page or "field__error" in page
    if "name" not in wrong:
        assert "Eva Smit" in page
    assert not User.objects.filter(email__iexact="eva@balie.test").exists()
    assert not LogEntry.objects.exists()


def test_portal_people_are_nobody_here(manager: Client, carol: User) -> None:
    assert PortalMember.objects.filter(user=carol).exists()
    assert manager.get(one(carol)).status_code == 404
    assert manager.post(one(carol, "manage_person_switch"), {"active": "0"}).status_code == 404
    carol.refresh_from_db()
    assert carol.is_active
