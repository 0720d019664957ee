"""A page of a chat's messages: the newest, those after a seq or those before one, in order and without a gap."""

import pytest

from chat.services import messaging
from chat.services.messaging import MessagePage, list_messages
from tenants.context import in_company
from tenants.models import Company
from tests.chat.services.stage import after, open_chat, say, sit

pytestmark = pytest.mark.django_db


def test_each_page_follows_on_what_was_asked_for(acme: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = open_chat(sit("alice@balie.test"))
    for n in range(6):
        last = say(entry, "visitor", f"nr {n}", now=after(10 + n))
    monkeypatch.setattr(messaging, "PAGE", 3)

    def seqs(**page: int) -> list[int]:
        with in_company(acme):
            return [one.seq for one in list_messages(entry.pk, page=MessagePage(**page), viewer="operator")]

    assert seqs() == [last - 2, last - 1, last]
    assert seqs(after=1) == [2, 3, 4]
    assert seqs(after=last - 1) == [last]
    assert seqs(after=last) == []
    assert seqs(before=last) == [last - 3, last - 2, last - 1]
    assert seqs(before=2) == [1]
    # Asked for both, it is what lies before.
    assert seqs(before=last, after=1) == [last - 3, last - 2, last - 1]
