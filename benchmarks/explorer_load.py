"""Many visitors at once: sessions that move sliders for a while, and the response of the explorer.

    make load                                     # 30 sessions for a minute
    python benchmarks/explorer_load.py 5 10       # 5 sessions for 10 seconds

Every session speaks the protocol of the page over its own web socket, on this machine alone: it moves one of
four controls, waits for the answer, pauses for half a second, and moves the next. Reported are answers,
errors, the median and the 90th percentile in seconds, and the memory of the server before, during and after.
Fails if there was an error or the median is above 0.5 s, which two quiet processors keep.

Then one visitor comes while 200 web sockets that never speak are held open and 150 downloads of five years
are under way; it fails if that visitor ever waits longer than 2 s on two quiet processors.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import websockets

LOOK_S, LIMIT_S, SETTLE_S = 0.5, 0.5, 12.0
SILENT, HEAVY, WAIT_S, ALONE_S = 200, 150, 2.0, 20.0
GREETED_S = 1.5
"""Time after which a silent socket can give way."""
FORM = {
    "age": "6", "sex": "female", "weight": "20", "severity": "1", "weeks": "12", "a_drug": "tocilizumab-iv"
}  # fmt: skip


@dataclass
class Tally:
    """Seconds of every answer, refusals, and connections that broke."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


async def visitor(port: int, number: int, until: float, tally: Tally) -> None:
    """One session, from its greeting to the end of the minute."""
    rng, form, asked = random.Random(number), dict(FORM), 0
    uri = f"ws://127.0.0.1:{port}/websocket/"
    async with websockets.connect(uri, origin=f"http://127.0.0.1:{port}", max_size=2**24) as line:
        await line.send(json.dumps({"method": "init", "data": {".clientdata_url_search": ""}}))
        while time.monotonic() < until:
            moved = rng.choice(["severity", "age", "steroid", "b_drug"])
            form[moved] = {
                "severity": f"{rng.uniform(0.5, 2.5):.2f}",
                "age": f"{rng.uniform(3, 15):.1f}",
                "steroid": f"{rng.uniform(0, 1):.2f}",
                "b_drug": rng.choice(["none", "off", "tocilizumab-sc"]),
            }[moved]
            asked += 1
            question = {"fields": form, "moved": moved, "wide": True, "number": asked}
            began = time.monotonic()
            await line.send(json.dumps({"method": "update", "data": {"ask_child": question}}))
            answer = await asyncio.wait_for(_answer(line, asked), 60)
            tally.seconds.append(time.monotonic() - began)
            if not answer["ok"]:
                tally.errors.append(answer["error"])
            elif moved == "age":
                form["weight"] = str(answer["weight"]["value"])
            await asyncio.sleep(LOOK_S)


async def _answer(line: websockets.ClientConnection, number: int) -> dict[str, object]:
    async for message in line:
        found = json.loads(message).get("custom", {}).get("child")
        if found and found["number"] == number:
            return found
    raise ConnectionError("the session ended")


async def crowd(port: int, sessions: int, seconds: float, pid: int) -> tuple[Tally, float]:
    """All visitors; the tally, and the most memory seen, MB."""
    tally, until, most = Tally(), time.monotonic() + seconds, 0.0
    visits = [asyncio.ensure_future(visitor(port, n, until, tally)) for n in range(sessions)]
    while not all(visit.done() for visit in visits):
        most = max(most, memory(pid))
        await asyncio.wait(visits, timeout=0.5)
    tally.errors += [repr(visit.exception()) for visit in visits if visit.exception()]
    return tally, most


async def beset(port: int) -> Tally:
    """One visitor among silent sockets and heavy downloads."""
    uri, origin, tally = f"ws://127.0.0.1:{port}/websocket/", f"http://127.0.0.1:{port}", Tally()
    silent = [await websockets.connect(uri, origin=origin) for _ in range(SILENT)]
    downloads = [asyncio.ensure_future(download(port, n)) for n in range(HEAVY)]
    await asyncio.sleep(GREETED_S)
    await visitor(port, 0, time.monotonic() + ALONE_S, tally)
    for one in downloads:
        one.cancel()
    await asyncio.gather(*downloads, *(line.close() for line in silent), return_exceptions=True)
    return tally


async def download(port: int, number: int) -> None:
    """Five years of a child on two regimens, as a table."""
    query = f"weeks=260&severity={1 + number / 1000:.3f}&b_drug=anakinra"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /child.csv?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    await reader.read(-1)
    writer.close()


def memory(pid: int) -> float:
    """Resident memory of a process, MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def start() -> tuple[subprocess.Popen[bytes], int]:
    """An explorer on a free port, warm."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    program = ["-c", "from quotidian.cli import main; main()", "explore", "--no-browser", "--port", str(port)]
    server = subprocess.Popen([sys.executable, *program], stdout=subprocess.DEVNULL)
    for _ in range(600):
        with contextlib.suppress(OSError), urlopen(f"http://127.0.0.1:{port}/child.csv?weeks=2", timeout=60):
            return server, port
        time.sleep(0.2)
    raise SystemExit("The explorer did not start.")


def main(sessions: int = 30, seconds: float = 60.0) -> int:
    """Run and tell. 0 if there was no error and the median is within the limit."""
    server, port = start()
    try:
        asyncio.run(crowd(port, sessions, 3.0, server.pid))  # what is made once is not memory that is lost
        time.sleep(SETTLE_S / 2)
        before, used = memory(server.pid), processor(server.pid)
        tally, most = asyncio.run(crowd(port, sessions, seconds, server.pid))
        used = processor(server.pid) - used
        time.sleep(SETTLE_S)
        after = memory(server.pid)
        alone = asyncio.run(beset(port))
    finally:
        server.terminate()
        server.wait(60)
    median, slow = statistics.median(tally.seconds), statistics.quantiles(tally.seconds, n=10)[-1]
    print(
        f"{sessions} sessions, {seconds:g} s, {os.cpu_count()} processors: {len(tally.seconds)} answers, "
        f"{len(tally.errors)} errors; median {median:.2f} s, nine in ten within {slow:.2f} s; "
        f"{1000 * used / len(tally.seconds):.0f} ms of processor an answer; "
        f"memory {before:.0f} MB before, {most:.0f} MB at most, {after:.0f} MB after"
    )
    longest = max(alone.seconds)
    print(
        f"One visitor among {SILENT} silent sockets and {HEAVY} downloads: {len(alone.seconds)} answers, "
        f"{len(alone.errors)} errors, the longest wait {longest:.2f} s"
    )
    errors = tally.errors + alone.errors
    for error in errors[:5]:
        print(f"  {error}")
    return int(bool(errors) or median > LIMIT_S or longest > WAIT_S)


if __name__ == "__main__":
    given = [float(word) for word in sys.argv[1:3]]
    raise SystemExit(main(*([int(given[0]), *given[1:]] if given else [])))
