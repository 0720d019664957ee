"""The list of chats finds by verdict and by spam what the rules say, on any chats."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agency.domain.promise import sla
from agency.models import ChatRecord
from agency.services.reports.chats_behind import Selection, list_reported
from agency.services.spam import is_spam, list_marks, spam_of
from agency.services.verdict import verdict_of
from chat.services.finished.archive import VERDICTS, Filters, select
from tenants.context import in_company
from tests.agency.services.reports.reports import finish_any, random_facts, whole

pytestmark = pytest.mark.django_db

# Of a name of the list, what a report calls the same chats.
REPORTED = {
    "answered_within": "within",
    "answered_late": "late",
    "unanswered": "missed",
    "missed": "closed",
    "short_abandon": "short",
    "outside_hours": "out_of_hours",
}


def is_in(name: str, record: ChatRecord) -> bool:
    """Say by the pure rules whether the list shows this chat of ours, no spam, under this verdict."""
    verdict = verdict_of(record)
    if name == "outside_hours" or not record.in_hours:
        return name == "outside_hours" and not record.in_hours
    lasted = (record.closed_at - record.arrived_at).total_seconds()
    return {
        "offered": True,
        "answered": verdict in sla.ANSWERED,
        "unanswered": verdict in sla.UNANSWERED,
        "base": verdict in sla.ANSWERED or verdict is sla.Verdict.MISSED or lasted > record.promise_seconds,
    }.get(name, verdict == name)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(random_facts, min_size=1, max_size=12))
def test_the_list_the_report_and_the_rules_agree_on_any_chats(acme, chats):
    with transaction.atomic():
        made = finish_any(acme, chats)
        marks = list_marks(made)
        spam = {record.pk for record in made if is_spam(record.outcome, marks.get(record.pk))}
        assert set(ChatRecord.objects.filter(spam_of(acme)).values_list("pk", flat=True)) == spam
        with in_company(acme):
            for name in VERDICTS:
                expected = {record.pk for record in made if record.pk not in spam and is_in(name, record)}
                found = select(acme, Filters(verdict=name))
                assert set(found.values_list("pk", flat=True)) == expected, name
                page = list_reported(**whole(acme), selection=Selection(REPORTED.get(name, name)))
                assert {line.chat_id for line in page.lines} == expected, name
        transaction.set_rollback(True)
