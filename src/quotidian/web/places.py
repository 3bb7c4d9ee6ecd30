"""Places for sessions: a limited number; when all are taken, the longest silent session gives way."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from time import monotonic
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MOST_SOCKETS = 200
"""Largest number of concurrent sessions."""
GREETING_S = 1.0
"""Time in which a page sends its first message; it does so at once."""
IDLE_S = 2.0
"""Silence after which a session can give way."""
TRY_AGAIN = 1013
"""Code of a web socket that is closed because others wait."""


class Place:
    """One session: when it was last heard, and a sign that it must go."""

    def __init__(self) -> None:
        self.heard, self.messages, self.closing = monotonic(), 0, asyncio.Event()

    @property
    def gives_way(self) -> bool:
        """Whether it has been silent for so long that a new session may take its place."""
        return monotonic() - self.heard >= (IDLE_S if self.messages else GREETING_S)

    def listening(self, receive: Receive, send: Send) -> Receive:
        """``receive`` that notes each message, and ends the session once its place is given away."""

        async def heard() -> Message:
            asked, given = asyncio.ensure_future(receive()), asyncio.ensure_future(self.closing.wait())
            try:
                await asyncio.wait({asked, given}, return_when=asyncio.FIRST_COMPLETED)
                if not asked.done():
                    await send({"type": "websocket.close", "code": TRY_AGAIN})
                    return {"type": "websocket.disconnect", "code": TRY_AGAIN}
                message = asked.result()
            finally:
                asked.cancel()
                given.cancel()
            self.heard = monotonic()
            self.messages += message["type"] == "websocket.receive"
            return message

        return heard

    def speaking(self, send: Send) -> Send:
        """``send`` that drops what is said after the place was given away."""

        async def said(message: Message) -> None:
            if not self.closing.is_set():
                await send(message)

        return said


class Places:
    """All sessions of a server."""

    def __init__(self) -> None:
        self._taken: set[Place] = set()

    def __len__(self) -> int:
        return len(self._taken)

    def taken(self) -> Place | None:
        """A place for a new session; None if all are taken by sessions that were heard of lately.

        Of those that give way, one that never spoke goes first, then the longest silent.
        """
        if len(self._taken) >= MOST_SOCKETS:
            silent = [place for place in self._taken if place.gives_way]
            if not silent:
                return None
            oldest = min(silent, key=lambda place: (place.messages > 0, place.heard))
            oldest.closing.set()
            self._taken.discard(oldest)
        place = Place()
        self._taken.add(place)
        return place

    def leave(self, place: Place) -> None:
        """The session has ended."""
        self._taken.discard(place)
