"""Questions of the Child and System pages, answered on the web socket of the page itself.

A moved control sends the whole form. While the answer is on its way only the newest form waits, so a dragged
slider never queues more than one request.

These questions bypass the reactive layer of the web framework. At each of its updates that layer writes to
every open session, so its cost for one answer grows with the number of visitors.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from quotidian.web.work_queue import message_for

Sent = dict[str, Any]
Answer = Callable[[Sent], Awaitable[Sent]]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Newest:
    """Questions of one kind in one session: one is in progress, and at most one waits, the newest."""

    def __init__(self, name: str, answer: Answer, send: Send) -> None:
        self._name, self._answer, self._send = name, answer, send
        self._waiting: list[Sent] = []
        self._work: asyncio.Task[None] | None = None

    def ask(self, question: Sent) -> None:
        """Answer a question now, or after the one in progress."""
        self._waiting[:] = [question]
        if self._work is None or self._work.done():
            self._work = asyncio.ensure_future(self._answer_all())

    def leave(self) -> None:
        """Drop what still waits, because its visitor has left."""
        if self._work is not None:
            self._work.cancel()

    async def _answer_all(self) -> None:
        while self._waiting:
            question = self._waiting.pop()
            found: Sent = {"ok": True, "number": question.get("number")}
            try:
                found |= await self._answer(question)
            except Exception as error:  # put into words or logged, never raised into the page
                found |= {"ok": False, "error": message_for(error)}
            text = json.dumps({"custom": {self._name: found}}, ensure_ascii=False)
            try:
                await self._send({"type": "websocket.send", "text": text})
            except (OSError, RuntimeError):  # the visitor has left
                return


class Direct:
    """Middleware: takes the questions named by ``answers`` from each web socket and answers them there.

    ``answers`` makes the answers of one session by name. Everything else goes to ``app``.
    """

    def __init__(self, app: App, answers: Callable[[], Mapping[str, Answer]]) -> None:
        self._app, self._answers = app, answers

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        lines = {f"ask_{name}": Newest(name, made, send) for name, made in self._answers().items()}

        async def rest() -> Message:
            while True:
                message = await receive()
                asked, other = questions(message, lines)
                for name, question in asked.items():
                    lines[name].ask(question)
                if other is not None:
                    return other

        try:
            await self._app(scope, rest, send)
        finally:
            for line in lines.values():
                line.leave()


def questions(message: Message, names: Iterable[str]) -> tuple[dict[str, Sent], Message | None]:
    """The questions of a message by name, and what else it holds; None if it holds nothing else."""
    text = message.get("text") or ""
    if not any(f'"{name}' in text for name in names):
        return {}, message
    try:
        whole = json.loads(text)
        data = dict(whole["data"]) if whole["method"] == "update" else {}
    except (ValueError, KeyError, TypeError, RecursionError):  # a browser may send anything
        return {}, message
    asked = {name: sent(data.pop(name)) for name in names if name in data}
    if not asked:
        return {}, message
    return asked, {**message, "text": json.dumps({**whole, "data": data})} if data else None


def sent(value: object) -> Sent:
    """The message of a browser, if it has the form that pages send. A browser may send anything."""
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def fields(question: Sent) -> dict[str, str]:
    """The form of a request as texts; anything else is dropped."""
    given = question.get("fields")
    pairs = given.items() if isinstance(given, dict) else ()
    return {str(k)[:40]: v for k, v in list(pairs)[:80] if isinstance(v, str)}
