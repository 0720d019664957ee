"""Certifications that end, and companies that too few know."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agency.domain.certification import judge_certification
from agency.models import (
    Certification,
    InstructionVersion,
    LogEntry,
    PoolRule,
    User,
)
from agency.services.certification import certify, rules, shortages
from agency.services.certification.receipts import mark_read
from agency.services.certification.valid_certificates import (
    Known,
    certifications,
    count_by_company,
    list_certified_companies,
    list_known,
)
from tenants.models import Company
from tests.chat.services.stage import sit

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def held(user: User, company: Company) -> Certification:
    return Certification.objects.get(operator=user.operator, company=company)


# Whole hours around the week of grace: most examples lie at an edge.
moments = st.one_of(st.integers(-24 * 20, 24 * 20), st.sampled_from([-24 * 7 - 1, -24 * 7, -24 * 7 + 1, 0])).map(
    lambda hours: timedelta(hours=hours)
)


@dataclass(frozen=True)
class Stands:
    """A certification: its version and the newest one, when that came, when it ends, and whether its holder still
    works.
    """

    major: int
    newest: int
    changed_at: datetime
    expires_at: datetime | None
    active: bool


stands = st.builds(
    Stands,
    major=st.integers(1, 5),
    newest=st.integers(1, 5),
    changed_at=moments.map(lambda after: NOW + after),
    expires_at=st.none() | moments.map(lambda after: NOW + after),
    active=st.booleans(),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stands)
def test_the_database_counts_as_the_rule_does(bob: User, acme: Company, stands: Stands) -> None:
    certificates = Certification.objects.filter(operator=bob.operator, company=acme)
    certificates.update(major=stands.major, expires_at=stands.expires_at)
    InstructionVersion.objects.filter(company=acme).update(major=stands.newest, changed_at=stands.changed_at)
    User.objects.filter(pk=bob.pk).update(is_active=stands.active)
    rule = judge_certification(
        major=stands.major,
        newest=stands.newest,
        changed_at=stands.changed_at,
        expires_at=stands.expires_at,
        now=NOW,
    )
    counts = certifications(NOW).filter(operator=bob.operator, company=acme).exists()
    assert counts is (rule.counts and stands.active)


def test_how_long_a_certification_lasts_is_the_company_s_rule(
    acme: Company, zen: Company, bob: User, maud: User
) -> None:
    given = certify.certify(operator=bob.operator, company=acme, by=maud, now=NOW)
    assert given.expires_at == NOW + 365 * DAY
    assert (given.read_major, given.read_at) == (given.major, None)
    facts = {"min_certified": 3, "load_limit": None, "certified_days": None}
    assert rules.change_rule(company=zen, facts=facts, by=maud, now=NOW)
    assert not rules.change_rule(company=zen, facts=facts, by=maud, now=NOW)
    open_ended = certify.certify(operator=bob.operator, company=zen, by=maud, now=NOW, chat_limit=2)
    assert (open_ended.expires_at, open_ended.chat_limit) == (None, 2)
    logged = LogEntry.objects.filter(company=zen).order_by("pk").values_list("action", "changes")
    assert dict(logged) == {
        "pool_rule.changed": {"min_certified": [2, 3], "certified_days": [365, None]},
        "certification.given": {
            "major": [None, 1],
            "chat_limit": [None, 2],
            "expires_at": [None, None],
        },
    }
    # A year and a week later only the one without an end counts.
    assert list_certified_companies(bob.pk, NOW + 372 * DAY) == [zen.pk]
    # Certified anew keeps the limit.
    assert certify.certify(operator=bob.operator, company=zen, now=NOW).chat_limit == 2


def test_the_last_day_and_its_week_decide_who_is_offered(acme: Company, bob: User) -> None:
    seat = sit("bob@balie.test", now=NOW)
    Certification.objects.filter(operator=seat.operator_id).update(expires_at=NOW - 6 * DAY)
    assert list_certified_companies(bob.pk, NOW) == [acme.pk]
    assert list_certified_companies(bob.pk, NOW + DAY) == []


def test_a_limit_is_changed_once(acme: Company, zen: Company, bob: User, maud: User) -> None:
    def limit(company: Company, n: int | None) -> bool:
        return certify.limit_chats(operator=bob.operator, company=company, limit=n, by=maud, now=NOW)

    assert limit(acme, 1)
    assert not limit(acme, 1)
    assert not limit(zen, 1)
    assert held(bob, acme).chat_limit == 1
    assert list_known([bob.pk], NOW) == {bob.pk: {acme.pk: Known(read=True, chat_limit=1)}}
    assert limit(acme, None)
    entries = LogEntry.objects.filter(action="certification.limited").order_by("at", "pk")
    assert sorted(str(entry.changes["chat_limit"]) for entry in entries) == [
        "[1, None]",
        "[None, 1]",
    ]


def test_all_who_have_read_it_are_certified_at_once(acme: Company, alice: User, bob: User, maud: User) -> None:
    certify.raise_major(acme)
    assert mark_read(operator=alice, company_id=acme.pk, major=2, now=NOW)
    assert certify.certify_readers(company=acme, by=maud, now=NOW) == 1
    assert (held(alice, acme).major, held(bob, acme).major) == (2, 1)
    assert certify.certify_readers(company=acme, by=maud, now=NOW) == 0
    stands = certify.count_standings(acme.pk, NOW)
    assert (stands.current, stands.in_grace, stands.expired, stands.counting) == (1, 1, 0, 2)


def test_companies_that_too_few_know(acme: Company, zen: Company, alice: User, maud: User) -> None:
    assert count_by_company(NOW) == {acme.pk: (2, 0), zen.pk: (1, 0)}
    assert count_by_company(NOW, [zen.pk]) == {zen.pk: (1, 0)}
    assert shortages.count_short(NOW) == 1
    PoolRule.objects.create(company=zen, min_certified=1)
    assert shortages.count_short(NOW) == 0
    Certification.objects.filter(company=zen).update(expires_at=NOW - 7 * DAY)
    assert shortages.count_short(NOW) == 1
