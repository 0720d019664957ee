"""Every page of a manager's asks the database as often for twelve companies as for two, and so for people, shifts and
chats.
"""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agency.models import (
    Certification,
    ChatRecord,
    InstructionVersion,
    LogEntry,
    Operator,
    OutboxRow,
    PoolEntry,
    PortalMember,
    Seat,
    Shift,
    User,
)
from tenants.models import Company, Site
from tests.contracts.isolation import PLAIN, World
from tests.contracts.world import ROUTES, fixture_world  # noqa: F401 -- a fixture

MANAGED = sorted(route for route in ROUTES if route.urlconf == "balie.urls" and route.name.startswith("manage_"))
# Ten more of everything, after the two of the cast.
MORE = 10


def lay(number: int, acme: Company, maud: User) -> None:
    """One more company, operator, shift, desk, chat, record, mail, portal user, site and log line, each tied to acme or
    new.
    """
    firm = Company.objects.create(
        slug=f"meer-{number}",
        schema_name=f"t_meer_{number}",
        name=f"Meer {number}",
        monogram=chr(0x100 + number),
        ready=True,
    )
    InstructionVersion.objects.create(company=firm)
    member = User.objects.create(email=f"klant{number}@acme.test", name=f"Klant {number}")
    PortalMember.objects.create(company=acme, user=member, role=PortalMember.Role.READER)
    operator = lay_operator(number)
    for company in (acme, firm):
        lay_chats(number, company, operator)
        lay_mail_and_log(number, company, maud)


def lay_operator(number: int) -> Operator:
    """Return an operator at a desk, in a shift."""
    now, hour = timezone.now(), timedelta(hours=1)
    user = User.objects.create(email=f"meer{number}@balie.test", name=f"Meer {number}")
    operator = Operator.objects.create(user=user, public_name=f"M{number}", languages=["nl"])
    Seat.objects.create(operator=operator, lease_until=now + hour, capacity=6, used=0)
    Shift.objects.create(operator=operator, starts_at=now - hour, ends_at=now + hour)
    return operator


def lay_chats(number: int, company: Company, operator: Operator) -> None:
    """A site, an operator who may answer there, a chat they have and one that is over."""
    now, hour = timezone.now(), timedelta(hours=1)
    site = Site.objects.create(company=company, name=f"W{number}", origins=["https://w.example"])
    Certification.objects.create(
        company=company, operator=operator, major=1, certified_at=now, expires_at=now + 9 * hour
    )
    facts = {"company": company, "site_id": site.pk, "visitor_id": uuid.uuid4()}
    PoolEntry.objects.create(
        **facts,
        state="open",
        operator=operator,
        turn_at=now,
        arrived_at=now,
        visitor_seen_at=now,
    )
    ChatRecord.objects.create(
        **facts,
        language="nl",
        operator=operator,
        arrived_at=now - hour,
        first_human_at=now - hour,
        closed_at=now,
        settled_at=now,
        close_reason="operator",
        promise_seconds=20,
        number=100 + number,
    )


def lay_mail_and_log(number: int, company: Company, maud: User) -> None:
    """A mail that couldn't be sent, and a line of what staff did."""
    OutboxRow.objects.create(
        company=company,
        kind="mail",
        object_id=uuid.uuid4(),
        state=OutboxRow.State.DEAD,
        external_key=f"<{company.slug}{number}@balie.test>",
        dedup=f"{company.slug}{number}",
    )
    LogEntry.objects.create(
        at=timezone.now(),
        actor=maud,
        actor_name=maud.name,
        action="company.changed",
        company=company,
        object_id=company.pk,
        object_name=company.name,
    )


@pytest.mark.django_db
def test_no_page_asks_more_of_the_database_for_more_rows(world: World, acme: Company, maud: User) -> None:
    browser = Client(HTTP_HOST="localhost")
    browser.force_login(maud)

    own = {**PLAIN, **world.own}

    def count() -> dict[str, int]:
        found = {}
        for route in MANAGED:
            url = reverse(route.name, kwargs={name: own[name] for name in route.parameters})
            browser.get(url)
            with CaptureQueriesContext(connection) as queries:
                answer = browser.get(url)
                b"".join(answer) if answer.streaming else answer.content
                asked = len(queries)
            assert answer.status_code in {200, 302, 404, 405}, (route.name, answer.status_code)
            if answer.status_code == 200:
                found[route.name] = asked
        return found

    # Ten of each, or a first row would count as growth.
    lay(0, acme, maud)
    before = count()
    for number in range(1, MORE + 1):
        lay(number, acme, maud)
    after = count()
    assert len(before) > 40
    assert {name: (before[name], n) for name, n in after.items() if n > before.get(name, n)} == {}
