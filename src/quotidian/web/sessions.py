"""State of one visitor's session, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from shiny import Inputs, Outputs, Session, reactive

from quotidian.web.child_answers import child_answer
from quotidian.web.server import Answer, Newest, Sent, fields, run_on, sent
from quotidian.web.state import ChildState
from quotidian.web.system_answers import system_answer
from quotidian.web.trial_answers import TrialRun, TrialState
from quotidian.web.work_queue import Desk, message_for

TICK = 0.25
"""Seconds from one report of progress to the next."""


def child_session(desk: Desk) -> Answer:
    """Answers of the Child page. It stores the previous child, whose SD score of weight is kept when age or
    sex changes."""
    before: list[ChildState] = []

    async def answer(question: Sent) -> Sent:
        moved = str(question.get("moved", "link"))
        state = ChildState.read(fields(question), before[0] if before else None, moved)
        before[:] = [state]
        return await run_on(desk, child_answer, state, question.get("wide") is not False)

    return answer


def system_session(desk: Desk) -> Answer:
    """Answers of the System page."""

    async def answer(question: Sent) -> Sent:
        wide = question.get("wide") is not False
        return await run_on(desk, system_answer, fields(question), str(question.get("what", "")), wide)

    return answer


def trial_session(input: Inputs, session: Session, desk: Desk) -> None:
    """One trial at a time: started, reported, and cancelled by the visitor or when the visitor leaves."""
    running: list[TrialRun] = []

    @reactive.extended_task
    async def conduct(run: TrialRun) -> Sent:
        work = asyncio.ensure_future(desk.do(run.conduct))
        while not work.done():
            await asyncio.wait({work}, timeout=TICK)
            if not work.done():
                await session.send_custom_message("trial-progress", {"share": run.share})
        try:
            return {"ok": True, **work.result()}
        except Exception as error:  # explained to the visitor or logged, never raised within the page
            return {"ok": False, "error": message_for(error), "cancelled": run.cancelled}

    @reactive.effect
    @reactive.event(input.ask_trial)
    async def _start() -> None:
        question = sent(input.ask_trial())
        with reactive.isolate():
            if conduct.status() == "running":
                return
        try:
            run = TrialRun(TrialState.read(fields(question)))
            _ = run.state.design  # an error in a study is reported at once
        except Exception as error:  # explained to the visitor or logged
            await session.send_custom_message("trial", {"ok": False, "error": message_for(error)})
            return
        running[:] = [run]
        conduct.invoke(run)

    @reactive.effect
    @reactive.event(input.cancel_trial)
    def _cancel() -> None:
        for run in running:
            run.cancel()

    @reactive.effect
    async def _report() -> None:
        if conduct.status() in ("success", "error"):
            await session.send_custom_message("trial", conduct.result())

    @session.on_ended
    def _leave() -> None:
        for run in running:
            run.cancel()


def server_of(desk: Desk, trials: Desk) -> Callable[[Inputs, Outputs, Session], None]:
    """The session function for two work queues: one for children, one for trials."""

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        Newest(session, "child", input.ask_child, child_session(desk))
        Newest(session, "system", input.ask_system, system_session(desk))
        trial_session(input, session, trials)

    return server
