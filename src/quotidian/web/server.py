"""The thin layer between browser and plain functions: one session each, nothing computed in a reactive.

A control that moves sends the whole form. An extended task hands it to a worker; while that works, only the
newest form waits, so a slider that is dragged never queues more than one answer.
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
    """Questions of one kind in one session: one is worked on, at most one waits, and that is the newest."""

    def __init__(self, session: Session, name: str, asked: Callable[[], Any], answer: Answer) -> None:
        waiting: list[Sent] = []

        @reactive.extended_task
        async def work(question: Sent) -> Sent:
            try:
                return {"ok": True, "number": question.get("number"), **await answer(question)}
            except Exception as error:  # put into words or logged, never raised into the page
                return {"ok": False, "number": question.get("number"), "error": message_for(error)}

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
    """What a browser sent, if it is what pages send; a browser may send anything."""
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def fields(question: Sent) -> dict[str, str]:
    """The form of a question as texts; whatever else a browser sends is dropped."""
    given = question.get("fields")
    pairs = given.items() if isinstance(given, dict) else ()
    return {str(k)[:40]: v for k, v in list(pairs)[:80] if isinstance(v, str)}


def run_on(desk: Desk, function: Callable[..., Sent], *arguments: Any) -> Awaitable[Sent]:
    """A function on a worker of the desk."""
    return desk.do(functools.partial(function, *arguments))
