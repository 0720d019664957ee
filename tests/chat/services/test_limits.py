"""Each limit has one place: whoever changes it there changes what is done, what is sent and what is said."""

from types import ModuleType
from typing import Any

import pytest
from django.utils import translation

from agency.domain.pool import routing
from agency.domain.promise import sla
from agency.models import User
from agency.services.system import rate_limits
from agency.services.system.rate_limits import Limit
from chat.domain import events, lifecycle, text
from chat.services import wire
from chat.services.console.snapshot import console_snapshot
from chat.services.ending import reasons_to_close
from chat.templatetags import chats
from tests.chat.services.stage import NOW, after, open_chat, sit
from tests.chat.services.test_reasons_to_close import visitor_is_silent_since

OF_CONSOLE = [
    (text, "TEXT_LIMIT", "text"),
    (lifecycle, "IDLE_CLOSE", "idle"),
    (lifecycle, "LEFT_AFTER", "gone"),
    (lifecycle, "WRAP_UP_LIMIT", "wrap_up"),
    (routing, "OFFER_SECONDS", "offer"),
]
OF_VISITOR = [
    (text, "TEXT_LIMIT", "text"),
    (text, "RATING_LIMIT", "rating"),
    (lifecycle, "REMIND_AFTER", "remind"),
    (lifecycle, "IDLE_CLOSE", "idle"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("owner", "name", "field"), OF_CONSOLE)
def test_a_console_hears_every_limit(monkeypatch: pytest.MonkeyPatch, owner: ModuleType, name: str, field: str) -> None:
    sit("alice@balie.test")
    monkeypatch.setattr(owner, name, 77)
    snapshot = console_snapshot(User.objects.get(email="alice@balie.test"), now=NOW)
    assert getattr(snapshot.limits, field) == 77
    assert {limit[2] for limit in OF_CONSOLE} == set(events.ConsoleLimits.__struct_fields__)


@pytest.mark.parametrize(("owner", "name", "field"), OF_VISITOR)
def test_a_widget_hears_every_limit(monkeypatch: pytest.MonkeyPatch, owner: ModuleType, name: str, field: str) -> None:
    monkeypatch.setattr(owner, name, 77)
    monkeypatch.setattr(rate_limits, "CHATS_OF_VISITOR", Limit("chats_visitor", 20, 1_200))
    limits = wire.visitor_limits()
    assert (getattr(limits, field), limits.again) == (77, 1_200)
    assert {limit[2] for limit in OF_VISITOR} | {"again"} == set(events.VisitorLimits.__struct_fields__)


@pytest.mark.django_db
def test_a_chat_is_closed_and_called_so_by_the_same_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "IDLE_CLOSE", 480)
    visitor_is_silent_since(open_chat(sit("alice@balie.test")), NOW)
    assert reasons_to_close.close_idle(now=after(479)) == 0
    assert reasons_to_close.close_idle(now=after(480)) == 1
    with translation.override("nl"):
        assert chats.closed_word("idle") == "Gesloten: 8 minuten geen bericht van de bezoeker"


def test_times_that_words_name_in_minutes_are_whole_minutes() -> None:
    seconds = [lifecycle.REMIND_AFTER, lifecycle.IDLE_CLOSE, lifecycle.WRAP_UP_LIMIT]
    assert [one % 60 for one in [*seconds, rate_limits.CHATS_OF_VISITOR.within]] == [0, 0, 0, 0]


def test_a_short_visit_is_called_so_by_its_number() -> None:
    verdict: Any = sla.Verdict.SHORT_ABANDON
    with translation.override("nl"):
        assert chats.verdict_word(verdict) == f"Binnen {sla.SHORT_ABANDON_SECONDS} seconden weg"
