"""Every frame of both registries, sent by everybody: no word and no id of another company."""

import json
import uuid

import pytest
from asgiref.sync import sync_to_async

from chat.domain import events
from tests.chat.realtime.desk import Socket, console_socket, operator, say, visitor
from tests.chat.realtime.scene import all_rows, new_id, wait_idle
from tests.contracts.frames import (
    COMMANDS,
    Command,
    asked,
    frame_of,
    open_desk,
    own_chat,
)
from tests.contracts.isolation import ROLES, alike, assert_clean, private

pytestmark = pytest.mark.usefixtures("live")


REFERRING = [
    pytest.param(command, name, id=f"{command.side}-{command.tag}-{name}")
    for command in COMMANDS
    for name in command.references
]


async def actor(command: Command) -> Socket:
    """Return those who must not see zen: an acme visitor with a chat of their own, or bob."""
    if command.side == "Console":
        bob, _ = await operator("bob@balie.test")
        return bob
    socket, _ = await visitor()
    if command.tag not in ("hello", "message.post"):
        await say(socket, private("acme", 9))
    return socket


@pytest.mark.parametrize(("command", "name"), REFERRING)
async def test_a_foreign_id_is_answered_like_an_unknown_one(command: Command, name: str) -> None:
    desk = await open_desk()
    await wait_idle(desk.alice, desk.zen.id)
    answers = {}
    # For bob another operator's chat of his own company is as foreign as another company's.
    others = [desk.world.value(name, "foreign", command.tag)]
    if command.side == "Console" and name == "chat_id":
        others.append(desk.acme.id)
    before = await sync_to_async(_zen_rows)()
    for value in (*others, str(uuid.uuid4())):
        socket = await actor(command)
        fence = {"fence": desk.zen.fence} if "fence" in command.example else {}
        came = await asked(socket, frame_of(command, **fence, **{name: value}))
        assert_clean(json.dumps(came), f"{command.side} {command.tag} {name}", sees={"acme"})
        answers[value] = alike(came)
        await socket.leave()
    assert len(set(answers.values())) == 1, answers
    after = await sync_to_async(_zen_rows)()
    assert after == before
    assert await _heard(desk.alice) == []
    assert await wait_idle(desk.zen.visitor) == []


async def _heard(alice: Socket) -> list[str]:
    """Return what alice heard that concerns the chats she held before, not that new ones are offered to her."""
    frames_ = await asked(alice, {"type": "seat.renew", "epoch": 0})
    ours = {
        event.__struct_config__.tag for event, hearers in events.HEARD_BY.items() if events.Hearer.HOLDER in hearers
    }
    return [frame["type"] for frame in frames_ if frame["type"] in ours]


def _zen_rows() -> dict[str, list[str]]:
    """Zen's rows, which nobody of this test may touch."""
    return {name: rows for name, rows in all_rows().items() if name.startswith("t_zen.")}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.side}-{command.tag}")
async def test_a_frame_with_own_ids_shows_no_word_of_another_company(command: Command) -> None:
    desk = await open_desk()
    socket = await actor(command)
    own = {}
    if command.side == "Visitor":
        if command.tag == "chat.close":
            await wait_idle(socket)
        own = {name: desk.world.value(name, "own", command.tag) for name in command.references}
        if command.tag in ("chat.rate", "transcript.ask"):
            own["chat_id"] = await _closed_chat(socket)
    elif "chat_id" in command.ids:
        own = await own_chat(desk, socket, command)
    elif command.references:
        own = {name: desk.world.value(name, "own", command.tag) for name in command.references}
    if command.tag == "seat.renew":
        own["epoch"] = 1
    elif command.tag == "reading.done":
        own["major"] = 1
    came = await asked(socket, frame_of(command, **own))
    assert_clean(json.dumps([*socket.kept, *came]), f"{command.side} {command.tag}", sees={"acme"})
    # The matrix means something only if the very same frames work with one's own ids.
    assert [one for one in came if one["type"] in ("error", "close")] == [], command.tag


async def _closed_chat(socket: Socket) -> str:
    """This visitor's own chat, over."""
    await socket.send(type="chat.sync", after=0)
    chat_id: str = (await socket.hear("chat.synced"))["chat_id"]
    await socket.send(type="chat.close", client_id=new_id())
    await socket.hear("ack")
    return chat_id


@pytest.mark.parametrize("role", [role for role in ROLES if "@" not in role or "balie" not in role])
async def test_nobody_but_operators_gets_a_word_from_the_console(role: str) -> None:
    await open_desk()
    for command in COMMANDS:
        if command.side == "Console":
            if "@" in role:
                socket = await console_socket(role)
            else:
                socket = Socket("/ws/console/", [(b"origin", b"http://localhost"), (b"host", b"localhost")])
            await socket.connect()
            await socket.send(**frame_of(command))
            assert (await socket.hear("error"))["code"] == "signed_out"
            assert await socket.hear_close() == 4401
            assert socket.kept == []


async def test_the_matrix_would_see_a_leak() -> None:
    """Alice, who may see both, hears zen's marks by the same frames."""
    desk = await open_desk()
    for command in COMMANDS:
        if command.side == "Console" and command.tag in ("hello", "chat.sync", "texts.get"):
            ids = {name: desk.world.foreign[name] for name in command.references}
            changed = {**ids, "after": 0} if command.tag == "chat.sync" else ids
            came = await asked(desk.alice, frame_of(command, **changed))
            with pytest.raises(AssertionError, match="shows a word of zen"):
                assert_clean(json.dumps(came), command.tag, sees={"acme"})
