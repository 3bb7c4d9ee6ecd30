"""State of one visitor's session, page by page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from shiny import Inputs, Outputs, Session, reactive

from quotidian.web.beside.options import SLOW
from quotidian.web.child_answers import child_answer
from quotidian.web.child_fit import fit_answer
from quotidian.web.server import Answer, Sent, fields, sent
from quotidian.web.state import ChildState
from quotidian.web.study_builder.answers import study_answer
from quotidian.web.system_answers import system_answer
from quotidian.web.trial_answers import TrialRun, TrialState
from quotidian.web.work_queue import Desk, Together, message_for

TICK = 0.25
"""Seconds from one report of progress to the next."""


Children = Together[tuple[ChildState, bool], Sent]


def answers_of(children: Children, desk: Desk, fits: Desk) -> Mapping[str, Answer]:
    """The answers of one session of the Child and the System page, and of the study builder, by name."""
    return {
        "child": child_session(children, desk), "system": system_session(desk), "study": study_session(desk),
        "fit": fit_session(fits),
    }  # fmt: skip


def fit_session(desk: Desk) -> Answer:
    """Fits of the Child page, at a desk of their own, because the first one may compile for a minute."""

    async def answer(question: Sent) -> Sent:
        return await desk.do(partial(fit_answer, question))

    return answer


def child_session(children: Children, slow: Desk) -> Answer:
    """Answers of the Child page. It stores the previous child, whose SD score of weight is kept when age or
    sex changes. A question with a second simulation goes to the slow desk, and nobody waits for it."""
    before: list[ChildState] = []

    async def answer(question: Sent) -> Sent:
        moved = str(question.get("moved", "link"))
        state = ChildState.read(fields(question), before[0] if before else None, moved)
        before[:] = [state]
        wide = question.get("wide") is not False
        if SLOW.intersection(state.beside):
            return await slow.do(partial(child_answer, state, wide))
        return await children.do((state, wide))

    return answer


def system_session(desk: Desk) -> Answer:
    """Answers of the System page."""

    async def answer(question: Sent) -> Sent:
        wide, what = question.get("wide") is not False, str(question.get("what", ""))
        return await desk.do(partial(system_answer, fields(question), what, wide))

    return answer


def study_session(desk: Desk) -> Answer:
    """Answers of the study builder."""

    async def answer(question: Sent) -> Sent:
        return await desk.do(partial(study_answer, question))

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


def server_of(trials: Desk) -> Callable[[Inputs, Outputs, Session], None]:
    """The session function of the web framework, with a work queue for trials."""

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        trial_session(input, session, trials)

    return server
