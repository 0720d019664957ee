"""A company's pages: facts, sites, hours, promise and portal people change one by one."""

import pytest
from django.test import Client
from django.utils import timezone

from agency.models import (
    DatedHours,
    LogEntry,
    PortalMember,
    Promise,
    User,
)
from agency.services.hours.weekly_hours import WEEKDAYS
from agency.services.pool.availability import list_site_states
from chat.models import Delivery
from tenants import memory, resolve
from tenants.context import in_company
from tenants.models import Company, Site
from tests.agency.views.companies.company_form import facts_of, fixture_browser  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


def test_facts_change_with_their_palette_and_a_line_in_the_log(browser: Client, acme: Company) -> None:
    page = f"/manage/companies/{acme.pk}/"
    answer = browser.post(page, facts_of(acme, name="Acme Voeten", brand="#a00"))
    assert answer.status_code == 302
    acme.refresh_from_db()
    assert (acme.name, acme.brand) == ("Acme Voeten", "#aa0000")
    assert acme.palette["light"]["solid"] == "#aa0000"
    entry = LogEntry.objects.get(action="company.changed")
    assert entry.changes == {
        "name": ["Acme Schoenen", "Acme Voeten"],
        "brand": ["#1d4ed8", "#aa0000"],
    }
    browser.post(page, facts_of(acme))
    assert LogEntry.objects.filter(action="company.changed").count() == 1


def test_another_company_s_letters_are_refused_and_the_own_ones_kept(
    browser: Client, acme: Company, zen: Company
) -> None:
    page = f"/manage/companies/{acme.pk}/"
    assert browser.post(page, facts_of(acme)).status_code == 302
    refused = browser.post(page, facts_of(acme, monogram=zen.monogram)).content.decode()
    assert "Een ander bedrijf heeft deze letters." in refused


def test_a_site_is_added_changed_and_retired_and_the_live_path_knows_within_seconds(
    browser: Client, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = f"/manage/companies/{acme.pk}/sites/"
    facts = {"name": "Blog", "origins": "https://blog.acme.example", "language": "en"}
    browser.post(f"{base}new/", {**facts, "unstaffed": "hidden"})
    site = Site.objects.get(name="Blog")
    clock = [1_000.0]
    monkeypatch.setattr(resolve.time, "monotonic", lambda: clock[0])
    memory.clear()
    found = resolve.find_site(site.key)
    assert found is not None
    assert found.origins == {"https://blog.acme.example"}
    changed = {**facts, "origins": "https://nieuws.acme.example", "unstaffed": "form"}
    browser.post(f"{base}{site.pk}/", changed)
    clock[0] += 2.1
    found = resolve.find_site(site.key)
    assert found is not None
    assert found.origins == {"https://nieuws.acme.example"}
    states = {state.site.key: state for state in list_site_states(timezone.now())}
    assert states[site.key].mode == "form"
    browser.post(f"{base}{site.pk}/retire/")
    clock[0] += 2.1
    found = resolve.find_site(site.key)
    assert found is not None
    assert found.origins == frozenset()
    done = list(LogEntry.objects.order_by("at").values_list("action", flat=True))
    assert done == ["site.added", "site.changed", "site.retired"]


def test_a_site_says_what_it_gives_up_when_it_is_busy_and_when_it_invites(browser: Client, acme: Company) -> None:
    site = acme.sites.get()
    page = f"/manage/companies/{acme.pk}/sites/{site.pk}/"
    facts = {"name": "Shop", "origins": site.origins[0], "language": "nl", "unstaffed": "form"}
    wrong = {"low_value": "jobs\r\nhttps://acme.example/x\r\n/a?b=c", "invite_after": "4"}
    refused = browser.post(page, facts | wrong).content.decode()
    for words in (
        "moet beginnen met / of *",
        "laat het adres van de site weg",
        "telt niet mee",
        "Een geheel getal van 5 tot 600",
    ):
        assert words in refused, words
    browser.post(page, facts | {"low_value": "/jobs/*\r\n\r\n/jobs/*\r\n/over", "invite_after": "30"})
    site.refresh_from_db()
    assert (site.low_value, site.invite_after) == (["/jobs/*", "/over"], 30)
    shown = browser.get(page).content.decode()
    assert "/jobs/*\n/over</textarea>" in shown
    browser.post(page, facts | {"low_value": "", "invite_after": ""})
    site.refresh_from_db()
    assert (site.low_value, site.invite_after) == ([], None)
    log = LogEntry.objects.filter(action="site.changed").order_by("at")
    assert log[1].changes["invite_after"] == [30, None]


def test_a_site_of_another_company_is_absent(browser: Client, acme: Company, zen: Company) -> None:
    page = f"/manage/companies/{acme.pk}/sites/{zen.sites.get().pk}/"
    assert browser.get(page).status_code == 404
    assert browser.post(f"{page}retire/").status_code == 404


def test_weekly_hours_close_a_site_at_once(browser: Client, acme: Company) -> None:
    DatedHours.objects.filter(company=acme).delete()
    page = f"/manage/companies/{acme.pk}/hours/"
    now = timezone.now()
    far = WEEKDAYS[(timezone.localtime(now).weekday() + 3) % 7]
    assert browser.post(page, {"what": "week", far: "09:00-10:00"}).status_code == 302
    state = next(s for s in list_site_states(now) if s.site.company_id == acme.pk)
    assert state.closes_at is None
    entry = LogEntry.objects.get(action="hours.changed")
    assert entry.changes[far] == ["07:00-23:00", "09:00-10:00"]


@pytest.mark.parametrize(
    ("typed_in", "field"),
    [
        ({"starts_on": "2099-01-01"}, "starts_on"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"starts_on": "morgen"}, "starts_on"),
        ({"starts_on": "TODAY", "ends_on": "2020-01-01"}, "ends_on"),
        ({"starts_on": "TODAY", "hours": "16-10"}, "hours"),
        ({"starts_on": "TODAY", "hours": "9-10, 11-12"}, "hours"),
        ({"starts_on": "TODAY", "note": "x" * 101}, "note"),
    ],
)
def test_dated_hours_that_cannot_be_are_refused(
    browser: Client, acme: Company, typed_in: dict[str, str], field: str
) -> None:
    today = timezone.localdate().isoformat()
    facts = {name: value.replace("TODAY", today) for name, value in typed_in.items()}
    before = DatedHours.objects.count()
    page = browser.post(f"/manage/companies/{acme.pk}/hours/", {"what": "dated", **facts})
    assert f'id="id_{field}_error"' in page.content.decode()
    assert DatedHours.objects.count() == before


def test_dated_hours_come_and_go_and_show_in_the_next_seven_days(browser: Client, acme: Company) -> None:
    page = f"/manage/companies/{acme.pk}/hours/"
    today = timezone.localdate().isoformat()
    facts = {"what": "dated", "starts_on": today, "hours": "10-12", "note": "Inventaris"}
    shown = " ".join(browser.post(page, facts, follow=True).content.decode().split())
    assert "10:00-12:00 · Inventaris" in shown
    gone = {"what": "remove", "starts_on": today, "ends_on": today}
    shown = browser.post(page, gone, follow=True).content.decode()
    assert "Inventaris" not in shown
    assert browser.post(page, {**gone, "starts_on": "x"}).status_code == 404


def test_a_promise_is_a_new_version_from_now_on(browser: Client, acme: Company) -> None:
    page = f"/manage/companies/{acme.pk}/promise/"
    began = timezone.now()
    for seconds in ("20", "30", "30"):
        browser.post(page, {"seconds": seconds, "percent": "90"})
    rows = Promise.objects.filter(company=acme).order_by("version")
    assert [(row.version, row.seconds) for row in rows] == [(1, 20), (2, 30)]
    assert all(row.valid_from >= began for row in rows)


def test_portal_people_come_change_and_go_but_one_owner_stays(browser: Client, acme: Company, carol: User) -> None:
    page = f"/manage/companies/{acme.pk}/people/"
    facts = {"what": "invite", "name": "Rik Lezer", "email": "rik@acme.test", "role": "reader"}
    assert browser.post(page, facts).status_code == 302
    rik = User.objects.get(email="rik@acme.test")
    assert 'id="id_email_error"' in browser.post(page, facts).content.decode()
    last = browser.post(page, {"what": "remove", "user": carol.pk}, follow=True)
    assert "minstens één eigenaar" in last.content.decode()
    browser.post(page, {"what": "role", "user": carol.pk, "role": "reader"})
    assert PortalMember.objects.get(user=carol).role == "owner"
    browser.post(page, {"what": "role", "user": rik.pk, "role": "owner"})
    browser.post(page, {"what": "remove", "user": carol.pk})
    assert list(acme.portal_members.values_list("user", flat=True)) == [rik.pk]
    portal = Client(headers={"host": "acme.localhost"})
    portal.force_login(carol)
    assert portal.get("/").status_code == 404
    assert browser.post(page, {"what": "remove", "user": "x"}).status_code == 404
    assert browser.post(page, {"what": "remove", "user": carol.pk}).status_code == 404
    assert browser.post(page, {"what": "role", "user": rik.pk, "role": "king"}).status_code == 404


def test_a_second_mail_brings_a_second_link(browser: Client, acme: Company) -> None:
    page = f"/manage/companies/{acme.pk}/people/"
    browser.post(page, {"name": "Rik", "email": "rik@acme.test", "role": "reader"})
    rik = User.objects.get(email="rik@acme.test")
    browser.post(page, {"what": "mail", "user": rik.pk})
    with in_company(acme):
        assert Delivery.objects.filter(recipient="rik@acme.test", kind="invitation").count() == 2
