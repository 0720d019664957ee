"""Managers at the same moment: one of them stays a manager, and no version is written over another."""

import threading
from collections.abc import Iterator

import pytest
from django.utils import timezone

from agency.models import LogEntry, User
from agency.services.people import people
from agency.services.people.people import CannotChange, PersonFacts
from chat.models import Text
from chat.services.texts.drafts import NewText, NewVersion, Outdated, Taken, TextAuthor
from chat.services.texts.publish import add_text, change_text
from tenants.context import in_company
from tenants.models import Company
from tests.concurrency.threads import in_threads

WRITERS = 6


@pytest.fixture
def two(committed: None) -> Iterator[list[User]]:
    """The only two managers there are."""
    User.objects.filter(is_manager=True).update(is_active=False)
    made = [User.objects.create_user(f"both{n}@balie.test", name=f"Both {n}", is_manager=True) for n in range(2)]
    yield made
    User.objects.filter(email__startswith="both").delete()
    User.objects.filter(email="maud@balie.test").update(is_active=True)


@pytest.fixture
def maud(committed: None) -> User:
    return User.objects.get(email="maud@balie.test")


@pytest.mark.parametrize("how", ["demote", "switch"])
def test_two_managers_who_end_each_other_leave_one(two: list[User], how: str) -> None:
    together, refused = threading.Barrier(2, timeout=20), []

    def end(other: User, by: User) -> None:
        facts = PersonFacts(
            name=other.name,
            email=other.email,
            language="nl",
            is_manager=False,
            answers=True,
            public_name="B",
            level="beginner",
            languages=("nl",),
            is_lead=False,
        )
        together.wait(10)
        try:
            if how == "demote":
                people.change_person(user_id=other.pk, facts=facts, by=by, now=timezone.now())
            else:
                people.switch_person(user_id=other.pk, active=False, by=by, now=timezone.now())
        except CannotChange as problem:
            refused.append(problem.code)

    one, other = two
    in_threads(lambda: end(one, other), lambda: end(other, one))
    assert refused == ["last_manager"]
    assert User.objects.filter(is_manager=True, is_active=True).count() == 1


def test_of_many_who_publish_from_one_version_one_does(maud: User) -> None:
    acme = Company.objects.get(slug="acme")
    with in_company(acme):
        text = Text.objects.get(kind="canned", key="groet", version=1)
    together, refused = threading.Barrier(WRITERS, timeout=20), []

    def write(number: int) -> None:
        words = {"title": "Groet", "body": f"Dag {number}", "data": {}}
        together.wait(10)
        try:
            new = NewVersion(words, expected=1)
            change_text(company=acme, text=text, new=new, by=TextAuthor(maud), now=timezone.now())
        except Outdated as problem:
            refused.append(problem.current.version if problem.current else None)

    in_threads(*(lambda number=n: write(number) for n in range(WRITERS)))
    assert refused == [2] * (WRITERS - 1)
    assert LogEntry.objects.filter(action="text.published").count() == 1


def test_of_many_who_add_one_shortcut_one_does(maud: User) -> None:
    acme = Company.objects.get(slug="acme")
    together, refused = threading.Barrier(WRITERS, timeout=20), []

    def add() -> None:
        together.wait(10)
        try:
            words = {"title": "Samen", "body": "Dag", "data": {}}
            new = NewText("canned", "nl", words, key="samen")
            add_text(company=acme, new=new, by=TextAuthor(maud), now=timezone.now())
        except Taken:
            refused.append(1)

    in_threads(*(add for _ in range(WRITERS)))
    assert len(refused) == WRITERS - 1
    with in_company(acme):
        assert Text.objects.filter(key="samen").count() == 1
