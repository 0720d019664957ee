"""Certifications and the pool's rules on a manager's pages, and the alarms on all of them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.models import (
    Certification,
    InstructionVersion,
    LogEntry,
    OutboxRow,
    PoolEntry,
    PoolRule,
    User,
)
from agency.services import alarms
from agency.services.certification.certify import certify, raise_major
from agency.services.certification.receipts import mark_read
from agency.services.pool import seats
from tenants.models import Company
from tests.chat.services.stage import write_first
from tests.pages import squeezed

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def manager(maud: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(maud)
    return client


def of(company: Company, name: str = "manage_company_operators", *more: Any) -> str:
    return reverse(name, args=[company.pk, *more])


def test_the_page_says_how_each_stands_and_how_many_there_must_be(
    manager: Client, zen: Company, acme: Company, alice: User, bob: User
) -> None:
    now = timezone.now()
    page = manager.get(of(zen)).content.decode()
    assert "1 gecertificeerd van minstens 2" in page
    assert "2 gecertificeerd van minstens 2" in manager.get(of(acme)).content.decode()
    certify(operator=bob.operator, company=zen, now=now)
    rows = Certification.objects.filter(company=zen)
    rows.filter(operator=bob.operator).update(expires_at=now + 20 * DAY)
    rows.filter(operator=alice.operator).update(expires_at=now - 3 * DAY)
    page = manager.get(of(zen)).content.decode()
    assert "de laatste dag is voorbij; een week respijt" in page
    assert page.count("Opnieuw certificeren") == 2
    soon = manager.get(of(zen), {"show": "soon"}).content.decode()
    assert "Bob" in soon
    assert "Alice" in soon
    rows.filter(operator=alice.operator).update(expires_at=now - 9 * DAY)
    soon = manager.get(of(zen), {"show": "soon"}).content.decode()
    assert reverse("manage_certificate", args=[zen.pk, alice.pk]) not in soon
    assert "verlopen op" in manager.get(of(zen)).content.decode()
    assert "1 gecertificeerd van minstens 2" in manager.get(of(zen)).content.decode()


def test_readers_are_certified_in_one_click(manager: Client, acme: Company, alice: User, bob: User) -> None:
    raise_major(acme)
    assert "Certificeer wie hem gelezen heeft" not in manager.get(of(acme)).content.decode()
    unread = manager.get(of(acme), {"show": "unread"}).content.decode()
    assert unread.count("versie 2 nog niet") == 2
    mark_read(operator=alice, company_id=acme.pk, major=2, now=timezone.now())
    page = manager.get(of(acme)).content.decode()
    assert "1 medewerker heeft de nieuwste versie gelezen" in page
    manager.post(of(acme, "manage_certify_readers"))
    majors = Certification.objects.filter(company=acme).values_list("operator_id", "major")
    assert dict(majors) == {alice.pk: 2, bob.pk: 1}
    again = manager.post(of(acme, "manage_certify_readers"), follow=True).content.decode()
    assert "Niemand die hem gelezen heeft" in again


def test_a_beginner_starts_with_a_limit_that_is_changed_later(manager: Client, zen: Company, bob: User) -> None:
    address = of(zen, "manage_company_certify")
    for wrong in ("0", "7", "x", "1.5"):
        facts = {"operator": str(bob.pk), "chat_limit": wrong}
        refused = manager.post(address, facts, follow=True).content.decode()
        assert "Een geheel getal van 1 tot 6, of leeg." in refused
    assert not Certification.objects.filter(company=zen, operator=bob.operator).exists()
    manager.post(address, {"operator": str(bob.pk), "chat_limit": "2"})
    one = of(zen, "manage_certificate", bob.pk)
    page = manager.get(one).content.decode()
    assert 'value="2"' in page
    refused = manager.post(one, {"chat_limit": "9"})
    assert refused.status_code == 422
    assert "aria-invalid" in refused.content.decode()
    manager.post(one, {"chat_limit": ""})
    assert Certification.objects.get(company=zen, operator=bob.operator).chat_limit is None
    log = manager.get("/manage/log/").content.decode()
    assert "Aantal chats tegelijk gewijzigd" in log
    Certification.objects.filter(company=zen, operator=bob.operator).delete()
    assert manager.get(one).status_code == 404


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"min_certified": "0"}, "Een geheel getal van 1 tot 20."),
        ({"min_certified": "21"}, "Een geheel getal van 1 tot 20."),
        ({"min_certified": ""}, "Vul dit in."),
        ({"certified_days": "29"}, "Een geheel getal van 30 tot 1095, of leeg."),
        ({"certified_days": "jaar"}, "Een geheel getal van 30 tot 1095, of leeg."),
        ({"load_limit": "0,9"}, "Een getal van 1 tot 6 met hoogstens één decimaal, of leeg."),
        ({"load_limit": "2,55"}, "Een getal van 1 tot 6 met hoogstens één decimaal, of leeg."),
    ],
)
def test_a_rule_that_cannot_be_is_refused(manager: Client, zen: Company, typed: dict[str, str], words: str) -> None:
    facts = {"min_certified": "3", "certified_days": "365", "load_limit": "", **typed}
    refused = manager.post(of(zen, "manage_pool_rule"), facts)
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert not PoolRule.objects.exists()


def test_a_company_s_rule_is_changed_and_written_down(manager: Client, zen: Company, acme: Company) -> None:
    facts = {"min_certified": "1", "certified_days": "", "load_limit": "2,5"}
    answer = manager.post(of(zen, "manage_pool_rule"), facts, follow=True)
    page = answer.content.decode()
    assert "tot een nieuwe versie" in page
    assert "vanaf een belasting van 2,5" in page
    assert 'value="2,5"' in manager.get(of(zen, "manage_pool_rule")).content.decode()
    (entry,) = LogEntry.objects.all()
    assert (entry.company, entry.action) == (zen, "pool_rule.changed")
    assert entry.changes["load_limit"] == [None, "2.5"]
    assert "Regels van de pool" in manager.get("/manage/log/").content.decode()
    assert not PoolRule.objects.filter(company=acme).exists()


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_only_managers_come_in(who: str, request: pytest.FixtureRequest, acme: Company, bob: User) -> None:
    client = Client(HTTP_HOST="localhost")
    client.force_login(request.getfixturevalue(who))
    pages = [of(acme, "manage_pool_rule"), of(acme, "manage_certificate", bob.pk)]
    for address in pages:
        assert client.get(address).status_code == 404
        assert client.post(address, {"chat_limit": "1", "min_certified": "1"}).status_code == 404
    assert client.post(of(acme, "manage_certify_readers")).status_code == 404
    assert not LogEntry.objects.exists()


def test_the_next_page_knows_what_an_act_did_to_the_alarms(manager: Client, zen: Company, bob: User) -> None:
    few = "Voor 1 bedrijf zijn te weinig medewerkers gecertificeerd."
    alarms.count_alarms(timezone.now())
    assert few in manager.get("/manage/log/").content.decode()
    facts = {"operator": str(bob.pk), "chat_limit": ""}
    assert few not in manager.post(of(zen, "manage_company_certify"), facts, follow=True).content.decode()
    more = {"min_certified": "3", "certified_days": "", "load_limit": ""}
    assert few in manager.post(of(zen, "manage_pool_rule"), more, follow=True).content.decode()


def test_acts_that_change_nothing_count_nothing(manager: Client, zen: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"min_certified": "3", "certified_days": "", "load_limit": ""}
    manager.post(of(zen, "manage_pool_rule"), facts)
    monkeypatch.setattr(alarms, "count_alarms", lambda _now: pytest.fail("counted again"))
    assert manager.post(of(zen, "manage_pool_rule"), facts).status_code == 302


def test_every_page_shows_two_alarms_and_counts_the_others(
    manager: Client, zen: Company, acme: Company, alice: User, maud: User
) -> None:
    alarms.count_alarms(timezone.now())
    page = manager.get("/manage/log/").content.decode()
    assert "Voor 1 bedrijf zijn te weinig medewerkers gecertificeerd." in page
    assert 'class="alarms"' not in page
    few = manager.get("/manage/", {"show": "few"}).content.decode()
    assert "1 (minstens 2)" in few
    assert "Acme Schoenen" not in few
    OutboxRow.objects.create(
        company=acme, kind="mail", object_id=acme.pk, state=OutboxRow.State.DEAD,
        external_key="<a@b>", dedup="a",
    )  # fmt: skip
    seats.take_seat(operator=alice.operator, now=timezone.now())
    begun, _ = write_first(now=timezone.now())
    PoolEntry.objects.filter(pk=begun.chat_id).update(called_at=timezone.now(), bounces=2)
    alarms.count_alarms(timezone.now())
    page = manager.get("/manage/log/").content.decode()
    shown, others = page.split('<details class="alarms">')
    assert "1 chat wacht en is twee keer doorgegeven" in shown
    assert 'href="/manage/pool/"' in shown
    assert "1 mail is niet afgeleverd" in shown
    assert "te weinig medewerkers" not in shown
    assert "Nog 1 melding" in others
    maud.language = "en"
    maud.save()
    english = manager.get("/manage/log/", headers={"accept-language": "en"}).content.decode()
    assert "1 chat waits and was passed on twice" in english


def test_the_page_costs_the_same_for_many_operators(
    manager: Client, acme: Company, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        user = User.objects.create_user(f"o{number}@balie.test", None, name=f"Operator {number:02}")
        operator = user.operator = _operator(user)
        certify(operator=operator, company=acme)
    InstructionVersion.objects.filter(company=acme).update(major=2)
    with django_assert_max_num_queries(13):
        assert manager.get(of(acme)).status_code == 200


def _operator(user: User) -> Any:
    from agency.models import Operator

    return Operator.objects.create(user=user, public_name=user.name, languages=["nl"])


def test_over_all_companies_the_ticked_ones_are_certified_anew(
    manager: Client, acme: Company, zen: Company, alice: User, bob: User, maud: User
) -> None:
    address, now = reverse("manage_renewals"), timezone.now()

    def shown(**asked: str) -> set[str]:
        page = squeezed(manager.get(address, asked).content.decode())
        return set(re.findall(r'name="one" value="([^"]+)"', page))

    def pair(user: User, company: Company) -> str:
        return f"{user.pk}.{company.pk}"

    assert shown() == shown(show="ended") == shown(show="read") == set()
    rows = Certification.objects.all()
    rows.filter(operator=bob.pk).update(expires_at=now + 30 * DAY)
    rows.filter(operator=alice.pk, company=zen).update(expires_at=now - 8 * DAY)
    assert shown() == {pair(bob, acme)}
    assert shown(show="ended") == {pair(alice, zen)}
    raise_major(acme)
    mark_read(operator=alice, company_id=acme.pk, major=2, now=now)
    assert shown() == {pair(bob, acme), pair(alice, acme)}
    assert shown(show="read") == {pair(alice, acme)}
    assert shown(q="bob") == {pair(bob, acme)}
    assert shown(q="zen") == shown(q="\x00%") == set()

    ticked = [pair(alice, acme), pair(alice, zen), pair(bob, zen), "x.y", f"{maud.pk}.{acme.pk}"]
    answer = manager.post(f"{address}?show=ended", {"one": ticked})
    assert answer.headers["Location"] == f"{address}?show=ended"
    assert dict(rows.filter(operator=alice.pk).values_list("company", "major")) == {
        acme.pk: 2,
        zen.pk: 1,
    }
    assert shown(show="ended") == shown(show="read") == set()
    assert LogEntry.objects.filter(action="certification.given").count() == 2
    assert "Niets aangevinkt" in manager.post(address, {"one": "x"}, follow=True).content.decode()
    alices = Client(HTTP_HOST="localhost")
    alices.force_login(alice)
    assert alices.get(address).status_code == alices.post(address).status_code == 404
