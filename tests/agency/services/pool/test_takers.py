"""Whom a manager can give a chat to: each of several lacks one thing, and isn't listed for that alone."""

from dataclasses import replace

import pytest

from agency.domain.pool.routing import Candidate
from agency.models import Operator, User
from agency.services.pool.live.desks import list_takers
from tenants.models import Company
from tests.chat.services.stage import NOW

pytestmark = pytest.mark.django_db


def test_only_those_who_lack_nothing_are_listed_by_name(acme: Company, zen: Company) -> None:
    def candidate(name: str) -> Candidate:
        user = User.objects.create_user(f"{name.lower()}@balie.test", name=name)
        operator = Operator.objects.create(user=user, public_name=name, languages=["nl"])
        languages = frozenset(operator.languages)
        return Candidate(operator.pk, frozenset({acme.pk}), languages, capacity=3, used=2, load=0, idle_since=NOW)

    candidates = [
        candidate("Yvonne"),
        candidate("bea"),
        replace(candidate("Certified for another"), certified=frozenset({zen.pk})),
        replace(candidate("Another language"), languages=frozenset({"de"})),
        replace(candidate("On a break"), paused=True),
        replace(candidate("Full"), used=3),
        candidate("Has it"),
    ]
    takers = list_takers(acme.pk, "nl", candidates, but=[candidates[-1].operator_id, None])
    assert takers == [(Operator.objects.get(pk=one.operator_id), one) for one in (candidates[1], candidates[0])]
