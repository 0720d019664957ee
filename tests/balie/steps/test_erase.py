"""A company that leaves takes its words along and leaves the agency's books as they were."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agency.domain.facts.counters import Counts
from agency.domain.hours.periods import half_hour
from agency.models import (
    Assignment,
    Certification,
    ChatRecord,
    Holding,
    LogEntry,
    PortalMember,
    Promise,
    SiteAvailability,
    SiteCounter,
    User,
)
from agency.services.facts.counters import Place, add_counts
from balie.steps import reconcile
from billing.models import Charge
from billing.services.charging import charge_settled
from tenants.models import Company, Domain, Site
from tenants.provisioning import migrate_companies
from tests.billing.services.settled import add_record, give_price
from tests.chat.services.stage import open_chat, sit

pytestmark = pytest.mark.django_db


def schemas() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace")
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def finished(acme: Company) -> Company:
    """Acme with a charged chat, and with one whose ledger line is still to come."""
    give_price(acme)
    now = timezone.now()
    for days in (2, 1):
        record = add_record(acme, now - timedelta(days=days))
        Assignment.objects.create(
            chat_id=record.chat_id,
            company=acme,
            operator_id=Certification.objects.filter(company=acme).values_list("operator", flat=True)[0],
            fence=1,
            kind="accept",
            at=record.arrived_at,
        )
        if days == 2:
            charge_settled()
    site = acme.sites.get()
    SiteAvailability.objects.create(company=acme, site_id=site.pk, mode="chat", level="open", starts_at=now)
    add_counts({Place(site.pk, "cart", half_hour(now, "UTC")): Counts(shown=1)})
    return acme


def drop(*options: str) -> str:
    out = StringIO()
    call_command("drop_company", "acme", *options, stdout=out)
    return out.getvalue()


def test_the_words_go_and_the_books_stay(finished: Company) -> None:
    counted = [ChatRecord, Charge, Assignment, Holding, Promise, LogEntry, SiteAvailability]
    before = [model.objects.filter(company=finished).count() for model in counted]
    assert "2 records and 1 charges stay" in drop("--yes")
    assert [model.objects.filter(company=finished).count() for model in counted] == before
    assert "t_acme" not in schemas()
    assert "t_zen" in schemas()
    for model in (Site, PortalMember, Certification, SiteCounter):
        assert not model.objects.filter(company=finished).exists()
    assert not Domain.objects.filter(tenant=finished).exists()
    kept = Company.objects.get(pk=finished.pk)
    assert (kept.name, kept.ready, kept.question_email, kept.address) == (
        finished.name,
        False,
        "",
        "",
    )
    assert kept.secret != finished.secret


def test_the_books_go_on_without_the_words(finished: Company, client: Any, maud: User) -> None:
    drop("--yes")
    charge_settled()
    assert Charge.objects.filter(company=finished, component="chat").count() == 2
    assert reconcile.compare().differences == []
    assert migrate_companies() == 0
    client.force_login(maud)
    pages = [
        reverse("manage_home"),
        reverse("manage_log"),
        reverse("manage_charges", args=[finished.pk]),
        reverse("manage_charges_csv", args=[finished.pk]),
        reverse("manage_prices", args=[finished.pk]),
        f"{reverse('manage_sla')}?company={finished.pk}",
        f"{reverse('manage_sla_chats')}?company={finished.pk}",
        reverse("manage_sla"),
    ]
    answers = [client.get(page, headers={"host": "localhost"}) for page in pages]
    assert [answer.status_code for answer in answers] == [200] * len(pages)
    words = [" ".join(answer.content.decode().split()) for answer in answers]
    gone = reverse("manage_company_chats", args=[finished.pk])
    assert not [page for page, text in zip(pages, words, strict=True) if gone in text]
    for place in (2, 4, 5, 7):
        assert f"{finished.name} (vertrokken)" in words[place], pages[place]
    assert client.get(gone, headers={"host": "localhost"}).status_code == 404


def test_the_portal_of_a_company_that_left_is_gone(finished: Company, client: Any, carol: User) -> None:
    host = Domain.objects.get(tenant=finished).domain
    client.force_login(carol)
    page = reverse("portal_charges", urlconf="balie.portal_urls")
    assert client.get(page, headers={"host": host}).status_code == 200
    drop("--yes")
    assert client.get(page, headers={"host": host}).status_code == 404


def test_without_yes_it_says_what_would_go(finished: Company) -> None:
    with pytest.raises(CommandError, match="t_acme with every word would go, 2 records"):
        drop()
    assert "t_acme" in schemas()
    assert Company.objects.get(pk=finished.pk).ready


def test_chats_that_live_are_finished_first(acme: Company) -> None:
    open_chat(sit("alice@balie.test"))
    with pytest.raises(CommandError, match="1 unfinished chats: nothing is changed"):
        drop("--yes")
    assert Company.objects.get(pk=acme.pk).ready
    assert "t_acme" in schemas()


def test_a_company_that_isn_t_there_is_named() -> None:
    with pytest.raises(CommandError, match="slug: there is no company 'nobody'"):
        call_command("drop_company", "nobody", "--yes")
