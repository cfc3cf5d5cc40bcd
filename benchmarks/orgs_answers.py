"""Pretend orgs, all in one fast process: composites and queries of changing data.

``python -m benchmarks.orgs_answers``: prints its address, answers until it is ended.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from datetime import UTC, datetime
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

CHANGED = 0.01
"""Of the objects, each time they are looked at, so many have a changed record."""
SELECTED = re.compile(r"SELECT (.+?) FROM (\w+)")


def main() -> None:
    """Serve on a free port."""
    asyncio.run(_serve())


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Wire, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    sys.stdout.write(json.dumps({"base_url": f"http://127.0.0.1:{port}"}) + "\n")
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
            self.transport.write(_written(answered(method, target, body)))


def _written(value: object) -> bytes:
    body = json.dumps(value).encode()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=UTF-8\r\n"
        f"Date: {formatdate(usegmt=True)}\r\nContent-Length: {len(body)}\r\n"
        "Sforce-Limit-Info: api-usage=18/1000000\r\n\r\n"
    )
    return head.encode() + body


def answered(method: str, target: str, body: bytes) -> object:
    """Return the answer to one request."""
    if target == "/cpu":
        return {"cpu": time.process_time()}
    if method == "POST":
        parts = json.loads(body)["compositeRequest"]
        return {"compositeResponse": [_part(one) for one in parts]}
    return _answer(target)


def _part(one: dict[str, str]) -> dict[str, object]:
    return {
        "body": _answer(one["url"]),
        "httpHeaders": {},
        "httpStatusCode": 200,
        "referenceId": one["referenceId"],
    }


def _answer(target: str) -> dict[str, object]:
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}.000+0000"
    if "/deleted" in target:
        return {
            "deletedRecords": [],
            "earliestDateAvailable": now,
            "latestDateCovered": now,
        }
    query = parse_qs(urlsplit(target).query).get("q", [""])[0]
    found = SELECTED.search(query)
    if found is None or random.random() >= CHANGED:
        return {"totalSize": 0, "done": True, "records": []}
    record: dict[str, object] = dict.fromkeys(found[1].split(", "), "x")
    record |= {"Id": f"001{random.randrange(10**12):012}AAA", "SystemModstamp": now}
    record["IsDeleted"] = False
    url = f"/services/data/v66.0/sobjects/{found[2]}/{record['Id']}"
    record["attributes"] = {"type": found[2], "url": url}
    return {"totalSize": 1, "done": True, "records": [record]}


if __name__ == "__main__":
    main()
