"""Visitors who are silent, leave, or come from elsewhere: none of them keeps another one waiting."""

from __future__ import annotations

import asyncio
import http.client
import socket
import threading

import pytest
from starlette.requests import Request

from quotidian.cli.explore import is_own
from quotidian.web import app, places, routes
from quotidian.web.security import Guard
from quotidian.web.work_queue import Desk


def test_a_session_that_was_heard_of_lately_keeps_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_SOCKETS", 1)
    release, sent = asyncio.Event(), []

    async def held(scope, receive, send):  # type: ignore[no-untyped-def]
        await release.wait()

    async def both() -> None:
        scope = {"type": "websocket", "headers": [(b"host", b"localhost:1")]}
        guard = Guard(held)

        async def receive() -> dict[str, str]:
            return {"type": "websocket.connect"}

        async def send(message) -> None:  # type: ignore[no-untyped-def]
            sent.append(message["type"])

        first = asyncio.ensure_future(guard(scope, receive, send))
        await asyncio.sleep(0)
        await guard(scope, receive, send)
        release.set()
        await first
        assert len(guard.places) == 0

    asyncio.run(both())
    assert sent == ["websocket.close"]


def test_the_longest_silent_session_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MOST_SOCKETS", 2)
    monkeypatch.setattr(places, "GREETING_S", 0.0)
    found: list[str] = []

    async def send(message) -> None:  # type: ignore[no-untyped-def]
        found.append(f"{message['type']} {message.get('code', '')}")

    async def three() -> None:
        sessions, silence = places.Places(), asyncio.Event()
        speaks, mute = sessions.taken(), sessions.taken()

        async def spoken() -> dict[str, str]:
            return {"type": "websocket.receive"}

        assert (await speaks.listening(spoken, send)())["type"] == "websocket.receive"
        waiting = asyncio.ensure_future(mute.listening(silence.wait, send)())
        await asyncio.sleep(0)
        assert sessions.taken() is not None and len(sessions) == 2
        assert (await asyncio.wait_for(waiting, 5))["type"] == "websocket.disconnect"
        await mute.speaking(send)({"type": "websocket.send"})
        await speaks.speaking(send)({"type": "websocket.send"})

    asyncio.run(three())
    assert found == ["websocket.close 1013", "websocket.send "]


@pytest.mark.parametrize(
    ("site", "mode", "path", "status"),
    [
        ("cross-site", "no-cors", "/child.csv?weeks=2", 403),
        ("same-site", "cors", "/assets/explorer.js", 403),
        ("cross-site", "navigate", "/child.csv?weeks=2", 403),
        ("cross-site", "navigate", "/", 200),
        ("same-origin", "no-cors", "/assets/explorer.js", 200),
        ("none", "navigate", "/child.csv?weeks=2", 200),
    ],
)
def test_another_site_may_link_to_the_page_and_fetch_nothing(
    port: int, site: str, mode: str, path: str, status: int
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode})
    assert connection.getresponse().status == status


def test_a_connection_that_does_not_finish_its_request_is_closed(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setattr(app, "FIRST_REQUEST_S", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: loc")
        assert line.recv(1) == b""


def test_work_that_nobody_waits_for_is_dropped() -> None:
    desk, go, done = Desk(1, 5, "test"), threading.Event(), []

    async def leave() -> None:
        first = asyncio.ensure_future(desk.do(go.wait))
        await asyncio.sleep(0)

        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        with pytest.raises(asyncio.CancelledError):
            await routes._unless_left(Request({"type": "http"}, receive), desk.do(lambda: done.append(1)))
        go.set()
        await first
        assert await desk.do(lambda: 7) == 7

    asyncio.run(leave())
    desk.close()
    assert not done


def test_work_that_waits_is_dropped_when_the_server_ends() -> None:
    desk, go, done = Desk(1, 5, "test"), threading.Event(), []

    async def served(scope, receive, send):  # type: ignore[no-untyped-def]
        first, waits = (asyncio.ensure_future(desk.do(work)) for work in (go.wait, lambda: done.append(1)))
        await asyncio.sleep(0.01)
        asked.extend((first, waits))

    asked: list[asyncio.Future[object]] = []

    async def ended() -> None:
        await Guard(served, closing=[desk.close])({"type": "lifespan"}, served, served)
        go.set()
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert found[0] is True and isinstance(found[1], asyncio.CancelledError)

    asyncio.run(ended())
    assert not done


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True), ("127.0.0.2", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
        ("::", False), ("192.168.1.5", False), ("example.org", False),
    ],
)  # fmt: skip
def test_an_address_that_only_this_machine_can_reach_is_known(host: str, own: bool) -> None:
    assert is_own(host) is own
