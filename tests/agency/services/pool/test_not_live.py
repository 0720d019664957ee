"""A company that isn't live offers its visitors nothing, and nobody is alarmed about it."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agency.models import Certification, PoolEntry, Shift
from agency.services.certification import shortages
from agency.services.pool import reservations, site_facts
from agency.services.pool.availability import Picture, list_site_states
from agency.services.reports.service_level import companies_overview
from agency.services.shifts.gaps import list_gaps
from chat.models import Question, Visitor
from chat.services.begin.first_message import CannotBegin, First, begin_chat
from chat.services.begin.question import QuestionForm, ask_question
from tenants.context import in_company
from tenants.models import Company, Site
from tenants.resolve import SiteFacts, find_site
from tests import cast
from tests.chat.services.stage import NOW, after, sit, write_first

pytestmark = pytest.mark.django_db


def put_off(company: Company) -> None:
    Company.objects.filter(pk=company.pk).update(live_at=None)


def site_of() -> SiteFacts:
    found = find_site(cast.ACME_SITE)
    assert found is not None
    return found


def answers(picture: Picture | None = None, *, at: float = 0) -> dict[str, tuple[str, str, str]]:
    states = list_site_states(after(at), picture)
    return {state.site.key: (state.mode, state.level, state.reason.code) for state in states}


def test_a_site_shows_nothing_until_its_company_is_live_at_no_further_query(acme: Company) -> None:
    sit("alice@balie.test")
    picture = Picture()
    assert answers(picture)[cast.ACME_SITE] == ("chat", "open", "")
    put_off(acme)
    found = answers(picture, at=2)
    assert found[cast.ACME_SITE] == ("hidden", "full", "not_live")
    assert found[cast.ZEN_SITE] == ("chat", "open", "")
    with CaptureQueriesContext(connection) as asked:
        answers(picture, at=4)
    assert len(asked) == 4
    Company.objects.filter(pk=acme.pk).update(live_at=NOW)
    # Another picture: in the tests' one transaction a second change leaves no trace in the version.
    assert answers(at=6)[cast.ACME_SITE] == ("chat", "open", "")


def test_no_invitation_and_no_first_message_is_taken(acme: Company) -> None:
    sit("alice@balie.test")
    put_off(acme)
    [state] = [one for one in list_site_states(NOW) if one.site.key == cast.ACME_SITE]
    known = site_facts.refresh(None, NOW)
    assert reservations.reserve(site=state.site, level=state.level, known=known, now=NOW) is None
    with pytest.raises(CannotBegin) as refused:
        begin_chat(site=site_of(), visitor_id=uuid.uuid4(), first=First(uuid.uuid4(), "Hallo"), now=NOW)
    assert refused.value.code == "nobody"
    with in_company(acme):
        # Not even kept as a question: nobody reads them.
        assert not Question.objects.exists()
        assert not Visitor.objects.exists()
    assert not PoolEntry.objects.exists()


def test_a_question_is_taken_of_a_visitor_of_before_alone(acme: Company) -> None:
    sit("alice@balie.test")
    _, visitor_id = write_first()
    put_off(acme)
    form = QuestionForm(uuid.uuid4(), "Wanneer?", email="marieke@example.nl")
    with pytest.raises(CannotBegin):
        ask_question(site=site_of(), visitor_id=uuid.uuid4(), form=form)
    ask_question(site=site_of(), visitor_id=visitor_id, form=form)
    with in_company(acme):
        assert Question.objects.get().visitor_id == visitor_id


def test_a_chat_that_was_begun_finds_itself_again(acme: Company) -> None:
    sit("alice@balie.test")
    site, visitor, first = site_of(), uuid.uuid4(), First(uuid.uuid4(), "Hallo")
    begun = begin_chat(site=site, visitor_id=visitor, first=first, now=NOW)
    put_off(acme)
    assert begin_chat(site=site, visitor_id=visitor, first=first, now=NOW).chat_id == begun.chat_id


def test_no_gap_alarm_or_report_names_it(acme: Company) -> None:
    Certification.objects.all().delete()
    alice = sit("alice@balie.test")
    Shift.objects.create(operator_id=alice.operator_id, starts_at=NOW, ends_at=NOW + timedelta(hours=4))
    assert acme in [line.company for line in list_gaps(NOW).lines]
    short, listed = shortages.count_short(NOW), companies_overview(since=NOW.date(), until=NOW.date())
    assert acme in [line.company for line in listed]
    put_off(acme)
    assert acme not in [line.company for line in list_gaps(NOW).lines]
    assert shortages.count_short(NOW) == short - 1
    assert acme not in [line.company for line in companies_overview(since=NOW.date(), until=NOW.date())]


def test_a_site_of_it_is_still_found_by_its_code(acme: Company) -> None:
    put_off(acme)
    assert {site.key for site in Site.objects.filter(company=acme)} == {site_of().key}
