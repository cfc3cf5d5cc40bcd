"""A stage: a real HTTP server on loopback whose answers a test writes byte by byte."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from sfconnector.salesforce import Call, Client, HostPolicy, Retry, Session
from sfconnector.salesforce.transport import Timeouts, Transport
from sfconnector.secret import Secret

TOKEN = "00D000000000001!canary.access.token"
JSON = "application/json;charset=UTF-8"


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Stage:
    """Answers requests one after another with what was put up; the last one stays."""

    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    script: list[Any] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    def puts(self, *answers: Any) -> Stage:
        """Put up answers: bytes as they are, a callable that writes to the socket."""
        self.script.extend(answers)
        return self

    def next_answer(self) -> Any:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def answer(
    status: int = 200,
    body: Any = b"",
    *,
    kind: str = JSON,
    headers: dict[str, str] | None = None,
    length: int | None = None,
    zipped: bool = False,
) -> bytes:
    """Write an HTTP answer; a body that is not bytes becomes JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"Connection": "close", "Content-Type": kind, **(headers or {})}
    if zipped:
        raw = gzip.compress(raw)
        told["Content-Encoding"] = "gzip"
    told.setdefault("Content-Length", str(len(raw) if length is None else length))
    head = "".join(f"{name}: {text}\r\n" for name, text in told.items())
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + raw


def bare(body: bytes, *, kind: str = JSON, headers: str = "") -> bytes:
    """Write an answer whose end is told by nothing but the closed connection."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{headers}\r\n".encode() + body


def refusal(status: int, code: str, message: str, **headers: str) -> bytes:
    """Write a refusal as the REST API does."""
    return answer(status, [{"errorCode": code, "message": message}], headers=headers)


EXPIRED = refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")


def drips(head: bytes, *, pieces: int, pause: float) -> Callable[[socket.socket], None]:
    """Write an answer whose body comes one byte at a time."""

    def write(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(pieces):
            time.sleep(pause)
            connection.sendall(b" ")

    return write


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A server that is up while the test runs."""
    with _running() as made:
        yield made


@pytest.fixture
def stage_elsewhere() -> Iterator[Stage]:
    """A second server, which is not the org."""
    with _running() as made:
        yield made


@contextmanager
def _running() -> Iterator[Stage]:
    listener = socket.create_server(("127.0.0.1", 0))
    stage = Stage(port=listener.getsockname()[1])
    thread = threading.Thread(target=_serve, args=(listener, stage), daemon=True)
    thread.start()
    yield stage
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(timeout=5)


def _serve(listener: socket.socket, stage: Stage) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            _talk(connection, stage)


def _talk(connection: socket.socket, stage: Stage) -> None:
    """Answer one request per connection, then close it."""
    connection.settimeout(5)
    reader = connection.makefile("rb")
    line = reader.readline().decode()
    if not line:
        reader.close()
        return
    method, target, _ = line.split(" ")
    headers = {}
    while text := reader.readline().decode().strip():
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body = reader.read(int(headers.get("content-length", 0)))
    reader.close()
    stage.seen.append(Seen(method, target, headers, body))
    written = stage.next_answer()
    if callable(written):
        written(connection)
    else:
        connection.sendall(written)


class Tokens:
    """A token source that counts its renewals."""

    def __init__(self, instance_url: str, token: str = TOKEN) -> None:
        self.instance_url = instance_url
        self.token = token
        self.renewed: list[Any] = []

    def current(self) -> Session:
        return Session(access_token=Secret(self.token), instance_url=self.instance_url)

    def renew(self, stale: Any) -> Session:
        self.renewed.append(stale)
        self.token = f"{TOKEN}{len(self.renewed)}"
        return self.current()


@pytest.fixture
def calls() -> list[Call]:
    """What the call hook was told."""
    return []


@pytest.fixture
def tokens(stage: Stage) -> Tokens:
    return Tokens(stage.origin)


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that would have been slept."""
    return []


@pytest.fixture
def transport(
    stage: Stage, calls: list[Call], pauses: list[float]
) -> Iterator[Transport]:
    made = Transport(
        hosts=HostPolicy((stage.netloc,)),
        on_call=calls.append,
        timeouts=Timeouts(connect_s=10, read_s=10, total_s=20),
        retry=Retry(jitter=lambda: 1.0),
        sleep=pauses.append,
    )
    yield made
    made.close()


@pytest.fixture
def client(tokens: Tokens, transport: Transport) -> Iterator[Client]:
    with Client(tokens, transport=transport) as made:
        yield made
