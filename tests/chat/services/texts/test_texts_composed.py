"""Texts stored before texts were composed. Its migration composes them, and they are found."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import Value

from agency.models import ChatRecord, User
from chat.models import Chat, Message, Text, Visitor
from chat.services.finished.archive import Filters, find_chats
from tenants.context import in_company
from tenants.models import Company
from tests import DATA
from tests.agency.services.pool.history import add_chat

pytestmark = pytest.mark.django_db

CASES = json.loads((DATA / "search.json").read_text("utf-8"))["cases"]
DAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
COMPOSING = {"agency": "0013_names_composed", "tenants": "0006_names_composed"}
LOOSE, COMPOSED = "cre\u0300me", "crème"


def compose(company: Company) -> None:
    """Run the migration on the company's schema as it is now."""
    migration = MigrationLoader(None).disk_migrations["chat", "0006_texts_composed"]
    with in_company(company), connection.schema_editor() as editor:
        migration.operations[0].code(None, editor)


def as_before(company: Company) -> None:
    """Finished chats as the version before wrote them: as typed, with the words that PostgreSQL's parser found."""
    for number, case in enumerate(CASES, 200):
        record = add_chat(company, number, DAY, said=(case["text"],))
        with in_company(company):
            words = SearchVector(Value(case["text"]), config="simple")
            Chat.objects.filter(pk=record.pk).update(search=words)
    with in_company(company):
        Text.objects.create(
            kind="script",
            key="los",
            title=LOOSE,
            body=LOOSE,
            data={"steps": [{"key": "s1", "text": LOOSE}]},
        )
        Visitor.objects.filter(chats__number=200).update(name=LOOSE)


def test_a_company_of_the_version_before_is_composed_and_found_alike(acme: Company, zen: Company) -> None:
    as_before(acme)
    with in_company(zen):
        before = list(Message.objects.values_list("body", flat=True))
    compose(acme)
    for number, case in enumerate(CASES, 200):
        page = find_chats(company=acme, filters=Filters(words=case["query"]))
        assert (number in [line.number for line in page.lines]) == case["found"], case
    with in_company(acme):
        assert LOOSE not in " ".join(Message.objects.values_list("body", flat=True))
        text = Text.objects.get(key="los")
        assert (text.title, text.body, text.data["steps"][0]["text"]) == (COMPOSED,) * 3
        assert Visitor.objects.get(chats__number=200).name == COMPOSED
    with in_company(zen):
        assert list(Message.objects.values_list("body", flat=True)) == before
    assert not ChatRecord.objects.filter(company=zen).exists()


def test_names_of_people_and_companies_are_composed_too(acme: Company, maud: User) -> None:
    User.objects.filter(pk=maud.pk).update(name=LOOSE)
    Company.objects.filter(pk=acme.pk).update(name=LOOSE)
    for app in ("agency", "tenants"):
        composing = MigrationLoader(None).disk_migrations[app, COMPOSING[app]].operations[0]
        with connection.cursor() as cursor:
            for statement in composing.sql:
                cursor.execute(statement)
    assert User.objects.get(pk=maud.pk).name == COMPOSED
    assert Company.objects.get(pk=acme.pk).name == COMPOSED


def test_what_composing_lengthens_is_cut_to_its_column(acme: Company) -> None:
    longer = "\u0958" * 100
    with in_company(acme):
        Visitor.objects.create(pk=uuid.UUID(int=7), name=longer)
    compose(acme)
    with in_company(acme):
        assert Visitor.objects.get(pk=uuid.UUID(int=7)).name == "\u0915\u093c" * 50
