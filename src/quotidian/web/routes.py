"""Addresses of downloads; the query alone determines what is sent."""

from __future__ import annotations

import asyncio
import functools
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from quotidian.errors import QuotidianError
from quotidian.web import child_answers, system_answers, trial_answers
from quotidian.web.work_queue import Busy, Desk, message_for

SVG, CSV = "image/svg+xml", "text/csv; charset=utf-8"
CALLER_LEFT = 499
"""Status of an answer that nobody receives."""
Made = Callable[[Mapping[str, str]], str]


def routes(desk: Desk) -> list[Route]:
    """Every download: name, function that makes it, media type."""
    made: tuple[tuple[str, Made, str], ...] = (
        ("child.svg", child_answers.child_svg, SVG),
        ("child.csv", child_answers.child_csv, CSV),
        ("trial.svg", trial_answers.trial_svg, SVG),
        ("trial.csv", trial_answers.trial_csv, CSV),
        ("system.svg", system_answers.system_svg, SVG),
        ("system.csv", system_answers.system_csv, CSV),
    )
    return [
        Route(f"/{name}", _download(desk, make, kind, name), methods=["GET"]) for name, make, kind in made
    ]


async def _unless_left(request: Request, work: Awaitable[str]) -> str:
    """The result of work, which is dropped if the caller leaves before. Raises CancelledError then."""
    asked, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({asked, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            raise CancelledError
        return asked.result()
    finally:
        asked.cancel()
        leaving.cancel()
        await asyncio.gather(asked, leaving, return_exceptions=True)  # until the queue has dropped it


async def _left(request: Request) -> None:
    """Return once the caller has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _download(desk: Desk, make: Made, kind: str, name: str) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        query = dict(request.query_params)
        try:
            body = await _unless_left(request, desk.do(functools.partial(make, query)))
        except Busy as error:
            return PlainTextResponse(message_for(error), 503)
        except QuotidianError as error:
            return PlainTextResponse(message_for(error), 400)
        except CancelledError:  # the caller has left, and the work with it
            return Response(status_code=CALLER_LEFT)
        except Exception as error:  # the browser receives no detail of this machine, whatever the error
            return PlainTextResponse(message_for(error), 500)
        return Response(
            body, media_type=kind, headers={"content-disposition": f'inline; filename="quotidian-{name}"'}
        )

    return answer
