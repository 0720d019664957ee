"""The days that differ: a company's public holidays, and the whole agency's closed days."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from agency.models import DatedHours
from agency.views.companies import hours
from tenants.models import Company

pytestmark = pytest.mark.django_db

# Four weeks before Christmas.
NOW = datetime(2026, 11, 23, 9, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def before_christmas(monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock:
        @staticmethod
        def now() -> datetime:
            return NOW

    monkeypatch.setattr(hours, "clock", Clock)


def test_holidays_of_a_company_become_its_dated_hours(manager: Client, acme: Company) -> None:
    DatedHours.objects.all().delete()
    url = f"/manage/companies/{acme.pk}/hours/"
    page = manager.get(url).content.decode()
    assert "Koningsdag" in page
    names = [line.split('"')[0] for line in page.split('name="is_')[1:]]
    assert "2026-12-25" in names
    usual = {f"is_{day}": "usual" for day in names}
    closed = {"what": "holidays", **usual, "is_2026-12-25": "closed"}
    closed |= {"is_2026-12-26": "other", "at_2026-12-26": "10-16"}
    assert manager.post(url, closed).status_code == 302
    rows = DatedHours.objects.filter(company=acme).order_by("starts_on")
    assert [(row.note, row.opens) for row in rows] == [
        ("Eerste kerstdag", None),
        ("Tweede kerstdag", 600),
    ]
    page = manager.get(url).content.decode()
    assert '<option value="closed" selected>' in page
    # One of them is wrong: none is written.
    bad = {**closed, "is_2027-01-01": "closed", "at_2026-12-26": "nee"}
    assert 'aria-invalid="true"' in manager.post(url, bad).content.decode()
    assert rows.all().count() == 2
    assert manager.post(url, {**closed, **usual}).status_code == 302
    assert not rows.all().exists()


def test_a_belgian_company_has_belgian_holidays(manager: Client, acme: Company) -> None:
    acme.country = "BE"
    acme.save()
    page = manager.get(f"/manage/companies/{acme.pk}/hours/").content.decode()
    assert "Nationale feestdag" in page
    assert "Koningsdag" not in page


def test_the_agency_closes_for_everybody_on_one_page(manager: Client, acme: Company) -> None:
    DatedHours.objects.all().delete()
    assert manager.get("/manage/hours/").status_code == 200
    facts = {"what": "dated", "starts_on": "2026-12-31", "hours": "7-18", "note": "Oudjaar"}
    assert manager.post("/manage/hours/", facts).status_code == 302
    row = DatedHours.objects.get()
    assert (row.company, row.closes) == (None, 18 * 60)
    own = manager.get(f"/manage/companies/{acme.pk}/hours/").content.decode()
    assert "Van het hele bureau" in own
    assert "Oudjaar" in own
    gone = {"what": "remove", "starts_on": "2026-12-31", "ends_on": "2026-12-31"}
    assert manager.post("/manage/hours/", gone).status_code == 302
    assert not DatedHours.objects.exists()
    assert manager.post("/manage/hours/", {"what": "remove"}).status_code == 404
