"""Distinct studies and children, one after another, and the memory of the explorer.

    python benchmarks/explorer_memory.py          # 10,000 studies, as in a busy hour
    python benchmarks/explorer_memory.py 200 15   # fewer, and at most 15 MB more

Visitors come and go; each pastes ``A_VISIT`` studies that no one has pasted before. All are read and checked,
which is what costs memory if anything is kept of them; one in ``RUN_EVERY`` is small enough to be run, one in
``CHILD_EVERY`` is followed by a new child. The first tenth makes what is made once. Fails if the memory of
the server has then grown by more than 50 MB, or if any answer is not the expected one.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any
from urllib.request import urlopen

import websockets
from explorer_load import memory, start

from quotidian.application.study_example import EXAMPLE

A_VISIT, RUN_EVERY, CHILD_EVERY, SETTLE_S = 50, 100, 5, 3.0
TOO_LARGE = EXAMPLE.replace("children: 40", "children: 2000")
"""A study that the page reads, checks and then refuses to run."""
SMALL = """
name: study-{i}
title: Study {i}
about: A study that is run.
indication: sjia
population: {{youngest: 2, oldest: 18}}
entry: {{joints: 2}}
arms:
  treated: {{give: tocilizumab-iv, children: 2}}
  untreated: {{give: none, children: {more}}}
periods:
  - {{name: blinded, kind: randomised, weeks: 2}}
visits: [1, 2]
primary_week: 2
endpoints: [primary, acr30]
"""


async def visit(port: int, first: int, count: int) -> list[str]:
    """One visitor's studies; the answers that were not the expected ones."""
    uri, wrong = f"ws://127.0.0.1:{port}/websocket/", list[str]()
    async with websockets.connect(uri, origin=f"http://127.0.0.1:{port}", max_size=2**24) as line:
        await line.send(json.dumps({"method": "init", "data": {".clientdata_url_search": ""}}))
        for i in range(first, first + count):
            runs = i % RUN_EVERY == 0
            text = SMALL.format(i=i, more=2 + i % 3) if runs else TOO_LARGE.replace("every-2", f"study-{i}")
            found = await _asked(line, "trial", i, {"study": text, "replicates": "1", "seed": "1"})
            if found["ok"] is not runs or not (runs or "cannot be run here" in found["error"]):
                wrong.append(f"study {i}: {found.get('error', 'was run')}")
            if i % CHILD_EVERY == 0:
                fields = {"severity": f"{0.5 + i / 10_000:.4f}", "weeks": "2", "a_drug": "tocilizumab-iv"}
                found = await _asked(line, "child", i, fields)
                wrong += [] if found["ok"] else [f"child {i}: {found['error']}"]
    return wrong


async def _asked(line: websockets.ClientConnection, page: str, number: int, fields: Any) -> dict[str, Any]:
    question = {"fields": fields, "moved": "link", "number": number}
    await line.send(json.dumps({"method": "update", "data": {f"ask_{page}": question}}))
    while True:
        message = json.loads(await asyncio.wait_for(line.recv(), 120))
        if page in message.get("custom", {}):
            found: dict[str, Any] = message["custom"][page]
            return found


def studies(port: int, first: int, count: int) -> list[str]:
    """Studies of several visitors; the answers that were not the expected ones."""
    wrong = list[str]()
    for begin in range(first, first + count, A_VISIT):
        wrong += asyncio.run(visit(port, begin, min(A_VISIT, first + count - begin)))
    return wrong


def grown(count: int) -> tuple[float, list[str]]:
    """Growth of memory over the last nine tenths of ``count`` studies, MB, and the wrong answers."""
    server, port = start()
    try:
        for drug in ("none", "anakinra"):  # both models of the page
            with urlopen(f"http://127.0.0.1:{port}/child.csv?weeks=2&a_drug={drug}", timeout=120):
                pass
        wrong = studies(port, 0, count // 10)
        time.sleep(SETTLE_S)
        before = memory(server.pid)
        for tenth in range(1, 10):
            wrong += studies(port, tenth * (count // 10), count // 10)
            print(f"{(tenth + 1) * (count // 10)} studies: {memory(server.pid) - before:+.1f} MB", flush=True)
        time.sleep(SETTLE_S)
        return memory(server.pid) - before, wrong
    finally:
        server.terminate()
        server.wait(60)


def main(count: int = 10_000, most_mb: int = 50) -> int:
    """Run and tell. 0 if the memory is steady and every answer the expected one."""
    more, wrong = grown(count)
    print(f"{count} distinct studies: memory {more:+.1f} MB, {len(wrong)} wrong answers")
    for said in wrong[:5]:
        print(f"  {said}")
    return int(bool(wrong) or more > most_mb)


if __name__ == "__main__":
    raise SystemExit(main(*(int(word) for word in sys.argv[1:3])))
