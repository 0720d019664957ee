"""The words of pages about a form that was sent or an address that was typed: which holiday, year, month, whose
address.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import LogEntry, PortalMember, User
from agency.services.people.invitations import mail_invitation
from agency.services.people.portal_members import CannotChangeMember, add_member
from tenants import clock
from tenants.models import Company, Site
from tests.agency.services.mail.sent import sent_mails
from tests.agency.views.companies.company_form import typed

pytestmark = pytest.mark.django_db

SITE = {"name": "Blog", "language": "nl", "unstaffed": "form"}


def page_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_says_which_holiday_lacks_hours(manager: Client, acme: Company) -> None:
    url = f"/manage/companies/{acme.pk}/hours/"
    holidays = manager.get(url).context["holidays"].found
    sent = {f"is_{holiday.day}": "usual" for holiday, _wanted in holidays}
    holiday = holidays[2][0]
    answer = manager.post(url, {**sent, f"is_{holiday.day}": "other", "what": "holidays"})
    assert answer.status_code == 422
    listed = page_of(answer).split("data-errors>")[1].split("</ul>")[0]
    assert f"Andere tijden op {holiday.name}" in listed.replace("&#x27;", "'")
    assert str(holiday.day.year) in listed
    assert "Vul de tijden in, zoals 10:00-16:00." in listed


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("0026-12-25", "25 dec 26 is voorbij. Klopt het jaar?"),
        ("2206-12-25", "25 dec 2206 is te ver"),
    ],
)
def test_a_wrong_day_says_its_year(manager: Client, acme: Company, day: str, said: str) -> None:
    sent = {"what": "dated", "starts_on": day}
    answer = manager.post(f"/manage/companies/{acme.pk}/hours/", sent)
    assert said.split()[3] in page_of(answer)
    assert "Klopt het jaar?" in page_of(answer)
    assert said.split(" is ")[1][:7] in page_of(answer)


def test_a_shift_far_away_says_its_year(manager: Client, alice: User) -> None:
    sent = {"person": alice.pk, "day": "2206-12-25", "times": "07:00-15:00"}
    assert "25 dec 2206" in page_of(manager.post("/manage/shifts/new/", sent))


@pytest.mark.parametrize("month", ["2026-13", "nov", "1999-01", "\x00"])
def test_a_month_that_isn_t_there_is_said(carol: User, month: str) -> None:
    portal = Client(headers={"host": "acme.localhost"})
    portal.force_login(carol)
    for path in ("/satisfaction/", "/charges/"):
        answer = portal.get(path, {"month": month})
        assert answer.status_code == 200
        assert "in het adres is niet te lezen. Toegestaan: een maand van" in page_of(answer)
        assert "niet te lezen" not in page_of(portal.get(path))
        refused = portal.get("/charges.csv", {"month": month})
        assert refused.status_code == 422
        assert "Er is geen bestand gemaakt." in refused.content.decode()


def test_somebody_of_ours_is_no_portal_user(manager: Client, acme: Company, maud: User, alice: User) -> None:
    for user in (maud, alice):
        sent = {"what": "invite", "name": "X", "email": user.email.upper(), "role": "reader"}
        answer = manager.post(f"/manage/companies/{acme.pk}/people/", sent)
        assert answer.status_code == 422
        assert "is van iemand van het bureau" in page_of(answer)
        with pytest.raises(CannotChangeMember, match="colleague"):
            add_member(company=acme, email=user.email, name="X", role="reader", by=maud, now=clock.now())
    assert not PortalMember.objects.filter(user__in=[maud, alice]).exists()


def test_a_second_site_with_an_address_warns(manager: Client, acme: Company, zen: Company) -> None:
    there = Site.objects.get(company=zen)
    there.origins = ["https://www.zen.example"]
    there.save()
    new = f"/manage/companies/{acme.pk}/sites/new/"
    said = page_of(manager.post(new, {**SITE, "origins": "www.zen.example"}, follow=True))
    assert f"https://www.zen.example is ook een adres van “{there.name}” van {zen.name}." in said
    said = page_of(manager.post(new, {**SITE, "origins": "www.other.example"}, follow=True))
    assert "is ook een adres" not in said


def test_the_first_password_is_called_so_and_signs_in(maud: User) -> None:
    user = User(email="nina@balie.test", name="Nina", language="nl", is_manager=True)
    user.set_unusable_password()
    user.save()
    mail_invitation(user=user, now=clock.now())
    link = next(word for word in sent_mails()[-1].body.split() if "/password/reset/key/" in word)
    browser = Client(headers={"host": "localhost"})
    first = browser.get("/" + link.split("/", 3)[3], follow=True)
    assert "Kies je wachtwoord" in page_of(first)
    assert "ieuw wachtwoord" not in page_of(first)
    new = {"password1": "three words nobody knows", "password2": "three words nobody knows"}
    browser.post(first.request["PATH_INFO"], new)
    assert browser.get("/manage/").status_code == 200


def test_the_log_is_filtered_by_day_and_kind(manager: Client, acme: Company, maud: User) -> None:
    now = timezone.now()
    facts = {"actor": maud, "actor_name": "Maud", "company": acme}
    for n, (action, at) in enumerate(
        [
            ("site.changed", now),
            ("dated_hours.added", now),
            ("site.changed", now - timedelta(days=9)),
        ]
    ):
        LogEntry.objects.create(at=at, action=action, object_name=f"line{n}", **facts)

    def lines(**asked: str) -> list[int]:
        page = page_of(manager.get("/manage/log/", asked))
        return [n for n in range(3) if f"line{n}" in page]

    day = timezone.localtime(now).date()
    assert lines() == [0, 1, 2]
    assert lines(day=f"{day}") == [0, 1]
    assert lines(kind="site") == [0, 2]
    assert lines(kind="hours") == [1]
    assert lines(kind="site", day=f"{day}") == [0]
    for bad in ("x", "2026-02-30", "9999-12-31", "0001-01-01"):
        assert manager.get("/manage/log/", {"day": bad, "kind": "zz"}).status_code == 200
    assert "een dag zoals" in page_of(manager.get("/manage/log/", {"day": "x"}))


def test_the_log_speaks_the_reader_s_words(manager: Client, acme: Company, maud: User) -> None:
    changes = {
        "unstaffed": ["form", "phone"],
        "languages": [["nl"], ["nl", "de"]],
        "level": ["beginner", "trained"],
        "share": ["90.0%", "92.5%"],
        "amount": ["4.50", "5.00"],
        "expires_at": [None, "2026-12-25"],
        "role": ["reader", "owner"],
        "kind": [None, "canned"],
    }
    LogEntry.objects.create(
        at=timezone.now(),
        actor=maud,
        actor_name="Maud",
        company=acme,
        action="site.changed",
        object_name="2026-12-26",
        changes=changes,
    )
    page = page_of(manager.get("/manage/log/"))
    for words in ("92,5\xa0%", "€\xa05,00", "25 dec 2026", "26 dec 2026", "Nederlands, Duits"):
        assert words in page
    for raw in ("trained", "phone<", "canned", "2026-12-25", "5.00", "reader"):
        assert raw not in page.split("<tbody>")[1]


def test_an_invitation_is_answered_to_the_agency(manager: Client, acme: Company, settings: Any) -> None:
    from chat.models import Delivery
    from tenants.context import in_company

    settings.AGENCY_EMAIL = "desk@balie.test"
    sent = {"what": "invite", "name": "X", "email": "x@acme.test", "role": "reader"}
    manager.post(f"/manage/companies/{acme.pk}/people/", sent)
    with in_company(acme):
        assert Delivery.objects.get(recipient="x@acme.test").reply_to == "desk@balie.test"


def test_errors_of_a_new_company_follow_the_page(manager: Client) -> None:
    sent = typed(slug="x", name="", language="", **{"promise-percent": "1", "owner-email": "x"})
    page = page_of(manager.post("/manage/companies/new/", sent))
    listed = page.split("data-errors>")[1].split("</ul>")[0]
    targets = [part.split('"')[0] for part in listed.split('href="#')[1:]]
    assert len(targets) >= 4
    places = [page.index(f'id="{target}"') for target in targets]
    assert places == sorted(places)
