"""Making a company from nothing, changing one, and who changed what."""

import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.models import (
    Certification,
    DatedHours,
    LogEntry,
    OpeningHours,
    OutboxRow,
    PortalMember,
    Promise,
    User,
)
from agency.project.company_list import PAGE
from agency.services.availability import list_site_states
from billing.models import Price
from chat.models import Delivery, Text
from tenants import resolve
from tenants.context import in_company
from tenants.models import Company, Domain, Site
from tests.cast import PASSWORD

pytestmark = pytest.mark.django_db

HOST = {"host": "localhost"}
NEW = "/manage/companies/new/"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONG = "x" * 10_000


@pytest.fixture
def browser(maud: User, acme: Company) -> Client:
    """The manager's."""
    browser = Client(headers=HOST)
    browser.force_login(maud)
    return browser


def typed(**changed: str) -> dict[str, str]:
    """A form filled in well, but for what is changed."""
    return {
        "id": str(uuid.uuid4()),
        "name": "Fietsenhuis Verhoeven",
        "slug": "fietsenhuis",
        "monogram": "FV",
        "brand": "#FFC400",
        "language": "nl",
        "tone": "u",
        "zone": "Europe/Amsterdam",
        "country": "NL",
        "question_email": "vragen@fietsen.example",
        "transcript_email": "",
        "reply_email": "",
        "address": "Kade 1, 8011 AB Zwolle",
        "site-name": "Webwinkel",
        "site-origins": "https://www.fietsen.example/\r\nfietsen.example",
        "site-unstaffed": "form",
        "site-phone": "",
        "site-privacy_url": "https://www.fietsen.example/privacy",
        "site-offset": "",
        **{f"week-{day}": "09:00-17:30" for day in DAYS[:5]},
        "week-saturday": "10-12, 13-17",
        "week-sunday": "",
        "promise-seconds": "25",
        "promise-percent": "92,5",
        "texts-greeting": "",
        "texts-script": "",
        "price-amount": "4,50",
        "owner-name": "Fien Verhoeven",
        "owner-email": "fien@fietsen.example",
        **changed,
    }


def schemas() -> set[str]:
    """The companies' schemas that the database has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 't\\_%'")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def nothing_made() -> Iterator[None]:
    """What was there before the test is what is there after it."""

    def counts() -> tuple[Any, ...]:
        models = (Company, Domain, Site, User, OpeningHours, Promise, Price, LogEntry, OutboxRow)
        return (schemas(), *(model.objects.count() for model in models))

    before = counts()
    yield
    assert counts() == before


# From nothing


def test_one_form_makes_a_company_that_can_chat(browser: Client, maud: User) -> None:
    browser.get(NEW)
    began = time.process_time()
    answer = browser.post(NEW, typed())
    # Processor time: what else the machine does must not count.
    assert time.process_time() - began < 1
    company = Company.objects.get(slug="fietsenhuis")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/manage/companies/{company.pk}/start/"
    assert company.ready
    assert (company.brand, company.tone, company.address[:6]) == ("#ffc400", "u", "Kade 1")
    assert company.palette["light"]["solid"] == "#ffc400"
    assert company.domains.get().domain == "fietsenhuis.localhost"
    site = company.sites.get()
    assert site.origins == ["https://www.fietsen.example", "https://fietsen.example"]
    saturday = OpeningHours.objects.filter(company=company, weekday=5)
    assert [(row.opens, row.closes) for row in saturday] == [(600, 720), (780, 1020)]
    assert OpeningHours.objects.filter(company=company).count() == 7
    promise = Promise.objects.get(company=company)
    assert (promise.version, promise.seconds, str(promise.share)) == (1, 25, "0.925")
    assert str(Price.objects.get(company=company).amount) == "4.50"
    with in_company(company):
        greeting = Text.objects.get(kind="greeting", key="algemeen")
        script = Text.objects.get(kind="script")
        kinds = set(Text.objects.values_list("kind", flat=True))
    assert kinds == {"greeting", "script", "canned", "instruction"}
    assert greeting.body == "Goedendag, waarmee kan ik u helpen?"
    assert [step["key"] for step in script.data["steps"]][:2] == ["greet", "who"]
    assert len(script.data["steps"]) == 9
    assert greeting.author_name == maud.name


def test_the_page_after_it_shows_the_code_the_portal_and_what_is_missing(browser: Client) -> None:
    page = browser.post(NEW, typed(), follow=True).content.decode()
    company = Company.objects.get(slug="fietsenhuis")
    assert f"/widget/{company.sites.get().key}.js" in page
    assert "http://fietsenhuis.localhost" in page
    assert f"/manage/companies/{company.pk}/operators/" in page
    assert "Certificeer medewerkers" in page


def test_the_owner_gets_a_link_to_a_first_password_that_works_once(browser: Client) -> None:
    browser.post(NEW, typed())
    company = Company.objects.get(slug="fietsenhuis")
    owner = User.objects.get(email="fien@fietsen.example")
    assert not owner.has_usable_password()
    assert PortalMember.objects.get(company=company).role == "owner"
    row = OutboxRow.objects.get(company=company)
    assert row.dedup.startswith("invitation:")
    with in_company(company):
        mail = Delivery.objects.get(pk=row.object_id)
    assert (mail.recipient, mail.sender) == ("fien@fietsen.example", "Fietsenhuis Verhoeven")
    assert mail.reply_to == "vragen@fietsen.example"
    assert "3 dagen" in mail.text
    assert "#ffc400" in mail.html
    link = re.search(r"http://fietsenhuis\.localhost\S*(/accounts/\S+)", mail.text)
    assert link is not None
    visitor = Client(headers={"host": "fietsenhuis.localhost"})
    form = visitor.get(link[1], follow=True)
    words = {"password1": "veertien paarse tafels", "password2": "veertien paarse tafels"}
    assert visitor.post(form.redirect_chain[-1][0], words).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password("veertien paarse tafels")
    spent = Client(headers={"host": "fietsenhuis.localhost"}).get(link[1], follow=True)
    assert "password1" not in spent.content.decode()


def test_an_address_with_an_account_becomes_a_member_without_a_new_password(
    browser: Client, dave: User
) -> None:
    browser.post(NEW, typed(**{"owner-email": "Dave@zen.test", "owner-name": "Somebody"}))
    company = Company.objects.get(slug="fietsenhuis")
    assert PortalMember.objects.get(company=company).user == dave
    dave.refresh_from_db()
    assert dave.check_password(PASSWORD)
    assert dave.name == "Dave"
    with in_company(company):
        text = Delivery.objects.get(kind="invitation").text
    assert "/password/reset/" not in text
    assert "/accounts/login/" in text


def test_every_part_is_in_the_log(browser: Client, maud: User) -> None:
    browser.post(NEW, typed())
    company = Company.objects.get(slug="fietsenhuis")
    done = LogEntry.objects.filter(company=company, actor=maud).values_list("action", flat=True)
    assert set(done) == {"company.made", "promise.changed", "price.set", "member.added"}


def test_the_same_form_sent_twice_makes_one_company(browser: Client) -> None:
    form = typed()
    first, second = browser.post(NEW, form), browser.post(NEW, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Company.objects.filter(name="Fietsenhuis Verhoeven").count() == 1
    assert OutboxRow.objects.filter(dedup__startswith="invitation:").count() == 1


def test_address_and_letters_are_made_from_the_name(browser: Client) -> None:
    browser.post(NEW, typed(name="Acme Café", slug="", monogram=""))
    company = Company.objects.get(name="Acme Café")
    assert company.slug == "acme-cafe"
    # AC is Acme Schoenen's.
    assert company.monogram == "AM"


def test_a_text_that_was_changed_stays_as_typed(browser: Client) -> None:
    browser.post(NEW, typed(**{"texts-greeting": "Dag!", "texts-script": "Groet\r\n\r\nLuister"}))
    with in_company(Company.objects.get(slug="fietsenhuis")):
        assert Text.objects.get(kind="greeting", key="algemeen").body == "Dag!"
        steps = Text.objects.get(kind="script").data["steps"]
    assert [step["text"] for step in steps] == ["Groet", "Luister"]


WRONG = [
    ("name", "", "Vul dit in."),
    ("name", "a\x00b", "zonder verborgen tekens"),
    ("name", LONG, "Hoogstens 100 tekens; dit zijn er 10000."),
    ("slug", "Ab", "3 tot 40"),
    ("slug", "acme", "bezet"),
    ("slug", "1fiets", "3 tot 40"),
    ("slug", "fiets--huis", "3 tot 40"),
    ("slug", "fiets_huis", "3 tot 40"),
    ("slug", "fiets.huis", "3 tot 40"),
    ("slug", "../../etc", "3 tot 40"),
    ("slug", 'x"; DROP SCHEMA public', "3 tot 40"),
    ("slug", LONG, "Hoogstens 40"),
    ("monogram", "AC", "Een ander bedrijf heeft deze letters."),
    ("monogram", "ac", "Een ander bedrijf heeft deze letters."),
    ("monogram", "<b", "Een of twee letters of cijfers."),
    ("monogram", "ABC", "Een of twee letters of cijfers."),
    ("brand", "red", "kleurcode"),
    ("brand", "#12345", "kleurcode"),
    ("brand", "#000;}body{}", "kleurcode"),
    ("language", "xx", "Kies er een uit de lijst."),
    ("tone", "jij", "Kies er een uit de lijst."),
    ("zone", "Mars/Base", "Kies er een uit de lijst."),
    ("country", "XX", "Kies er een uit de lijst."),
    ("question_email", "", "Vul dit in."),
    ("question_email", "geen adres", "naam@voorbeeld.nl"),
    ("question_email", "a@b.nl\r\nBcc: c@d.nl", "naam@voorbeeld.nl"),
    ("transcript_email", "a@b", "naam@voorbeeld.nl"),
    ("reply_email", LONG + "@a.nl", "naam@voorbeeld.nl"),
    ("address", "Kade 1\r\nBcc: x", "zonder verborgen tekens"),
    ("site-name", "", "Vul dit in."),
    ("site-origins", "", "Vul dit in."),
    ("site-origins", "https://a.nl/winkel", "zonder pad"),
    ("site-origins", "javascript:alert(1)", "begint met https://"),
    ("site-origins", "ftp://a.nl", "begint met https://"),
    ("site-origins", "https://*.a.nl", "is geen adres van een site"),
    ("site-origins", "https://a..nl", "is geen adres van een site"),
    ("site-origins", "https://a.nl:99999", "is geen adres van een site"),
    ("site-origins", "https://u:p@a.nl", "zonder pad"),
    ("site-origins", "https://a.nl\x00", "zonder verborgen tekens"),
    ("site-origins", "\n".join(f"https://a{n}.nl" for n in range(21)), "Hoogstens 20"),
    ("site-origins", LONG, "is geen adres van een site"),
    ("site-unstaffed", "dance", "Kies er een uit de lijst."),
    ("site-phone", "bel ons", "cijfers en spaties"),
    ("site-privacy_url", "javascript:alert(1)", "https://www.voorbeeld.nl/privacy"),
    ("site-offset", "-1", "geheel getal van 0 tot 400"),
    ("site-offset", "1e3", "geheel getal van 0 tot 400"),
    ("week-monday", "17:00-09:00", "eindigt voor het begint"),
    ("week-monday", "9-12, 11-14", "overlapt"),
    ("week-monday", "9-25", "van 00:00 tot 24:00"),
    ("week-monday", "altijd", "Schrijf tijden zoals"),
    ("week-monday", "1-2,3-4,5-6,7-8,9-10,11-12,13-14", "Hoogstens 6"),
    ("promise-seconds", "4", "geheel getal van 5 tot 300"),
    ("promise-seconds", "snel", "geheel getal van 5 tot 300"),
    ("promise-percent", "49", "percentage van 50 tot 100"),
    ("promise-percent", "100,5", "percentage van 50 tot 100"),
    ("promise-percent", "NaN", "percentage van 50 tot 100"),
    ("price-amount", "-1", "bedrag van 0 tot 999,99"),
    ("price-amount", "1000", "bedrag van 0 tot 999,99"),
    ("price-amount", "1,999", "bedrag van 0 tot 999,99"),
    ("price-amount", "", "bedrag van 0 tot 999,99"),
    ("texts-greeting", "x" * 401, "Hoogstens 400"),
    ("texts-script", "stap\n" * 31, "Hoogstens 30 stappen"),
    ("texts-script", "x" * 201, "Hoogstens 200 tekens per stap"),
    ("owner-name", "", "Vul dit in."),
    ("owner-email", "fien", "naam@voorbeeld.nl"),
]


def _rounds() -> list[list[tuple[str, str, str]]]:
    """Every wrong value once, as many fields at a time as have one left: a page says all that is wrong at once."""
    by_field: dict[str, list[tuple[str, str, str]]] = {}
    for wrong in WRONG:
        by_field.setdefault(wrong[0], []).append(wrong)
    most = max(len(own) for own in by_field.values())
    return [[own[at] for own in by_field.values() if at < len(own)] for at in range(most)]


@pytest.mark.parametrize("wrongs", _rounds())
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_made(
    browser: Client, nothing_made: None, wrongs: list[tuple[str, str, str]]
) -> None:
    answer = browser.post(NEW, typed(**{field: value for field, value, _ in wrongs}))
    page = answer.content.decode()
    assert answer.status_code == 200
    fields = {field for field, _, _ in wrongs}
    for field, value, says in wrongs:
        error = re.search(rf'id="id_{field}_error">.*?<span>(.*?)</span>', page, re.S)
        assert error is not None, f"no error at {field} for {value!r}"
        assert says in error[1]
        # The summary leads to the field; everything else that was typed is still there.
        assert f'href="#id_{field}"' in page
    assert 'value="Fien Verhoeven"' in page or "owner-name" in fields
    assert 'value="fietsenhuis"' in page or "slug" in fields


def test_a_week_without_hours_is_refused(browser: Client, nothing_made: None) -> None:
    page = browser.post(NEW, typed(**{f"week-{day}": "" for day in DAYS})).content.decode()
    assert "Minstens op één dag open" in page


def test_a_phone_number_is_asked_for_when_it_is_shown(browser: Client, nothing_made: None) -> None:
    page = browser.post(NEW, typed(**{"site-unstaffed": "phone"})).content.decode()
    assert 'id="id_site-phone_error"' in page


def test_a_failure_half_way_leaves_nothing(
    browser: Client, nothing_made: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_facts: Any) -> None:
        raise RuntimeError("the outbox is full")

    monkeypatch.setattr("chat.services.deliveries.outbox.enqueue", fail)
    with pytest.raises(RuntimeError, match="full"):
        browser.post(NEW, typed())


def test_who_was_a_moment_slower_is_told_so(
    browser: Client, nothing_made: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both forms were checked before either was saved; the database has the last word."""
    monkeypatch.setattr("agency.project.new_company.is_slug_free", lambda slug: slug != "acme")
    monkeypatch.setattr("agency.views.forms.company.is_monogram_free", lambda *_a, **_b: True)
    page = browser.post(NEW, typed(monogram="AC")).content.decode()
    assert "net aan iemand anders" in page
    assert 'value="Fien Verhoeven"' in page


def test_a_switched_off_account_is_no_owner(browser: Client, dave: User) -> None:
    User.objects.filter(pk=dave.pk).update(is_active=False)
    page = browser.post(NEW, typed(**{"owner-email": dave.email})).content.decode()
    assert "uitgeschakeld" in page
    assert not Company.objects.filter(slug="fietsenhuis").exists()
    assert "t_fietsenhuis" not in schemas()


@pytest.mark.parametrize("person", ["alice", "carol"])
def test_only_managers_get_in(request: pytest.FixtureRequest, person: str, acme: Company) -> None:
    other = Client(headers=HOST)
    other.force_login(request.getfixturevalue(person))
    site = acme.sites.get()
    names = ("company", "company_start", "company_sites", "company_hours", "company_promise")
    paths = [reverse(f"manage_{name}", args=[acme.pk]) for name in (*names, "company_members")]
    paths += [NEW, "/manage/log/", reverse("manage_company_site", args=[acme.pk, site.pk])]
    for path in paths:
        assert other.get(path).status_code == 404, path
    for path in paths:
        assert other.post(path, typed()).status_code in {404, 405}, path
    assert not Company.objects.filter(slug="fietsenhuis").exists()


def test_the_proposal_is_free_and_says_how_readable_a_colour_is(browser: Client) -> None:
    asked = {"name": "Acme Schoenen", "brand": "#ffc400"}
    facts = browser.get("/manage/companies/proposal/", asked).json()
    assert facts["slug"] == "acme-schoenen"
    assert facts["monogram"] == "AS"
    assert "donkere tekst" in facts["look"]["sentence"]
    assert browser.get("/manage/companies/proposal/", {"brand": "url(x)"}).json() == {}


# One company


def facts_of(company: Company, **changed: str) -> dict[str, str]:
    names = ("name", "monogram", "brand", "tone", "language", "zone", "country", "question_email")
    return {**{name: getattr(company, name) for name in names}, **changed}


def test_facts_change_with_their_palette_and_a_line_in_the_log(
    browser: Client, acme: Company
) -> None:
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
    resolve._sites.clear()
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


def test_a_site_says_what_it_gives_up_when_it_is_busy_and_when_it_invites(
    browser: Client, acme: Company
) -> None:
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
    browser.post(
        page, facts | {"low_value": "/jobs/*\r\n\r\n/jobs/*\r\n/over", "invite_after": "30"}
    )
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
    far = DAYS[(timezone.localtime(now).weekday() + 3) % 7]
    assert browser.post(page, {"what": "week", far: "09:00-10:00"}).status_code == 302
    state = next(s for s in list_site_states(now) if s.site.company_id == acme.pk)
    assert state.closes_at is None
    entry = LogEntry.objects.get(action="hours.changed")
    assert entry.changes[far] == ["07:00-23:00", "09:00-10:00"]


@pytest.mark.parametrize(
    ("typed_in", "field"),
    [
        ({"starts_on": "2099-01-01"}, "ends_on"),
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


def test_dated_hours_come_and_go_and_show_in_the_next_seven_days(
    browser: Client, acme: Company
) -> None:
    page = f"/manage/companies/{acme.pk}/hours/"
    today = timezone.localdate().isoformat()
    facts = {"what": "dated", "starts_on": today, "hours": "10-12", "note": "Inventaris"}
    shown = browser.post(page, facts, follow=True).content.decode()
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


def test_portal_people_come_change_and_go_but_one_owner_stays(
    browser: Client, acme: Company, carol: User
) -> None:
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


# The list


def test_the_list_says_what_each_company_needs(
    browser: Client, acme: Company, zen: Company
) -> None:
    Price.objects.create(company=acme, valid_from=timezone.localdate(), amount="4.00")
    page = browser.get("/manage/", {"show": "needs"}).content.decode()
    assert acme.name not in page
    assert zen.name in page
    assert "geen prijs" in page
    Certification.objects.filter(company=acme).delete()
    page = browser.get("/manage/", {"show": "needs", "q": "acme"}).content.decode()
    assert "niemand gecertificeerd" in page


def test_the_list_finds_a_company_by_part_of_its_name(
    browser: Client, acme: Company, zen: Company
) -> None:
    page = browser.get("/manage/", {"q": "energ"}).content.decode()
    assert zen.name in page
    assert acme.name not in page
    assert "Geen bedrijf met" in browser.get("/manage/", {"q": "\0<b>"}).content.decode()


def test_the_list_costs_the_same_for_many_companies_and_is_paged(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    Company.objects.bulk_create(
        Company(
            slug=f"bedrijf-{n}",
            schema_name=f"t_bedrijf_{n}",
            name=f"Bedrijf {n:03d}",
            monogram=f"{n // 26:c}"[:0] + chr(0x100 + n) + "x",
            ready=True,
        )
        for n in range(250)
    )
    with django_assert_max_num_queries(24):
        page = browser.get("/manage/").content.decode()
    assert page.count("companies__name") == PAGE
    assert "1 t/m 50 van 252" in page
    last = browser.get("/manage/", {"from": "250"}).content.decode()
    assert last.count("companies__name") == 2


# The log


def test_the_log_reads_before_and_after_by_company_and_person(
    browser: Client, acme: Company, zen: Company, maud: User
) -> None:
    browser.post(f"/manage/companies/{acme.pk}/", facts_of(acme, name="Acme <i>Voeten</i>"))
    page = browser.get("/manage/log/", {"company": acme.pk, "person": maud.pk}).content.decode()
    assert "Bedrijf gewijzigd" in page
    assert "<del>Acme Schoenen</del>" in page
    assert "Acme &lt;i&gt;Voeten" in page
    assert "<del>" not in browser.get("/manage/log/", {"company": zen.pk}).content.decode()


def test_the_log_is_paged_without_losing_a_line(
    browser: Client, acme: Company, maud: User, django_assert_max_num_queries: Any
) -> None:
    now = timezone.now()
    LogEntry.objects.bulk_create(
        LogEntry(
            at=now, actor=maud, actor_name="Maud", company=acme, action="x", object_name=f"n{n}."
        )
        for n in range(120)
    )
    seen: set[str] = set()
    address = "/manage/log/"
    for _page in range(3):
        with django_assert_max_num_queries(13):
            page = browser.get(address).content.decode()
        seen |= set(re.findall(r"n\d+\.", page))
        older = re.search(r'href="(\?[^"]+)" rel="next"', page)
        address = "/manage/log/" + older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == 120
    assert not address
