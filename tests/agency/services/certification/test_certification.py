"""Certifications that end, what was read, and companies that too few know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agency.domain.certification import judge_certification
from agency.models import (
    Certification,
    InstructionVersion,
    LogEntry,
    Operator,
    PoolEntry,
    PoolRule,
    Shift,
    User,
)
from agency.services import alarms
from agency.services.certification import certify, rules, shortages
from agency.services.certification.receipts import mark_read
from agency.services.certification.valid_certificates import (
    Known,
    certifications,
    count_by_company,
    list_certified_companies,
    list_known,
    list_unread,
)
from chat.domain import events
from chat.models import Text
from chat.services.texts import edit, receipts
from chat.services.texts.texts import list_texts
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.stage import sit, write_first

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
DAY = timedelta(days=1)
ACME_WORDS = "Retour kan binnen 14 dagen.\nDe klant betaalt de verzending."


def held(user: User, company: Company) -> Certification:
    return Certification.objects.get(operator=user.operator, company=company)


def raised(company: Company, body: str, by: User, *, now: datetime, major: bool = True) -> None:
    """Publish a next version of the instruction."""
    with in_company(company):
        (text,) = list_texts(Text.Kind.INSTRUCTION)
    words = {"title": text.title, "body": body, "data": {}}
    new = edit.NewVersion(words, text.version, major=major)
    edit.change_text(company=company, text=text, new=new, by=by, now=now)


@pytest.fixture
def instructed(acme: Company, bob: User, maud: User) -> Company:
    """Acme with an instruction that bob has read."""
    raised(acme, ACME_WORDS, maud, now=NOW, major=False)
    certify.certify(operator=bob.operator, company=acme, now=NOW + DAY)
    return acme


# Whole hours around the week of grace: most examples lie at an edge.
moments = st.one_of(
    st.integers(-24 * 20, 24 * 20), st.sampled_from([-24 * 7 - 1, -24 * 7, -24 * 7 + 1, 0])
).map(lambda hours: timedelta(hours=hours))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 5), st.integers(1, 5), moments, st.none() | moments, st.booleans())
def test_the_database_counts_as_the_rule_does(
    bob: User,
    acme: Company,
    major: int,
    newest: int,
    changed: timedelta,
    ends: timedelta | None,
    active: bool,
) -> None:
    expires_at = NOW + ends if ends is not None else None
    Certification.objects.filter(operator=bob.operator, company=acme).update(
        major=major, expires_at=expires_at
    )
    InstructionVersion.objects.filter(company=acme).update(major=newest, changed_at=NOW + changed)
    User.objects.filter(pk=bob.pk).update(is_active=active)
    rule = judge_certification(
        major=major, newest=newest, changed_at=NOW + changed, expires_at=expires_at, now=NOW
    )
    counts = certifications(NOW).filter(operator=bob.operator, company=acme).exists()
    assert counts is (rule.counts and active)


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
        return certify.limit_chats(
            operator=bob.operator, company=company, limit=n, by=maud, now=NOW
        )

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


def test_a_reader_sees_what_changed_since_they_read(
    instructed: Company, bob: User, maud: User
) -> None:
    later = NOW + 2 * DAY
    assert list_unread(bob.pk, later) == set()
    raised(instructed, ACME_WORDS.replace("14", "30"), maud, now=later)
    assert list_unread(bob.pk, later) == {instructed.pk}
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=later)
    assert found is not None
    assert (found.from_major, found.major) == (1, 2)
    assert text_of(found, "added") == ACME_WORDS.replace("14", "30") + "\n"
    assert text_of(found, "removed") == ACME_WORDS + "\n"
    assert ("removed", "14") in [(part.kind, part.text) for part in found.parts]

    # Published between showing and saying so: that one stays unread, and is what is shown next.
    # Two versions behind nobody reads any more, so the certification is one for the version before.
    raised(instructed, ACME_WORDS.replace("14", "60"), maud, now=later + DAY)
    assert mark_read(operator=bob, company_id=instructed.pk, major=2, now=later + DAY) is None
    Certification.objects.filter(operator=bob.operator).update(major=2)
    assert mark_read(operator=bob, company_id=instructed.pk, major=2, now=later + DAY) is False
    assert held(bob, instructed).read_major == 2
    assert list_unread(bob.pk, later + DAY) == {instructed.pk}
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=later + DAY)
    assert found is not None
    assert (found.from_major, found.major) == (2, 3)
    assert [part.text for part in found.parts if part.kind != "same"] == ["30", "60"]

    assert mark_read(operator=bob, company_id=instructed.pk, major=3, now=later + DAY) is True
    assert mark_read(operator=bob, company_id=instructed.pk, major=3, now=later + DAY) is True
    assert list_unread(bob.pk, later + DAY) == set()
    assert LogEntry.objects.filter(action="instruction.read", actor=bob).count() == 2
    # Reading is no certification.
    assert held(bob, instructed).major == 2


def test_a_small_change_is_no_reading_matter_but_is_shown_with_the_next(
    instructed: Company, bob: User, maud: User
) -> None:
    raised(instructed, ACME_WORDS + "\nBel niet.", maud, now=NOW + 2 * DAY, major=False)
    assert list_unread(bob.pk, NOW + 2 * DAY) == set()
    raised(instructed, ACME_WORDS + "\nBel niet.\nMail wel.", maud, now=NOW + 3 * DAY)
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW + 3 * DAY)
    assert found is not None
    assert [part.text for part in found.parts if part.kind == "added"] == ["Bel niet.\nMail wel.\n"]


def test_only_the_certified_read_and_only_what_is_there(
    instructed: Company, zen: Company, bob: User, maud: User
) -> None:
    assert receipts.find_changes(operator=bob, company_id=zen.pk, now=NOW + DAY) is None
    assert mark_read(operator=bob, company_id=zen.pk, major=1, now=NOW + DAY) is None
    assert mark_read(operator=bob, company_id=instructed.pk, major=2, now=NOW + DAY) is None
    Certification.objects.filter(operator=bob.operator).update(expires_at=NOW - 8 * DAY)
    assert receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW) is None


def test_instructions_in_two_languages_are_read_by_who_speaks_them(
    instructed: Company, bob: User, maud: User
) -> None:
    english = {"title": "Instruction", "body": "Returns within 14 days.", "data": {}}
    new = edit.NewText("instruction", "en", english)
    edit.add_text(company=instructed, new=new, by=maud, now=NOW + 2 * DAY)
    Operator.objects.filter(pk=bob.pk).update(languages=["nl"])
    bob.refresh_from_db()
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW + 3 * DAY)
    assert found is not None
    assert [part.kind for part in found.parts] == ["same"]
    Operator.objects.filter(pk=bob.pk).update(languages=["fr"])
    bob = User.objects.get(pk=bob.pk)
    found = receipts.find_changes(operator=bob, company_id=instructed.pk, now=NOW + 3 * DAY)
    assert found is not None
    assert [(part.kind, part.text) for part in found.parts] == [
        ("added", "Returns within 14 days.\n")
    ]


def test_all_who_have_read_it_are_certified_at_once(
    acme: Company, alice: User, bob: User, maud: User
) -> None:
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


def test_alarms_are_counted_behind_the_pages_and_read_in_one_query(
    acme: Company, zen: Company, bob: User, maud: User, django_assert_num_queries: Any
) -> None:
    assert alarms.list_alarms(NOW) == [alarms.Alarm("uncounted", 1)]
    alarms.count_alarms(NOW)
    assert [(alarm.kind, alarm.count) for alarm in alarms.list_alarms(NOW)] == [("short", 1)]
    begun, _ = write_first(now=NOW) if sit("bob@balie.test", now=NOW) else (None, None)
    PoolEntry.objects.filter(pk=begun.chat_id).update(called_at=NOW, bounces=2)
    alarms.count_alarms(NOW)
    with django_assert_num_queries(1):
        found = alarms.list_alarms(NOW)
    assert [(alarm.kind, alarm.count, alarm.extra) for alarm in found] == [
        ("called", 1, 2),
        ("short", 1, 0),
    ]
    # Of what staff changed the next count knows, whatever it keeps of the plan.
    certify.certify(operator=bob.operator, company=zen, by=maud, now=NOW)
    alarms.count_alarms(NOW)
    assert [alarm.kind for alarm in alarms.list_alarms(NOW)] == ["called"]
    PoolEntry.objects.update(state="open", operator=bob.operator)
    alarms.count_alarms(NOW)
    assert alarms.list_alarms(NOW + timedelta(minutes=2)) == []
    # A worker that stands still is said, with what it said last.
    late = NOW + timedelta(minutes=5, seconds=10)
    assert alarms.list_alarms(late) == [alarms.Alarm("uncounted", 1, 5)]


def test_a_plan_with_too_few_certified_people_is_an_alarm(
    acme: Company, zen: Company, alice: User
) -> None:
    Shift.objects.create(
        operator=alice.operator,
        starts_at=NOW + timedelta(hours=1),
        ends_at=NOW + timedelta(hours=9),
    )
    alarms.count_alarms(NOW)
    gaps, short = alarms.list_alarms(NOW)
    assert (gaps.kind, gaps.count) == ("gaps", 2)
    assert gaps.extra > 0
    assert short.kind == "short"


def text_of(found: events.Reading, kind: str) -> str:
    return "".join(part.text for part in found.parts if part.kind in ("same", kind))
