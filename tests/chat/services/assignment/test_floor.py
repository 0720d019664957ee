"""The readings of a console: snapshot, renewals, the floor, who could take a chat over. All of it stays cheap."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agency.models import Certification, Operator, PoolEntry, Seat, User
from chat.services import assignment
from chat.services.assignment import Console, Wish
from chat.services.console import floor, snapshot
from tests import cast
from tests.chat.services.stage import NOW, after, open_chat, sit, write_first

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice_(db: None) -> Console:
    """Alice at her desk."""
    return sit("alice@balie.test")


@pytest.fixture
def bob_(alice_: Console) -> Console:
    """Bob, who knows acme alone, with Alice's acme and zen chats open and one of each waiting."""
    for site in (cast.ACME_SITE, cast.ZEN_SITE):
        open_chat(alice_, site_key=site)
    write_first(cast.ACME_SITE)
    write_first(cast.ZEN_SITE)
    return sit("bob@balie.test")


def count(act: object, **given: object) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act(**given)  # type: ignore[operator]
    return len([one for one in queries if "search_path" not in one["sql"]])


def sites(chats: list) -> list[str]:
    return [chat.site for chat in chats]


class TestFloor:
    def test_shows_the_companies_one_is_certified_for(self, alice_, bob_) -> None:
        seen = floor.get_floor(operator_id=bob_.operator_id, now=NOW)
        assert sites(seen.waiting) == ["Acme Schoenen site"]
        assert seen.open == []
        assert [one.name for one in seen.colleagues] == ["Alice"]
        seen = floor.get_floor(operator_id=alice_.operator_id, now=NOW)
        assert sorted(sites(seen.waiting)) == ["Acme Schoenen site", "Zen Energie site"]
        Operator.objects.filter(pk=bob_.operator_id).update(is_lead=True)
        seen = floor.get_floor(operator_id=bob_.operator_id, now=NOW)
        assert [(chat.site, chat.operator) for chat in seen.open] == [("Acme Schoenen site", "Alice")]

    def test_a_lead_reads_a_chat_before_taking_it(self, alice_, bob_) -> None:
        Operator.objects.filter(pk=bob_.operator_id).update(is_lead=True)
        (chat,) = floor.get_floor(operator_id=bob_.operator_id, now=NOW).open
        assert (chat.number > 0, chat.turn) == (True, "operator")
        assert chat.turn_at is not None
        given = {"chat_id": chat.chat_id, "now": NOW}
        looked = floor.look_at_chat(operator_id=bob_.operator_id, **given)
        assert looked is not None
        assert [one.kind for one in looked.messages] == ["auto", "text", "system"]
        Operator.objects.filter(pk=bob_.operator_id).update(is_lead=False)
        assert floor.look_at_chat(operator_id=bob_.operator_id, **given) is None
        Operator.objects.filter(pk=alice_.operator_id).update(is_lead=True)
        Certification.objects.filter(operator=alice_.operator_id, company__slug="acme").delete()
        assert floor.look_at_chat(operator_id=alice_.operator_id, **given) is None

    def test_says_why_a_chat_waits(self, alice_, bob_) -> None:
        def why() -> str:
            (chat,) = floor.get_floor(operator_id=bob_.operator_id, now=NOW).waiting
            return chat.why

        assert why() == "soon"
        PoolEntry.objects.filter(state="waiting").update(language="fr")
        assert why() == "language"
        PoolEntry.objects.filter(state="waiting").update(language="nl")
        Seat.objects.update(paused=True)
        assert why() == "away"
        Seat.objects.update(paused=False, capacity=0)
        assert why() == "full"
        Seat.objects.update(lease_until=NOW)
        assert why() == "nobody"

    def test_costs_the_same_however_many_chats(self, alice_, bob_) -> None:
        Operator.objects.filter(pk=bob_.operator_id).update(is_lead=True)
        given = {"operator_id": bob_.operator_id, "now": NOW}
        few = count(floor.get_floor, **given)
        for _ in range(4):
            write_first(cast.ACME_SITE)
        assert count(floor.get_floor, **given) == few <= 10


class TestTransferOptions:
    def test_everybody_else_with_why_not(self, alice_, bob_) -> None:
        entry = PoolEntry.objects.get(operator=alice_.operator_id, company__slug="acme")

        def options() -> tuple[list[tuple[str, str]], list[str]]:
            seen = floor.transfer_options(entry=entry, now=NOW)
            return [(one.name, one.refused) for one in seen.people], seen.languages

        assert options() == ([("Bob", "")], ["en", "nl"])
        bob = Seat.objects.filter(pk=bob_.operator_id)
        for facts, word in (
            ({"capacity": 0}, "full"), ({"draining": True}, "draining"),
            ({"paused": True}, "paused"), ({"lease_until": NOW}, "away"),
        ):  # fmt: skip
            bob.update(**facts)
            assert options() == ([("Bob", word)], [])
        zen = PoolEntry.objects.get(operator=alice_.operator_id, company__slug="zen")
        assert floor.transfer_options(entry=zen, now=NOW).people == []


class TestConsole:
    def test_a_lead_s_snapshot_has_the_calls_of_their_companies(self, alice_, bob_) -> None:
        PoolEntry.objects.filter(state="waiting").update(called_at=NOW, bounces=2)
        user = User.objects.select_related("operator").get(pk=bob_.operator_id)
        assert snapshot.console_snapshot(user, now=NOW).calls == []
        Operator.objects.filter(pk=user.pk).update(is_lead=True)
        user = User.objects.select_related("operator").get(pk=bob_.operator_id)
        shown = snapshot.console_snapshot(user, now=NOW)
        assert shown.me.is_lead
        assert sites(shown.calls) == ["Acme Schoenen site"]
        seat = Seat.objects.select_related("operator").get(pk=user.pk)
        assert snapshot.renewal(seat, now=NOW).calls == [shown.calls[0].chat_id]

    def test_what_is_unread_and_who_asks_is_in_an_offer(self, alice_, bob_) -> None:
        entry = PoolEntry.objects.get(operator=alice_.operator_id, company__slug="acme")
        Certification.objects.filter(operator=bob_.operator_id).update(read_major=0)
        PoolEntry.objects.filter(pk=entry.pk).update(earlier_operator=bob_.operator_id)
        assignment.transfer(
            chat_id=entry.pk, fence=entry.fence, by=alice_, now=NOW,
            wish=Wish("person", bob_.operator_id),
        )  # fmt: skip
        user = User.objects.select_related("operator").get(pk=bob_.operator_id)
        shown = snapshot.console_snapshot(user, now=NOW)
        (offer,) = shown.offers
        assert (offer.kind, offer.from_name, offer.returning, offer.unread) == (
            "transfer", "Alice", True, True,
        )  # fmt: skip
        assert [one.unread for one in shown.companies] == [True]
        user = User.objects.select_related("operator").get(pk=alice_.operator_id)
        chats = snapshot.console_snapshot(user, now=NOW).chats
        (asked,) = (one.entry for one in chats if one.entry.chat_id == entry.pk)
        assert asked.transfer is not None
        assert (asked.transfer.to, asked.transfer.expires_at) == ("Bob", after(10))

    def test_a_renewal_is_four_queries_and_a_lead_s_five(self, alice_, bob_) -> None:
        seat = Seat.objects.select_related("operator").get(pk=alice_.operator_id)
        assert count(snapshot.renewal, seat=seat, now=NOW) <= 4
        seat.operator.is_lead = True
        assert count(snapshot.renewal, seat=seat, now=NOW) <= 5

    def test_a_snapshot_costs_the_same_however_much_rings(self, alice_, bob_) -> None:
        user = User.objects.select_related("operator").get(pk=alice_.operator_id)
        assert assignment.assign_waiting(now=NOW) == 2
        PoolEntry.objects.filter(state="offered").update(offered_to=alice_.operator_id)
        few = count(snapshot.console_snapshot, user=user, now=NOW)
        for _ in range(2):
            write_first()
        assignment.assign_waiting(now=NOW)
        PoolEntry.objects.filter(state="offered").update(offered_to=alice_.operator_id)
        assert count(snapshot.console_snapshot, user=user, now=NOW) == few
