"""Pretend orgs, all in one fast process: composites and queries of changing data.

``python -m benchmarks.orgs_answers``: prints its address, answers until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import time
from datetime import UTC, datetime
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

CHANGED = 0.01
"""Of the objects, each time they are looked at, so many have a changed record."""
WATCHED = "watched"
"""How the tokens of orgs begin that change all the time, by the clock."""
STREAM = "Account"
"""The object of theirs that does: a new record every ``EVERY`` seconds."""
EVERY = 5
MOST = 200
STAMP = "%Y-%m-%dT%H:%M:%S.000+0000"
BEARER = re.compile(rb"(?i)\r\nauthorization: *bearer *([^\r]*)")
SINCE = re.compile(r"SystemModstamp >=? ?([0-9T:.-]+)(?:Z|\+0000)")
SELECTED = re.compile(r"SELECT (.+?) FROM (\w+)")


def main() -> None:
    """Serve on a free port."""
    asyncio.run(_serve())


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Wire, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    told = {"base_url": f"http://127.0.0.1:{port}", "pid": os.getpid()}
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    await server.serve_forever()


class Wire(asyncio.Protocol):
    """One kept-alive connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with nothing read."""
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        """Answer every whole request that has come."""
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, rest = self.waiting.partition(b"\r\n\r\n")
            told = re.search(rb"(?i)content-length: *(\d+)", head)
            size = int(told[1]) if told else 0
            if len(rest) < size:
                return
            body, self.waiting = rest[:size], rest[size:]
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
            token = BEARER.search(head)
            is_watched = token is not None and WATCHED.encode() in token[1]
            answer = answered(method, target, body, is_watched=is_watched)
            self.transport.write(_written(answer))


def _written(value: object) -> bytes:
    body = json.dumps(value).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n"
        f"Date: {formatdate(usegmt=True)}\r\nContent-Length: {len(body)}\r\n"
        "Sforce-Limit-Info: api-usage=18/1000000\r\n\r\n"
    )
    return head.encode() + body


def answered(
    method: str, target: str, body: bytes, *, is_watched: bool = False
) -> object:
    """Return the answer to one request."""
    if target == "/cpu":
        return {"cpu": time.process_time()}
    if method == "POST":
        parts = json.loads(body)["compositeRequest"]
        return {"compositeResponse": [_part(one, is_watched) for one in parts]}
    return _answer(target, is_watched)


def _part(one: dict[str, str], is_watched: bool) -> dict[str, object]:
    return {
        "body": _answer(one["url"], is_watched),
        "httpHeaders": {},
        "httpStatusCode": 200,
        "referenceId": one["referenceId"],
    }


def _answer(target: str, is_watched: bool) -> dict[str, object]:
    now = datetime.now(UTC)
    if "/deleted" in target:
        return {
            "deletedRecords": [],
            "earliestDateAvailable": f"{now:{STAMP}}",
            "latestDateCovered": f"{now:{STAMP}}",
        }
    query = parse_qs(urlsplit(target).query).get("q", [""])[0]
    found = SELECTED.search(query)
    if found is None:
        return _all_of([])
    if is_watched and found[2] == STREAM:
        return _all_of(_stream(query, found[1], now))
    if random.random() >= CHANGED:
        return _all_of([])
    return _all_of([_record(found[2], found[1], random.randrange(10**12), now)])


def _stream(query: str, fields: str, now: datetime) -> list[dict[str, object]]:
    """Return what changed since the moment that is asked for: one record per beat."""
    told = SINCE.search(query)
    if told is None:
        return []
    since = datetime.fromisoformat(told[1]).replace(tzinfo=UTC).timestamp()
    first, last = -int(-since // EVERY), int(now.timestamp() // EVERY)
    beats = range(first, min(last + 1, first + MOST))
    at = (datetime.fromtimestamp(beat * EVERY, UTC) for beat in beats)
    return [
        _record(STREAM, fields, beat, moment)
        for beat, moment in zip(beats, at, strict=True)
    ]


def _record(
    sobject: str, fields: str, number: int, changed: datetime
) -> dict[str, object]:
    record: dict[str, object] = dict.fromkeys(fields.split(", "), "x")
    stamp = f"{changed:{STAMP}}"
    record |= {"Id": f"001{number:012}AAA", "SystemModstamp": stamp}
    record["IsDeleted"] = False
    url = f"/services/data/v66.0/sobjects/{sobject}/{record['Id']}"
    record["attributes"] = {"type": sobject, "url": url}
    return record


def _all_of(records: list[dict[str, object]]) -> dict[str, object]:
    return {"totalSize": len(records), "done": True, "records": records}


if __name__ == "__main__":
    main()
