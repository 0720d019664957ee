"""An operator reads what changed in a company's instruction, in the console."""

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from agency.models import LogEntry, User
from chat.models import Text
from chat.services.texts.drafts import NewVersion, TextAuthor
from chat.services.texts.publish import change_text
from chat.services.texts.texts import list_texts
from tenants.context import in_company
from tenants.models import Company
from tests.chat.realtime.desk import Socket, operator
from tests.chat.realtime.scene import new_id

pytestmark = pytest.mark.usefixtures("live")


@sync_to_async
def publish(slug: str) -> tuple[str, Text]:
    """Add a line to the instruction, as a major version. Returns the company and the text."""
    company = Company.objects.get(slug=slug)
    with in_company(company):
        text = list_texts(Text.Kind.INSTRUCTION)[0]
    words = {"title": text.title, "body": f"{text.body}\nBel nooit terug.", "data": {}}
    made = change_text(
        company=company,
        text=text,
        new=NewVersion(words, expected=text.version, major=True),
        by=TextAuthor(User.objects.get(email="maud@balie.test")),
        now=timezone.now(),
    )
    return str(company.pk), made


async def unread(console: Socket, epoch: int) -> list[str]:
    """Return what the next renewal says is to be read."""
    await console.send(type="seat.renew", epoch=epoch)
    found: list[str] = (await console.hear("seat.renewed"))["unread"]
    return found


async def test_a_new_major_version_is_read_in_every_console_of_the_certified():
    bob, snapshot = await operator("bob@balie.test")
    alice, _ = await operator("alice@balie.test")
    epoch = snapshot["seat"]["epoch"]
    assert [one["unread"] for one in snapshot["companies"]] == [False]
    zen, _ = await publish("zen")
    await alice.hear("reading.due", company_id=zen, unread=True)
    acme, made = await publish("acme")
    await bob.hear("reading.due", company_id=acme, unread=True)
    assert await unread(bob, epoch) == [acme]

    await bob.send(type="reading.get", company_id=acme)
    reading = await bob.hear("reading", company_id=acme)
    assert (reading["from_major"], reading["major"]) == (1, 2)
    whole = "".join(part["text"] for part in reading["parts"] if part["kind"] != "removed")
    assert whole == made.body + "\n"
    assert [part["text"] for part in reading["parts"] if part["kind"] == "added"] == ["Bel nooit terug.\n"]
    # Not one that isn't there, not another company's, and not before it was shown to them.
    for wrong in ({"company_id": acme, "major": 3}, {"company_id": zen, "major": 2}):
        await bob.send(type="reading.done", client_id=new_id(), **wrong)
        await bob.hear("error", code="not_found")
    await bob.send(type="reading.get", company_id=zen)
    await bob.hear("error", code="not_found")

    done = {"type": "reading.done", "company_id": acme, "major": 2}
    for _ in range(2):
        client_id = new_id()
        await bob.send(**done, client_id=client_id)
        await bob.hear("ack", client_id=client_id)
        await bob.hear("reading.due", company_id=acme, unread=False)
    assert await unread(bob, epoch) == []
    await bob.silent("reading", "reading.due")
    noted = await sync_to_async(list)(
        LogEntry.objects.filter(action="instruction.read").values_list("actor__email", "changes")
    )
    assert noted == [("bob@balie.test", {"major": [1, 2]})]
