"""Observations on pages: somebody saw or read what is said to be seen or read, and what is missing is said to be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from agency.models import InstructionVersion, Shift, SiteSighting
from agency.services import alarms
from agency.services.certification import certify, receipts
from agency.services.companies.overview import list_sites
from agency.services.companies.sightings import note_sightings
from balie.pages.company_list import needs_of
from chat.models import Text
from chat.services.texts.drafts import NewText, TextAuthor
from chat.services.texts.publish import add_text, withdraw
from tenants.context import in_company
from tests.agency.views.reports.report_page import show
from tests.cast import ACME_ORIGIN

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 29, 13, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)


def start_page(manager: Client, company: Any) -> str:
    return show(manager, f"/manage/companies/{company.pk}/start/")


def test_the_code_is_ticked_when_a_page_had_it(manager, acme):
    site = acme.sites.get()
    assert "nog op geen pagina gezien" in start_page(manager, acme)
    assert "no_code" in needs_of(acme, NOW)
    note_sightings([(site.pk, ACME_ORIGIN)], NOW)
    assert "gezien op een pagina, zo 29 nov 14:03" in start_page(manager, acme)
    assert "no_code" not in needs_of(acme, NOW)
    # Another address now: nobody has seen the code there.
    site.origins = ["https://new.acme.example"]
    site.save()
    assert "nog op geen pagina gezien" in start_page(manager, acme)
    assert "no_code" in needs_of(acme, NOW)


def test_a_sighting_is_written_once_an_hour(acme, django_assert_num_queries):
    site = acme.sites.get()
    pair = (site.pk, ACME_ORIGIN)
    with django_assert_num_queries(1):
        note_sightings([pair, pair], NOW)
    note_sightings([pair], NOW + HOUR - timedelta(seconds=1))
    assert [line.seen_at for line in list_sites(acme)] == [NOW]
    note_sightings([pair], NOW + HOUR)
    row = SiteSighting.objects.get()
    assert (row.first_at, row.last_at) == (NOW, NOW + HOUR)


def test_the_portal_promises_no_seconds(carol, acme):
    browser = Client(HTTP_HOST="acme.localhost")
    browser.force_login(carol)
    page = show(browser, "/")
    assert "binnen enkele seconden" not in page
    assert "nog op geen pagina gezien" in page


def test_nobody_has_read_what_they_were_certified_for(manager, acme, alice, maud):
    certify.certify(operator=alice.operator, company=acme, by=maud, now=NOW)
    page = show(manager, f"/manage/companies/{acme.pk}/operators/")
    assert "ervoor gecertificeerd, niet hier gelezen" in page
    major = certify.raise_major(acme, by=maud, now=NOW)
    assert receipts.mark_read(operator=alice, company_id=acme.pk, major=major, now=NOW)
    certify.certify(operator=alice.operator, company=acme, by=maud, now=NOW + HOUR)
    held = alice.operator.certifications.get(company=acme)
    assert (held.read_major, held.read_at) == (major, NOW)
    # Certified for one that they never read: the reading of the one before is no reading of it.
    certify.raise_major(acme, by=maud, now=NOW + HOUR)
    certify.certify(operator=alice.operator, company=acme, by=maud, now=NOW + 2 * HOUR)
    held.refresh_from_db()
    assert (held.read_major, held.read_at) == (major + 1, None)


def test_a_company_without_instruction_lacks_one_and_certifying_says_so(manager, acme, bob, maud):
    assert "Er is een instructie gepubliceerd" in start_page(manager, acme)
    with in_company(acme):
        text = Text.objects.get(kind=Text.Kind.INSTRUCTION)
    assert withdraw(company=acme, text=text, by=TextAuthor(maud), now=NOW)
    assert "no_instruction" in needs_of(acme, NOW)
    assert "Publiceer de instructie" in start_page(manager, acme)
    operators = f"/manage/companies/{acme.pk}/operators/"
    assert "Er is geen instructie gepubliceerd" in show(manager, operators)
    answer = manager.post(f"{operators}certify/", {"operator": str(bob.pk)}, follow=True)
    assert "Voor Acme Schoenen is geen instructie gepubliceerd" in answer.content.decode()
    words = {"title": "Zo werken we", "body": "Zeg je."}
    new = NewText("instruction", "nl", words)
    add_text(company=acme, new=new, by=TextAuthor(maud), now=NOW + HOUR)
    assert InstructionVersion.objects.get(company=acme).published_at == NOW + HOUR
    assert "no_instruction" not in needs_of(acme, NOW)


def test_a_company_of_an_alarm_needs_something(acme, zen, alice):
    Shift.objects.create(operator=alice.operator, starts_at=NOW, ends_at=NOW + HOUR)
    alarms.count_alarms(NOW)
    assert "gaps" in {alarm.kind for alarm in alarms.list_alarms(NOW)}
    assert "gaps" in needs_of(acme, NOW)
    assert "gaps" in needs_of(zen, NOW)
