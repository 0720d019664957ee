"""Whom and for what a manager can certify: found by any of several names, and not who has it already."""

import pytest

from agency.models import Operator, User
from agency.services.people.lists import list_companies_to_certify, list_operators_to_certify
from tenants.models import Company

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("query", "found"), [("", True), ("wijn", True), ("KELDER-N", True), ("bier", False)])
def test_a_company_is_found_by_its_name_or_its_address(alice: User, zen: Company, query: str, found: bool) -> None:
    Company.objects.filter(pk=zen.pk).update(name="De wijnhandel", slug="kelder-noord")
    alice.operator.certifications.all().delete()
    companies, number = list_companies_to_certify(alice.operator, query)
    assert ("kelder-noord" in {one.slug for one in companies}) == found
    assert number == len(companies)


@pytest.mark.parametrize(
    ("query", "found"), [("", True), ("frie", True), ("JANSEN", True), ("fj@balie.test", True), ("piet", False)]
)
def test_an_operator_is_found_by_either_name_or_the_address(acme: Company, query: str, found: bool) -> None:
    user = User.objects.create_user("fj@balie.test", name="F. Jansen")
    operator = Operator.objects.create(user=user, public_name="Frieda", languages=["nl"])
    operators, number = list_operators_to_certify(acme, query)
    assert (operator in operators) == found
    assert number == len(operators)


def test_who_is_certified_already_is_not_listed(acme: Company, alice: User) -> None:
    assert alice.operator not in list_operators_to_certify(acme, "")[0]
    assert acme not in list_companies_to_certify(alice.operator, "")[0]
