"""A company's own people at its portal: owners let in, change and remove, and nobody learns of accounts elsewhere."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from agency.models import LogEntry, PortalMember, User
from agency.services.people import portal_members
from agency.services.system import rate_limits
from chat.models import Delivery
from tenants.context import in_company
from tenants.models import Company
from tests.pages import browser_of, words_of

pytestmark = pytest.mark.django_db

HOST = "acme.localhost"
PAGE = "/people/"
RIK = {"what": "invite", "name": "Rik Lezer", "email": "rik@acme.test", "role": "editor"}


@pytest.fixture
def owner(carol: User) -> Client:
    return browser_of(carol)


def test_an_owner_invites_changes_and_removes(owner: Client, acme: Company, carol: User) -> None:
    assert "Rik Lezer krijgt een mail" in words_of(owner.post(PAGE, RIK, follow=True))
    rik = PortalMember.objects.get(company=acme, user__email="rik@acme.test")
    assert rik.role == "editor"
    with in_company(acme):
        assert Delivery.objects.filter(recipient="rik@acme.test", kind="invitation").count() == 1
    owner.post(PAGE, {"what": "role", "user": rik.user_id, "role": "owner"})
    rik.refresh_from_db()
    assert rik.role == "owner"
    owner.post(PAGE, {"what": "remove", "user": rik.user_id})
    assert not PortalMember.objects.filter(pk=rik.pk).exists()
    actions = LogEntry.objects.filter(actor=carol).order_by("at").values_list("action", flat=True)
    assert list(actions) == ["member.added", "member.changed", "member.removed"]


@pytest.mark.parametrize("role", ["editor", "reader"])
def test_others_read_the_page_and_are_refused_in_words(role: str, acme: Company, carol: User) -> None:
    PortalMember.objects.filter(user=carol).update(role=role)
    browser = browser_of(carol)
    page = words_of(browser.get(PAGE))
    assert "Carol" in page
    assert 'name="what"' not in page
    answer = browser.post(PAGE, RIK)
    assert answer.status_code == 403
    assert "Alleen een eigenaar" in words_of(answer)
    assert not User.objects.filter(email="rik@acme.test").exists()


def test_an_account_elsewhere_looks_like_none_until_its_person_comes_in(
    owner: Client, acme: Company, dave: User
) -> None:
    """Dave owns zen's portal. Acme knows him by the name it typed, and reads nothing of an account."""
    typed = {**RIK, "name": "D. van hiernaast", "email": dave.email}
    known = words_of(owner.post(PAGE, typed, follow=True))
    new = words_of(owner.post(PAGE, RIK, follow=True))
    assert "D. van hiernaast krijgt een mail waarin staat hoe je binnenkomt." in known
    assert "Rik Lezer krijgt een mail waarin staat hoe je binnenkomt." in new
    assert "Dave" not in known + new
    with in_company(acme):
        mail = Delivery.objects.get(recipient=dave.email)
    assert "Dave" not in mail.text + mail.html + mail.subject
    assert browser_of(dave).get("/").status_code == 200
    page = words_of(owner.get(PAGE))
    assert "Dave" in page
    assert "D. van hiernaast" not in page


def test_an_address_of_the_agency_and_a_switched_off_one_are_refused_alike(owner: Client, dave: User) -> None:
    User.objects.filter(pk=dave.pk).update(is_active=False)
    answers = [owner.post(PAGE, {**RIK, "email": email}) for email in ("alice@balie.test", dave.email)]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert all("Dit adres kan geen toegang krijgen." in words_of(answer) for answer in answers)


def test_nobody_removes_themselves_or_the_last_owner(owner: Client, carol: User) -> None:
    answer = owner.post(PAGE, {"what": "remove", "user": carol.pk}, follow=True)
    assert "Je kunt jezelf niet verwijderen" in words_of(answer)
    answer = owner.post(PAGE, {"what": "role", "user": carol.pk, "role": "reader"}, follow=True)
    assert "minstens één eigenaar" in words_of(answer)
    assert PortalMember.objects.get(user=carol).role == "owner"


@pytest.mark.parametrize(
    "sent",
    [
        {"what": "remove", "user": "x"},
        {"what": "remove", "user": ""},
        {"what": "role", "user": "00000000-0000-0000-0000-000000000000", "role": "reader"},
        {"what": "mail", "user": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_somebody_who_isn_t_here_is_absent(owner: Client, sent: dict[str, str]) -> None:
    assert owner.post(PAGE, sent).status_code == 404


def test_somebody_of_another_company_is_absent(owner: Client, dave: User) -> None:
    for what in ("remove", "mail", "role"):
        assert owner.post(PAGE, {"what": what, "user": dave.pk, "role": "reader"}).status_code == 404
    assert PortalMember.objects.get(user=dave).role == "owner"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", "Rik\u202eLezer"),
        ("name", "Rik\x00Lezer"),
        ("email", "rik"),
        ("email", "rik@acme.test\x00"),
        ("role", "king"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_written(owner: Client, field: str, value: str) -> None:
    before = PortalMember.objects.count()
    answer = owner.post(PAGE, {**RIK, field: value})
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert PortalMember.objects.count() == before


def test_a_portal_has_a_most_of_people(owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_members, "MOST", 2)
    owner.post(PAGE, RIK)
    answer = owner.post(PAGE, {**RIK, "email": "piet@acme.test"})
    assert "hoogstens" in words_of(answer)
    assert not User.objects.filter(email="piet@acme.test").exists()


def test_invitations_are_counted_so_that_nobody_s_letterbox_is_filled(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(rate_limits, "PORTAL_MAILS_OF_COMPANY", rate_limits.Limit("portal_mails_company", 2, 3_600))
    owner.post(PAGE, RIK)
    rik = User.objects.get(email="rik@acme.test")
    owner.post(PAGE, {"what": "mail", "user": rik.pk})
    again = owner.post(PAGE, {"what": "mail", "user": rik.pk}, follow=True)
    assert "hoogstens 2 uitnodigingen per 60 minuten" in words_of(again)
    assert owner.post(PAGE, {**RIK, "email": "piet@acme.test"}).status_code == 422
    cache.clear()


def test_a_company_that_was_never_live_mails_few(owner: Client, acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    assert rate_limits.PORTAL_MAILS_OF_NEWCOMER.most == 5
    monkeypatch.setattr(rate_limits, "PORTAL_MAILS_OF_NEWCOMER", rate_limits.Limit("portal_mails_newcomer", 1, 3_600))
    Company.objects.filter(pk=acme.pk).update(live_at=None)
    owner.post(PAGE, RIK)
    answer = owner.post(PAGE, {**RIK, "email": "piet@acme.test"})
    assert "hoogstens 1 uitnodigingen per 60 minuten" in words_of(answer)
    cache.clear()


class TestSecondStep:
    """Where the installation asks for it, an owner's password alone opens no page of the portal."""

    @pytest.fixture(autouse=True)
    def _asked_for(self, settings: Any) -> None:
        settings.OWNER_SECOND_STEP = True

    @pytest.mark.parametrize("path", ["/", "/chats/", "/chats.csv", PAGE])
    def test_an_owner_without_one_sets_it_up_first(self, owner: Client, path: str) -> None:
        answer = owner.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/totp/activate/")

    def test_an_owner_without_one_changes_nothing(self, owner: Client) -> None:
        assert owner.post(PAGE, RIK).status_code == 302
        assert not User.objects.filter(email="rik@acme.test").exists()

    def test_an_owner_with_one_and_everybody_else_come_in(self, carol: User) -> None:
        Authenticator.objects.create(user=carol, type=Authenticator.Type.TOTP, data={"secret": ""})
        assert browser_of(carol).get("/").status_code == 200
        assert "inloggen in twee stappen" in words_of(browser_of(carol).get(PAGE))
        Authenticator.objects.all().delete()
        PortalMember.objects.filter(user=carol).update(role="editor")
        assert browser_of(carol).get("/").status_code == 200
