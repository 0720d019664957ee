"""Sockets that are refused, by site, origin, session or token: the close code, and nothing written."""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core import signing
from django.db import OperationalError

from agency.live.outlet import FAILED
from chat.realtime import auth, direct
from tenants import clock
from tests import cast
from tests.chat.realtime.desk import Socket, console_socket, visitor
from tests.chat.realtime.refusals import error_of, make_token, widget
from tests.chat.realtime.scene import proves, unharmed
from tests.contracts import protocol_page

pytestmark = pytest.mark.usefixtures("live")


NOT_A_KEY = "0" * 32

BAD_ORIGINS = [
    b"https://evil.example",
    b"null",
    b"",
    None,
    b"https://shop.acme.example.evil.example",
    b"https://evilshop.acme.example",
    b"https://shop.acme.example@evil.example",
    b"https://evil.example/https://shop.acme.example",
    b"http://shop.acme.example",
    b"https://shop.acme.example:444",
    b"https://shop.acme.example/",
    b"https://shop.acme.example\x00",
    b"\xff\xfe",
    cast.ZEN_ORIGIN.encode(),
]


async def refused(socket: Socket) -> tuple[str, int]:
    """Return the code and the close code with which a handshake ends."""
    await socket.connect()
    error = await socket.hear("error")
    return error["code"], await socket.hear_close()


@proves("unknown_site")
@pytest.mark.parametrize(
    "key",
    [NOT_A_KEY, cast.ACME_SITE.upper(), cast.ACME_SITE[:-1], "x", "%00" * 32, "%27" * 32,
     cast.ACME_SITE + "%00", "é" * 32, "..", "t_acme", "public"],
)  # fmt: skip
async def test_an_unknown_site_key(key: str) -> None:
    async with unharmed():
        socket = widget(key, cast.ACME_ORIGIN.encode())
        assert await refused(socket) == ("unknown_site", 4404)


@proves("bad_origin")
async def test_an_origin_that_isn_t_the_site_s() -> None:
    async with unharmed():
        for origin in BAD_ORIGINS:
            assert await refused(widget(cast.ACME_SITE, origin)) == ("bad_origin", 4403), origin


async def test_an_origin_is_compared_without_its_case() -> None:
    await visitor(origin=cast.ACME_ORIGIN.upper())


@pytest.mark.parametrize(
    "origin",
    [None, b"null", b"", b"https://evil.example", b"http://localhost.evil.example",
     b"http://evillocalhost", b"http://localhost:81", b"http://acme.localhost", b"localhost",
     b"https://localhost", b"ws://localhost", b"//localhost", b"http://localhost/", b"http://x@localhost"],
)  # fmt: skip
async def test_a_console_from_another_page_is_refused(origin: bytes | None) -> None:
    console = await console_socket("alice@balie.test")
    kept = [header for header in console.communicator.scope["headers"] if header[0] != b"origin"]
    console.communicator.scope["headers"] = kept + ([(b"origin", origin)] if origin is not None else [])
    async with unharmed():
        assert await refused(console) == ("bad_origin", 4403)


@proves("signed_out")
@pytest.mark.parametrize(
    "cookie",
    ["", "x", "balie_session_8000=", "balie_session_8000=" + "a" * 32, "balie_session_8000=é",
     'balie_session_8000="\\000\\000\\000\\000\\000\\000\\000\\000"', "=;=;", "balie_session_8000=' OR 1=1 --"],
)  # fmt: skip
async def test_a_console_without_a_session_is_refused(cookie: str) -> None:
    from django.conf import settings

    named = cookie.replace("balie_session_8000", settings.SESSION_COOKIE_NAME)
    headers = [(b"origin", b"http://localhost"), (b"host", b"localhost")]
    socket = Socket("/ws/console/", [*headers, (b"cookie", named.encode())])
    async with unharmed():
        assert await refused(socket) == ("signed_out", 4401)


@pytest.mark.parametrize("email", ["maud@balie.test", "carol@acme.test", "dave@zen.test"])
async def test_a_console_is_for_operators_only(email: str) -> None:
    async with unharmed():
        assert await refused(await console_socket(email)) == ("signed_out", 4401)


async def test_a_session_that_ends_closes_its_open_console() -> None:
    from django.contrib.sessions.models import Session

    socket = await console_socket("alice@balie.test")
    await socket.connect()
    await socket.send(type="hello")
    await socket.hear("snapshot")
    await sync_to_async(Session.objects.all().delete)()
    assert (await socket.hear("error"))["code"] == "signed_out"
    assert await socket.hear_close() == 4401


@proves("bad_token", "expired_token", "wrong_site")
async def test_a_token_that_isn_t_good() -> None:
    good = make_token()
    payload, stamp, signature = good.split(":")
    cases = [
        ("bad_token", ""),
        ("bad_token", "x"),
        ("bad_token", "é" * 100),
        ("bad_token", "\x00"),
        ("bad_token", "a:b:c"),
        ("bad_token", f"{payload}:{stamp}:{signature[:-1]}"),
        ("bad_token", f"{payload}:{stamp}:"),
        ("bad_token", f"{payload[:-2]}:{stamp}:{signature}"),
        ("bad_token", f"{payload}:{stamp}A:{signature}"),
        ("bad_token", make_token(salt="balie.other")),
        ("bad_token", signing.TimestampSigner(salt=auth._SALT).sign_object({"a": 1})),
        ("bad_token", signing.TimestampSigner(salt=auth._SALT).sign_object([cast.ACME_SITE, 7])),
        ("bad_token", signing.TimestampSigner(salt=auth._SALT).sign_object([cast.ACME_SITE, "x"])),
        ("expired_token", make_token(age=auth.TOKEN_AGE + 60)),
        ("wrong_site", make_token(cast.ZEN_SITE)),
    ]
    async with unharmed():
        for code, token in cases:
            socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
            await socket.connect()
            assert await error_of(socket, type="hello", token=token) == code, token
            assert await socket.hear_close() == 4401
    await visitor(token=good)
    await visitor(token=make_token(age=auth.TOKEN_AGE - 60))


@proves("hello_first")
async def test_a_frame_before_hello() -> None:
    async with unharmed():
        for name, section in protocol_page.sections("Visitor commands").items():
            if name != "hello":
                socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
                await socket.connect()
                assert await error_of(socket, **section.example) == "hello_first", name
                assert await socket.hear_close() == 4401
        for name, section in protocol_page.sections("Console commands").items():
            if name != "hello":
                socket = await console_socket("alice@balie.test")
                await socket.connect()
                assert await error_of(socket, **section.example) == "hello_first", name
                assert await socket.hear_close() == 4401


async def test_a_socket_that_never_says_hello_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "HELLO_WITHIN", 0.05)
    socket = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
    await socket.connect()
    assert await socket.hear_close() == 4408


@pytest.mark.parametrize(
    ("told", "origin", "own"),
    [(b"https", b"https://desk.test", True), (b"https", b"http://desk.test", False),
     (b"http", b"https://desk.test", False), (None, b"https://desk.test", False),
     (b"https, http", b"https://desk.test", True), (b"https", b"https://desk.test:444", False)],
)  # fmt: skip
def test_behind_a_proxy_the_console_s_page_has_the_scheme_that_the_proxy_saw(
    told: bytes | None, origin: bytes, own: bool, settings: Any
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.AGENCY_HOSTS = frozenset({"desk.test"})
    headers = [(b"host", b"desk.test"), (b"origin", origin)]
    headers += [(b"x-forwarded-proto", told)] if told else []
    assert auth.is_own_origin({"scheme": "ws", "headers": headers}) is own


@pytest.mark.parametrize("error", [OperationalError("away"), RuntimeError("ours")], ids=["database", "bug"])
@pytest.mark.parametrize("side", ["widget", "console"])
async def test_a_handshake_that_fails_says_come_back(
    side: str, error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is said of what went wrong but in the log. The next try is as good as a first."""

    async def fail(*_given: Any, **_named: Any) -> None:
        raise error

    async def connect() -> Socket:
        if side == "console":
            made = await console_socket("alice@balie.test")
        else:
            made = widget(cast.ACME_SITE, cast.ACME_ORIGIN.encode())
        await made.connect()
        return made

    with monkeypatch.context() as broken:
        broken.setattr(clock, "ready", fail)
        refused = await connect()
        heard = await refused.hear("error")
        assert {key: value for key, value in heard.items() if value} == {"type": "error", "code": "retry"}
        assert await refused.hear_close() == FAILED
        assert "handshake failed" in [record.message for record in caplog.records]
    socket = await connect()
    await socket.send(type="hello")
    await socket.hear("snapshot" if side == "console" else "welcome")
