"""Access control of the explorer: accepted hosts and methods, and the content security policy of its
pages.

Nothing can be uploaded: every method except GET and HEAD is refused, and so is the upload address of the
web framework. Host names are checked, because a web page could otherwise make its own name resolve to this
machine. A page of another site may link to the explorer's page and fetch nothing else: browsers state where a
request comes from (``Sec-Fetch-Site``). A web socket is opened only for the explorer's own pages.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from hashlib import sha256
from typing import Any

from quotidian.web.places import Places

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
LONGEST_QUERY = 4000
"""Largest query string, bytes."""

HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def policy(page: str = "") -> str:
    """Content security policy: a browser may load files of this server only.

    Inline scripts of the web framework in ``page`` are allowed by their hash; no other inline script is.
    'unsafe-inline' applies only to styles, because drawings set colours by attribute and the framework's
    script writes a <style>.
    """
    hashes = [b64encode(sha256(s.encode()).digest()).decode() for s in _INLINE.findall(page)]
    scripts = " ".join(["'self'", *(f"'sha256-{h}'" for h in hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class Guard:
    """Middleware: refuses requests that the explorer never needs, and adds security headers to every
    answer.

    ``hosts`` are the accepted host names; empty accepts any, for a server that was bound to a network on
    purpose. ``closing`` is called when the server ends.
    """

    def __init__(
        self, app: App, hosts: Iterable[str] = LOOPBACK, page: str = "",
        closing: Iterable[Callable[[], None]] = (),
    ) -> None:  # fmt: skip
        self.app, self.hosts, self.places, self.closing = app, frozenset(hosts), Places(), tuple(closing)
        self.headers = ((b"content-security-policy", policy(page).encode()), *HEADERS)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._page(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            try:
                await self.app(scope, receive, send)
            finally:
                for close in self.closing:
                    close()

    async def _page(self, scope: Message, receive: Receive, send: Send) -> None:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in self.headers}
                kept = [
                    pair for pair in message.get("headers", []) if pair[0].lower() not in names | {b"server"}
                ]
                message = {**message, "headers": [*kept, *self.headers]}
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, dressed)
            return
        status, words = refusal
        await dressed(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]}
        )
        await dressed({"type": "http.response.body", "body": words.encode()})

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, "The explorer does not accept uploads."
        if len(scope.get("query_string", b"")) > LONGEST_QUERY:
            return 414, "That link is too long."
        if not self._known(_header(scope, b"host")):
            return 421, "The explorer does not accept that host name."
        if _foreign(scope):
            return 403, "Other sites may link only to the start page of the explorer."
        return None

    async def _socket(self, scope: Message, receive: Receive, send: Send) -> None:
        host = _header(scope, b"host")
        origin = _header(scope, b"origin")
        own = not origin or origin.partition("://")[2] == host
        place = self.places.taken() if own and self._known(host) else None
        if place is None:
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            await self.app(scope, place.listening(receive, send), place.speaking(send))
        finally:
            self.places.leave(place)

    def _known(self, host: str) -> bool:
        name = (
            host[: host.index("]") + 1]
            if host.startswith("[") and "]" in host
            else host.rpartition(":")[0] or host
        )
        return not self.hosts or name in self.hosts


def _header(scope: Message, name: bytes) -> str:
    found = [value for key, value in scope.get("headers", []) if key.lower() == name]
    return found[0].decode("latin-1") if found else ""


def _foreign(scope: Message) -> bool:
    """Whether a browser asks for a page of another site; following a link to the start page is not that."""
    if _header(scope, b"sec-fetch-site") not in ("cross-site", "same-site"):
        return False
    return not (scope["path"] == "/" and _header(scope, b"sec-fetch-mode") == "navigate")
