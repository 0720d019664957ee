"""A company comes whole or not at all, under a name of its own, and goes without a trace."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from chat.models import Text, Visitor
from tenants import provisioning
from tenants.context import in_company
from tenants.models import Company, Domain
from tenants.provisioning import drop_company, schema_name_of
from tenants.resolve import find_company_by_host
from tests.tenants.company import make, schemas

pytestmark = pytest.mark.django_db


def test_a_new_schema_names_itself_and_is_ready() -> None:
    company = make("nova-zembla", monogram="NZ")
    assert company.schema_name == "t_nova_zembla"
    assert Company.objects.get(slug="nova-zembla").ready
    with in_company(company):
        assert not Text.objects.exists()
        Visitor.objects.create()
    with in_company(Company.objects.get(slug="acme")):
        assert not Visitor.objects.exists()


def test_making_a_company_says_few_things_to_the_database() -> None:
    """17, whatever the number of companies: the schema is one of them."""
    provisioning.current_template()
    with CaptureQueriesContext(connection) as spoken:
        make()
    first = _without_paths(spoken)
    with CaptureQueriesContext(connection) as spoken:
        make("nova2", monogram="N2")
    assert _without_paths(spoken) == first == 17


@pytest.mark.parametrize("point", ["ready", "mark", "statement"])
def test_a_failure_leaves_nothing(monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    if point == "ready":
        monkeypatch.setattr(Company, "save", _fails_at_second_save(Company.save))
    elif point == "mark":
        monkeypatch.setattr(provisioning, "_MARK", "CREATE TABLE tenant_self (broken")
    else:
        template = provisioning.current_template()
        template.statements.append(["SELECT 1 / 0", None])
        template.save()
    before = schemas()
    with pytest.raises(Exception, match=r"disk full|syntax error|division by zero"):
        make()
    assert schemas() == before
    assert not Company.objects.filter(slug="nova").exists()
    assert not Domain.objects.filter(domain="nova.localhost").exists()


@pytest.mark.parametrize("taken", ["slug", "monogram", "host", "schema"])
def test_what_is_in_use_is_refused_and_leaves_nothing(taken: str) -> None:
    before, companies = schemas(), Company.objects.count()
    # `a_b` can't be a slug, so two slugs can meet in one schema name only if the rule below is broken.
    given = {
        "slug": {"slug": "acme"},
        "monogram": {"monogram": "AC"},
        "host": {"portal_host": "acme.localhost"},
        "schema": {"slug": "acme", "portal_host": "other.localhost", "monogram": "OT"},
    }[taken]
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        make(**given)
    assert (schemas(), Company.objects.count()) == (before, companies)


@pytest.mark.parametrize(
    "slug",
    ["", "a", "ab", "-abc", "abc-", "1abc", "Abc", "a_b", "a b", "a.b", "é" * 4, "a" * 41, "abc\n",
     'abc"; DROP SCHEMA t_acme; --', "public", "pg_catalog"],
)  # fmt: skip
def test_a_slug_that_can_t_be_host_and_schema_is_refused(slug: str) -> None:
    if slug == "public":
        # A fine slug: its schema is t_public, which is nobody else's.
        assert make(slug, monogram="PU").schema_name == "t_public"
        return
    with pytest.raises(ValidationError):
        make(slug, portal_host="odd.localhost")


@pytest.mark.parametrize("slug", ["abc", "a1-b2-c3", "a" * 40])
def test_a_good_slug_is_a_schema(slug: str) -> None:
    assert make(slug).schema_name == schema_name_of(slug) in schemas()


def test_an_erased_company_leaves_no_schema_and_no_host() -> None:
    company = make()
    drop_company(company)
    assert company.schema_name not in schemas()
    assert not Company.objects.filter(slug="nova").exists()
    assert find_company_by_host("nova.localhost") is None
    with in_company(Company.objects.get(slug="acme")):
        assert Text.objects.exists()


def test_a_company_that_isn_t_ready_is_found_by_nobody() -> None:
    company = make()
    assert find_company_by_host("nova.localhost") == company
    Company.objects.filter(pk=company.pk).update(ready=False)
    assert find_company_by_host("nova.localhost") is None


def _without_paths(spoken: CaptureQueriesContext) -> int:
    return len([one for one in spoken.captured_queries if "search_path" not in one["sql"]])


def _fails_at_second_save(save: Any) -> Any:
    calls = []

    def wrapper(self: Company, *given: Any, **more: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise OSError("disk full")
        save(self, *given, **more)

    return wrapper
