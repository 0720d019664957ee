"""A manager's reason: the log keeps 200 characters of it, and their form takes no more."""

import pytest

from agency.models import LogEntry
from chat.services import assignment
from chat.services.ending import reasons_to_close
from chat.views.pool.actions import ReasonForm
from tests.chat.services.assignment.handing import (  # noqa: F401 -- fixtures
    fixture_alice,
    fixture_bob,
    fixture_chat,
    slots_are_counted,
)
from tests.chat.services.stage import after

pytestmark = pytest.mark.django_db

AT_THE_LIMIT = "é" * 199 + "."


def test_the_form_takes_200_characters_and_not_one_more() -> None:
    assert ReasonForm({"reason": AT_THE_LIMIT}).is_valid()
    assert list(ReasonForm({"reason": AT_THE_LIMIT + "x"}).errors) == ["reason"]


@pytest.mark.parametrize("act", ["close", "requeue", "move"])
@pytest.mark.parametrize("more", ["", "x"], ids=["200", "201"])
def test_the_log_keeps_all_of_200_characters(act: str, more: str, chat, bob_, maud) -> None:
    given = {"chat_id": chat.pk, "by": maud, "reason": AT_THE_LIMIT + more, "now": after(1)}
    if act == "close":
        assert reasons_to_close.close_by_manager(**given)
    elif act == "requeue":
        assert assignment.requeue_by_manager(**given)
    else:
        assignment.move_by_manager(operator_id=bob_.operator_id, **given)
    (entry,) = LogEntry.objects.filter(object_id="", object_name=str(chat.pk))
    assert entry.changes["reason"] == ["", AT_THE_LIMIT]
