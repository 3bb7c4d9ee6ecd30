"""Questions of many visitors: answered together, each as alone, and to the one who asked."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from quotidian.errors import QuotidianError, RegimenError
from quotidian.web.child_answers import views_of
from quotidian.web.server import Direct, Newest, questions
from quotidian.web.simulations import View, follow, follow_together, sharing
from quotidian.web.state import ChildState
from quotidian.web.work_queue import Busy, Together

SHORT = {"weeks": "2"}
MIXED = (
    {**SHORT, "a_drug": "tocilizumab-iv", "b_drug": "none"},
    {**SHORT, "age": "12", "severity": "2", "a_drug": "none"},
    {**SHORT, "sex": "male", "steroid": "0.5", "a_drug": "tocilizumab-sc", "b_drug": "tocilizumab-iv"},
)


def test_pages_that_are_simulated_together_show_what_each_shows_alone() -> None:
    states = [ChildState.read(query) for query in MIXED]
    assert len({sharing(state) for state in states}) == 1
    for state, together in zip(states, follow_together(states), strict=True):
        alone = follow(state)
        assert together.child == alone.child
        for one, other in zip(together.arms, alone.arms, strict=True):
            assert (one.letter, one.text, one.doses) == (other.letter, other.text, other.doses)
            assert list(one.values) == list(other.values)
            for name in one.values:
                np.testing.assert_array_equal(one.values[name], other.values[name])


@pytest.mark.parametrize(
    "wrong",
    [
        {**SHORT, "a_drug": "tocilizumab-iv", "a_dose": "900", "a_unit": "mg/kg"},
        {**SHORT, "a_drug": "tofacitinib", "age": "2", "weight": "9"},
    ],
)
def test_an_error_of_one_page_reaches_its_own_visitor_only(wrong: dict[str, str]) -> None:
    other = {**SHORT, "a_drug": "tofacitinib"}
    states = [ChildState.read(query) for query in ({**other, "weeks": "4"}, wrong, other)]
    found = dict(views_of(states))
    assert isinstance(found[1], RegimenError)
    assert isinstance(found[0], View) and isinstance(found[2], View)
    assert (found[0].days[-1], found[2].days[-1]) == (28.0, 14.0)


def test_questions_that_wait_are_answered_together() -> None:
    go, seen = threading.Event(), list[list[int]]()

    def answer(asked: Sequence[int]) -> Iterator[tuple[int, int | Exception]]:
        seen.append(list(asked))
        go.wait(10)
        for i in reversed(range(len(asked))):
            yield i, ValueError("three") if asked[i] == 3 else 10 * asked[i]

    async def all_six() -> list[Any]:
        first = asyncio.ensure_future(desk.do(0))
        while not seen:
            await asyncio.sleep(0.01)
        rest = [asyncio.ensure_future(desk.do(i)) for i in range(1, 7)]
        await asyncio.sleep(0)
        rest[1].cancel()
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await desk.do(7)
        go.set()
        return await asyncio.gather(first, *rest, return_exceptions=True)

    desk = Together(1, 6, 3, "test", answer)
    found = asyncio.run(all_six())
    desk.close()
    assert seen == [[0], [1, 3], [4, 5, 6]]
    assert [found[i] for i in (0, 1, 4, 5, 6)] == [0, 10, 40, 50, 60]
    assert isinstance(found[2], asyncio.CancelledError) and str(found[3]) == "three"


def test_a_fault_reaches_all_that_wait_and_the_end_drops_the_rest() -> None:
    go = threading.Event()

    def answer(asked: Sequence[int]) -> Iterator[tuple[int, int | Exception]]:
        go.wait(10)
        yield 0, asked[0]
        raise QuotidianError("The worker failed.", "", "")

    async def three() -> list[Any]:
        work = [asyncio.ensure_future(desk.do(i)) for i in range(4)]
        await asyncio.sleep(0.05)
        desk.close()
        go.set()
        return await asyncio.gather(*work, return_exceptions=True)

    desk = Together(1, 9, 1, "test", answer)
    found = asyncio.run(three())
    assert found[0] == 0 and all(isinstance(one, asyncio.CancelledError) for one in found[1:])


def test_only_the_newest_question_waits() -> None:
    asked, sent = list[int](), list[int]()

    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        asked.append(question["number"])
        await asyncio.sleep(0.01)
        if question["number"] == 4:
            raise QuotidianError("Not that one.", "", "")
        return {}

    async def send(message: Any) -> None:
        sent.append(json.loads(message["text"])["custom"]["child"])

    async def drag() -> None:
        line = Newest("child", answer, send)
        for number in (1, 2, 3, 4):
            line.ask({"number": number})
            await asyncio.sleep(0)
        await asyncio.sleep(0.1)

    asyncio.run(drag())
    assert asked == [1, 4]
    assert sent == [{"ok": True, "number": 1}, {"ok": False, "number": 4, "error": "Not that one."}]


@pytest.mark.parametrize(
    ("data", "taken", "left"),
    [
        ({"ask_child": {"number": 1}}, {"ask_child": {"number": 1}}, None),
        ({"ask_child": {"number": 1}, "cancel_trial": 2}, {"ask_child": {"number": 1}}, {"cancel_trial": 2}),
        ({"ask_trial": {"of": "ask_child"}}, {}, {"ask_trial": {"of": "ask_child"}}),
        ({"ask_child": 7}, {"ask_child": {}}, None),
    ],
)
def test_the_questions_of_a_message_are_taken_from_it(data: Any, taken: Any, left: Any) -> None:
    message = {"type": "websocket.receive", "text": json.dumps({"method": "update", "data": data})}
    asked, rest = questions(message, ["ask_child", "ask_system"])
    assert asked == taken
    assert left is None if rest is None else json.loads(rest["text"])["data"] == left


@pytest.mark.parametrize(
    "text",
    [
        '{"ask_child',
        '["ask_child"]',
        '{"ask_child": 1}',
        '{"method": "init", "data": {"ask_child": 1}}',
        None,
    ],
)
def test_a_message_of_another_form_is_left_to_the_framework(text: str | None) -> None:
    message = {"type": "websocket.receive", "text": text}
    assert questions(message, ["ask_child"]) == ({}, message)


def test_the_framework_hears_of_no_question_and_the_answer_goes_to_the_one_who_asked() -> None:
    heard, sent = list[Any](), list[Any]()
    text = json.dumps({"method": "update", "data": {"ask_child": {"number": 5}}})
    messages = [{"type": "websocket.receive", "text": text}, {"type": "websocket.receive", "text": "other"}]

    async def answer(question: dict[str, Any]) -> dict[str, Any]:
        return {"asked": question}

    async def framework(scope: Any, receive: Any, send: Any) -> None:
        heard.append(await receive())
        while not sent:
            await asyncio.sleep(0)

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(json.loads(message["text"]))

    asyncio.run(Direct(framework, lambda: {"child": answer})({"type": "websocket"}, receive, send))
    assert [message["text"] for message in heard] == ["other"]
    assert sent == [{"custom": {"child": {"ok": True, "number": 5, "asked": {"number": 5}}}}]
