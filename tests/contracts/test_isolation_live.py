"""The live path beside the matrix: hand-overs, notes, configs, invitations and long polls stay inside a company."""

import json
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.testing import HttpCommunicator

from agency.models import Operator, Reservation
from balie.asgi import application
from tests import cast
from tests.chat.realtime.desk import operator, visitor
from tests.chat.realtime.scene import new_id, wait_idle
from tests.contracts.frames import COMMANDS, asked, frame_of, open_desk, own_chat
from tests.contracts.isolation import alike, assert_clean, private

pytestmark = pytest.mark.usefixtures("live")


async def test_a_transfer_goes_to_nobody_who_is_not_certified() -> None:
    """With bob's own chat, somebody of zen is as absent as somebody who isn't there, to be asked or to be seen."""
    desk = await open_desk()
    bob, _ = await operator("bob@balie.test")
    (transfer,) = (one for one in COMMANDS if one.tag == "chat.transfer")
    mine = await own_chat(desk, bob, transfer)
    answers = set()
    for person in (desk.world.foreign["operator_id"], str(uuid.uuid4())):
        await wait_idle(bob, mine["chat_id"])
        came = await asked(bob, frame_of(transfer, **{**mine, "operator_id": person}))
        answers.add(alike(came))
        assert [one.get("code") for one in came] == ["not_found"]
    assert len(answers) == 1
    for frame in ({"type": "transfer.options", "chat_id": mine["chat_id"]}, {"type": "floor.get"}):
        assert_clean(json.dumps(await asked(bob, frame)), frame["type"], sees={"acme"})
    # Alice knows zen too, so she sees its person and its chats' sites.
    floor = json.dumps(await asked(desk.alice, {"type": "floor.get"}))
    assert private("zen", "zed") in floor


async def test_a_lead_of_one_company_is_not_one_of_another() -> None:
    desk = await open_desk()
    await Operator.objects.filter(user__email="bob@balie.test").aupdate(is_lead=True)
    bob, _ = await operator("bob@balie.test")
    (floor,) = await asked(bob, {"type": "floor.get"})
    assert [chat["chat_id"] for chat in floor["open"]] == [desk.acme.id]
    take_zen = {"type": "chat.take", "chat_id": desk.zen.id, "fence": desk.zen.fence}
    (error,) = await asked(bob, {**take_zen, "client_id": new_id()})
    assert error["code"] == "not_found"


async def test_a_visitor_reads_no_note_of_their_own_company_either() -> None:
    desk = await open_desk()
    await desk.acme.visitor.send(type="chat.sync", after=0)
    synced = await desk.acme.visitor.hear("chat.synced")
    assert private("acme", 2) in json.dumps(synced)
    assert private("acme", 3) not in json.dumps(synced)
    again, welcome = await visitor(token=desk.acme.welcome["token"])
    assert private("acme", 2) in json.dumps(welcome)
    assert private("acme", 3) not in json.dumps(welcome)
    await again.leave()


@pytest.mark.parametrize("origin", [cast.ACME_ORIGIN, cast.ZEN_ORIGIN, "https://evil.example", "null"])
async def test_a_site_s_config_holds_its_own_company_only(origin: str) -> None:
    await open_desk()
    for slug, key, own in (
        ("acme", cast.ACME_SITE, cast.ACME_ORIGIN),
        ("zen", cast.ZEN_SITE, cast.ZEN_ORIGIN),
    ):
        status, headers, body = await _http("GET", f"/widget/{key}/config", origin)
        assert status == 200
        assert_clean(body, f"config of {slug}", sees=())
        other = {"acme": "Zen", "zen": "Acme"}[slug]
        assert other not in body
        allowed = headers.get("access-control-allow-origin")
        assert allowed == (origin if origin == own else None)
    assert (await _http("GET", f"/widget/{'0' * 32}/config", origin))[0] == 404


@pytest.mark.parametrize("origin", [cast.ZEN_ORIGIN, "https://evil.example", "null"])
async def test_an_invitation_is_for_the_site_s_own_pages(origin: str) -> None:
    await open_desk()
    own = await _http("POST", f"/widget/{cast.ACME_SITE}/invite", cast.ACME_ORIGIN)
    assert own[1]["access-control-allow-origin"] == cast.ACME_ORIGIN
    assert own[1]["cache-control"] == "no-store"
    assert json.loads(own[2])["granted"] is True
    before = await sync_to_async(Reservation.objects.count)()
    status, headers, body = await _http("POST", f"/widget/{cast.ACME_SITE}/invite", origin)
    assert (status, body) == (403, "")
    assert "access-control-allow-origin" not in headers
    assert (await _http("POST", f"/widget/{'0' * 32}/invite", origin))[0] == 404
    assert (await _http("GET", f"/widget/{cast.ACME_SITE}/invite", cast.ACME_ORIGIN))[0] == 405
    assert await sync_to_async(Reservation.objects.count)() == before


async def test_a_long_poll_session_is_good_on_its_own_site_only() -> None:
    await open_desk()
    hello = {"frames": [json.dumps({"type": "hello"})]}
    path = "/wire/widget/{}/"
    status, _, body = await _http("POST", path.format(cast.ZEN_SITE), cast.ZEN_ORIGIN, hello)
    assert status == 200
    stolen = {"session": json.loads(body)["session"], "frames": [json.dumps({"type": "typing"})]}
    made_up = {**stolen, "session": "x" * 32}
    answers = [await _http("POST", path.format(cast.ACME_SITE), cast.ACME_ORIGIN, ask) for ask in (stolen, made_up)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 410


async def _http(
    method: str, path: str, origin: str, body: dict[str, Any] | None = None
) -> tuple[int, dict[str, str], str]:
    communicator = HttpCommunicator(
        application,
        method,
        path,
        body=json.dumps(body).encode() if body else b"",
        headers=[(b"host", b"localhost"), (b"origin", origin.encode())],
    )
    answer = await communicator.get_response(timeout=5)
    headers = {name.decode(): value.decode() for name, value in answer["headers"]}
    return answer["status"], headers, answer["body"].decode()
