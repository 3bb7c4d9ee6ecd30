"""The layer between the browser and plain functions, with one session for each visitor.

A moved control sends the whole form, which an extended task passes to a worker. While the worker is busy
only the newest form waits, so a dragged slider never queues more than one request.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from typing import Any

from shiny import Session, reactive

from quotidian.web.work_queue import Desk, message_for

Sent = dict[str, Any]
Answer = Callable[[Sent], Awaitable[Sent]]


class Newest:
    """Requests of one kind in one session: one is in progress, and at most one waits, the newest."""

    def __init__(self, session: Session, name: str, asked: Callable[[], Any], answer: Answer) -> None:
        waiting: list[Sent] = []

        @reactive.extended_task
        async def work(question: Sent) -> Sent:
            try:
                return {"ok": True, "number": question.get("number"), **await answer(question)}
            except Exception as error:  # put into words or logged, never raised into the page
                return {"ok": False, "number": question.get("number"), "error": message_for(error)}

        session.on_ended(work.cancel)  # what still waits for a worker is dropped with its visitor

        @reactive.effect
        @reactive.event(asked)
        def _ask() -> None:
            waiting[:] = [sent(asked())]
            with reactive.isolate():
                if work.status() != "running":
                    work.invoke(waiting.pop())

        @reactive.effect
        async def _report() -> None:
            if work.status() == "running" or work.status() == "initial":
                return
            found = work.result()
            await session.send_custom_message(name, found)
            if waiting:
                with reactive.isolate():
                    work.invoke(waiting.pop())


def sent(value: object) -> Sent:
    """The message of a browser, if it has the form that pages send. A browser may send anything."""
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def fields(question: Sent) -> dict[str, str]:
    """The form of a request as texts; anything else is dropped."""
    given = question.get("fields")
    pairs = given.items() if isinstance(given, dict) else ()
    return {str(k)[:40]: v for k, v in list(pairs)[:80] if isinstance(v, str)}


def run_on(desk: Desk, function: Callable[..., Sent], *arguments: Any) -> Awaitable[Sent]:
    """Run a function on a worker of the queue."""
    return desk.do(functools.partial(function, *arguments))
