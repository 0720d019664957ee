"""A manager's decisions about a company, without pages: locks, rules and the log."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from agency.models import DatedHours, LogEntry, PortalMember, User
from agency.services.companies import companies
from agency.services.hours import dated_hours, weekly_hours
from agency.services.people import portal_members
from balie.pages.new_company import NewCompany
from tenants.models import Company, Domain

in_transaction = pytest.mark.django_db


@in_transaction
def test_an_address_that_is_the_agency_s_own_host_is_taken(settings, acme):
    settings.PORTAL_SUFFIX, settings.AGENCY_HOSTS = "balie.example", {"desk.balie.example"}
    assert not companies.is_slug_free("desk")
    assert not companies.is_slug_free("acme")
    Domain.objects.create(domain="shop.balie.example", tenant=acme)
    assert not companies.is_slug_free("shop")
    assert companies.is_slug_free("other")


@in_transaction
@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Fietsenhuis Verhoeven", "fietsenhuis-verhoeven"),
        ("Acme", "acme-2"),
        ("4 Seizoenen", "seizoenen"),
        ("Fußball Weiß", "fussball-weiss"),
        ("Smørrebrød & Łódź", "smorrebrod-lodz"),
        ("Café Œuvre", "cafe-oeuvre"),
        ("www", "www-2"),
        ("Balie", "balie-2"),
        ("Localhost", "localhost-2"),
        ("Ab", "ab-site"),
        ("株式会社", ""),
        ("x" * 100, "x" * 37),
    ],
)
def test_a_proposed_address_is_one_that_can_be(acme, name, slug):
    assert companies.propose_slug(name) == slug


@in_transaction
def test_a_proposed_monogram_is_free(acme):
    assert companies.propose_monogram("Bakker Zon") == "BZ"
    assert companies.propose_monogram("Acme Cola") == "AM"
    assert companies.propose_monogram("!") == ""


@in_transaction
def test_the_hours_changed_say_which_days(acme, maud):
    week = weekly_hours.DEFAULT_WEEK[:6]
    assert weekly_hours.set_week(company=acme, week=week, by=maud, now=timezone.now())
    assert not weekly_hours.set_week(company=acme, week=week, by=maud, now=timezone.now())
    entry = LogEntry.objects.get(action="hours.changed")
    assert entry.changes == {"sunday": ["07:00-23:00", ""]}


@in_transaction
def test_dated_hours_have_a_limit(acme, maud, monkeypatch):
    monkeypatch.setattr(dated_hours, "MOST_DATED", DatedHours.objects.filter(company=acme).count())
    day = date(2026, 12, 25)
    closed = dated_hours.OtherHours(day, day, None)
    with pytest.raises(dated_hours.TooMany):
        dated_hours.add_dated(company=acme, hours=closed, by=maud, now=timezone.now())


@in_transaction
def test_a_promise_is_never_retroactive(acme, maud):
    now = timezone.now()
    weekly_hours.set_promise(company=acme, seconds=20, share=Decimal("0.900"), by=maud, now=now)
    later = now + timedelta(days=1)
    made = weekly_hours.set_promise(company=acme, seconds=30, share=Decimal("0.900"), by=maud, now=later)
    assert made is not None
    assert made.valid_from == later
    entry = LogEntry.objects.filter(action="promise.changed").latest("at")
    assert entry.changes == {"seconds": [20, 30]}


@in_transaction
def test_a_removed_member_loses_every_open_socket(acme, carol, maud):
    now = timezone.now()
    facts = {"company": acme, "by": maud, "now": now}
    portal_members.add_member(email="r@acme.test", name="R", role="owner", **facts)
    before = carol.access_epoch
    portal_members.remove_member(user_id=carol.pk, **facts)
    carol.refresh_from_db()
    assert carol.access_epoch == before + 1


@in_transaction
def test_a_form_that_carries_no_id_gets_one():
    assert NewCompany(None).id != NewCompany(None).id


@pytest.mark.usefixtures("committed")
class TestTwoAtOnce:
    """Two managers press at the same moment, each on a connection of their own."""

    def test_one_owner_stays_when_two_are_removed(self) -> None:
        acme = Company.objects.get(slug="acme")
        maud = User.objects.get(email="maud@balie.test")
        carol = User.objects.get(email="carol@acme.test")
        other = User.objects.create_user("other@acme.test", None, name="Other")
        PortalMember.objects.create(user=other, company=acme, role="owner")
        meet = threading.Barrier(2, timeout=20)
        said: list[str] = []

        def remove(user: User) -> None:
            try:
                with transaction.atomic():
                    meet.wait()
                    portal_members.remove_member(company=acme, user_id=user.pk, by=maud, now=timezone.now())
                said.append("removed")
            except portal_members.CannotChangeMember as problem:
                said.append(problem.code)
            finally:
                connection.close()

        both = [threading.Thread(target=remove, args=[user]) for user in (carol, other)]
        try:
            for one in both:
                one.start()
            for one in both:
                one.join(30)
            assert sorted(said) == ["last_owner", "removed"]
        finally:
            other.delete()
            PortalMember.objects.get_or_create(user=carol, company=acme, defaults={"role": "owner"})
            PortalMember.objects.filter(user=carol).update(role="owner")
