"""The list of certifications that end, in the order that was asked for, up and down."""

from datetime import timedelta

import pytest

from agency.models import Certification, User
from agency.services.certification.certify import certify
from agency.services.people.renewals import ORDERS, list_renewals
from tenants.models import Company
from tests.chat.services.stage import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("order", "rows"),
    [
        ("ends", ["Bob Zen", "Alice Acme", "Bob Acme", "Alice Zen"]),
        ("operator", ["Alice Acme", "Alice Zen", "Bob Acme", "Bob Zen"]),
        ("company", ["Alice Acme", "Bob Acme", "Alice Zen", "Bob Zen"]),
    ],
)
def test_rows_rise_and_fall(acme: Company, zen: Company, alice: User, bob: User, order: str, rows: list[str]) -> None:
    assert set(ORDERS) == {"ends", "operator", "company"}
    Certification.objects.all().delete()
    days = {(bob, zen): 1, (alice, acme): 2, (bob, acme): 3, (alice, zen): 4}
    for (person, company), left in days.items():
        certify(operator=person.operator, company=company, now=NOW - 100 * DAY)
        held = Certification.objects.filter(operator=person.operator, company=company)
        held.update(expires_at=NOW + left * DAY)

    def listed(order: str) -> list[str]:
        found = list_renewals(show="soon", query="", order=order, window=lambda total: slice(0, total), now=NOW)
        assert (found.total, found.counts["soon"]) == (4, 4)
        return [f"{one.operator.public_name} {one.company.name.split()[0]}" for one in found.lines]

    assert listed(order) == rows
    falling = listed(f"-{order}")
    # Among equals company, then operator, rise either way.
    assert falling == (rows[::-1] if order == "ends" else [*rows[2:], *rows[:2]])
