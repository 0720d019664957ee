"""A person is changed, switched off or certified: written down, and open consoles follow."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.models import (
    Certification,
    InstructionVersion,
    LogEntry,
    Operator,
    Seat,
    User,
)
from agency.services.certification.certify import raise_major
from agency.services.pool import seats
from tenants.models import Company
from tests.agency.services.mail.sent import sent_mails
from tests.agency.views.people.people_form import fixture_manager, one  # noqa: F401 -- fixtures

pytestmark = pytest.mark.django_db


def as_is(user: User, **more: Any) -> dict[str, Any]:
    """Return a form as it stands open for somebody."""
    given: dict[str, Any] = {"name": user.name, "email": user.email, "language": user.language}
    if user.is_manager:
        given["is_manager"] = "on"
    operator = Operator.objects.filter(pk=user.pk).first()
    if operator is not None:
        given |= {
            "public_name": operator.public_name,
            "level": operator.level,
            "languages": operator.languages,
        }
    given |= more
    return {name: value for name, value in given.items() if value is not None}


def test_a_change_is_written_down_with_what_it_was(manager: Client, bob: User, maud: User) -> None:
    seat = seats.take_seat(operator=bob.operator, now=timezone.now())
    assert seat.capacity == 3
    given = as_is(bob, level="trained", is_lead="on", languages=["nl"])
    assert manager.post(one(bob), given).status_code == 302
    entry = LogEntry.objects.get(action="person.changed")
    assert entry.changes == {
        "level": ["beginner", "trained"],
        "is_lead": [False, True],
        "languages": [["nl", "en"], ["nl"]],
    }
    seat.refresh_from_db()
    assert seat.capacity == 6
    bob.refresh_from_db()
    assert bob.access_epoch == 0
    # The same once more changes and logs nothing.
    manager.post(one(bob), given)
    assert LogEntry.objects.count() == 1


def test_a_lower_level_keeps_what_is_held(manager: Client, alice: User) -> None:
    seats.take_seat(operator=alice.operator, now=timezone.now())
    Seat.objects.filter(operator=alice.operator).update(used=5)
    assert manager.post(one(alice), as_is(alice, level="beginner")).status_code == 302
    seat = Seat.objects.get(operator=alice.operator)
    assert (seat.used, seat.capacity) == (5, 3)


def test_rights_that_shrink_end_open_consoles(manager: Client, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_manager=True)
    Operator.objects.filter(pk=alice.pk).update(is_lead=True)
    alice.refresh_from_db()
    manager.post(one(alice), as_is(alice, is_manager=None))
    alice.refresh_from_db()
    assert not alice.is_manager
    assert alice.access_epoch == 1


def test_the_last_manager_stays_and_nobody_demotes_themself(manager: Client, maud: User, alice: User) -> None:
    demoted = manager.post(one(maud), as_is(maud, is_manager=None, answers="on", public_name="M",
                                            languages=["nl"], level="beginner"))  # fmt: skip
    assert demoted.status_code == 422
    assert "laatste manager" in demoted.content.decode()
    manager.post(one(maud, "manage_person_switch"), {"active": "0"})
    User.objects.filter(pk=alice.pk).update(is_manager=True)
    again = manager.post(one(maud), as_is(maud, is_manager=None, answers="on", public_name="M",
                                          languages=["nl"], level="beginner"))  # fmt: skip
    assert "jezelf" in again.content.decode()
    maud.refresh_from_db()
    assert maud.is_manager
    assert maud.is_active
    assert not LogEntry.objects.exists()


def test_switched_off_means_out_at_once(manager: Client, alice: User) -> None:
    now = timezone.now()
    seat = seats.take_seat(operator=alice.operator, now=now)
    own = Client(HTTP_HOST="localhost")
    own.force_login(alice)
    assert own.get("/console/").status_code == 200
    manager.post(one(alice, "manage_person_switch"), {"active": "0"})
    assert own.get("/console/").status_code in (302, 404)
    after = Seat.objects.get(operator=alice.operator)
    assert after.lease_until <= timezone.now()
    assert seats.renew(operator_id=alice.pk, epoch=seat.epoch, now=timezone.now()) is None
    assert "uitgeschakeld" in manager.get("/manage/people/?show=off").content.decode()
    manager.post(one(alice, "manage_person_switch"), {"active": "1"})
    alice.refresh_from_db()
    assert alice.is_active
    actions = list(LogEntry.objects.order_by("at").values_list("action", flat=True))
    assert actions == ["person.switched_off", "person.switched_on"]


def test_a_new_address_closes_the_old_one(manager: Client, alice: User) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    assert manager.post(one(alice), as_is(alice, email="a.jansen@balie.test")).status_code == 302
    alice.refresh_from_db()
    assert alice.email == "a.jansen@balie.test"
    assert not EmailAddress.objects.filter(email="alice@balie.test").exists()
    Client(HTTP_HOST="localhost").post("/accounts/password/reset/", {"email": "alice@balie.test"})
    assert not any("password/reset/key" in sent.body for sent in sent_mails())


def test_a_person_is_certified_for_several_companies_at_once(
    manager: Client, bob: User, acme: Company, zen: Company
) -> None:
    page = manager.get(one(bob)).content.decode()
    assert f'value="{zen.pk}"' in page
    Certification.objects.filter(operator=bob.operator).delete()
    ids = [str(acme.pk), str(zen.pk), "no id", str(uuid.uuid4())]
    manager.post(one(bob, "manage_person_certify"), {"company": ids})
    assert set(bob.operator.certifications.values_list("company__slug", flat=True)) == {
        "acme",
        "zen",
    }
    assert LogEntry.objects.filter(action="certification.given").count() == 2
    empty = manager.post(one(bob, "manage_person_certify"), {}, follow=True)
    assert "Niets aangevinkt" in empty.content.decode()


def test_a_company_page_certifies_and_shows_each_standing(
    manager: Client, bob: User, alice: User, zen: Company
) -> None:
    address = reverse("manage_company_operators", args=[zen.pk])
    assert "versie 1, geldig" in manager.get(address).content.decode()
    raise_major(zen)
    assert "versie 1, tot" in manager.get(address).content.decode()
    raise_major(zen)
    page = manager.get(address).content.decode()
    assert "versie 1, verlopen: het is nu 3" in page
    manager.post(reverse("manage_company_certify", args=[zen.pk]), {"operator": [str(bob.pk), str(alice.pk)]})
    majors = Certification.objects.filter(company=zen).values_list("major", flat=True)
    assert sorted(majors) == [3, 3]


def test_a_revocation_says_what_it_does_first(manager: Client, alice: User, zen: Company, acme: Company) -> None:
    address = reverse("manage_revoke", args=[zen.pk, alice.pk])
    page = manager.get(address).content.decode()
    assert "Niemand anders is gecertificeerd" in page
    assert Certification.objects.filter(company=zen).exists()
    assert manager.post(address, {"back": "company"}).status_code == 302
    assert not Certification.objects.filter(company=zen).exists()
    assert manager.get(address).status_code == 404
    assert LogEntry.objects.get(action="certification.revoked").company == zen
    other = reverse("manage_revoke", args=[acme.pk, alice.pk])
    assert "Niemand anders" not in manager.get(other).content.decode()


def test_certifications_cost_the_same_for_many_companies(
    manager: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        made = Company.objects.create(
            slug=f"c{number}", name=f"C {number}", monogram=f"{number:02}", ready=True,
            schema_name=f"t_c{number}",
        )  # fmt: skip
        InstructionVersion.objects.create(company=made)
        if number % 2:
            Certification.objects.create(operator=alice.operator, company=made)
    with django_assert_max_num_queries(17):
        assert manager.get(one(alice)).status_code == 200
