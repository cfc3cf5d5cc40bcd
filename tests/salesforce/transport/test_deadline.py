"""However an answer drips or falls silent, the exchange as a whole has an end (F37)."""

from __future__ import annotations

import socket
import time

import pytest

from sfconnector.exceptions import Transient
from sfconnector.salesforce.transport import ONCE, Request, Timeouts, Transport
from sfconnector.secret import Secret
from tests.salesforce.conftest import TOKEN, Stage, answer, drips

PATH = "/services/data/v66.0/query"


def send(transport: Transport, stage: Stage, request: Request) -> None:
    transport.send(request, origin=stage.origin, token=Secret(TOKEN), retry=ONCE)


def test_an_answer_that_drips_is_given_up_in_time(
    transport: Transport, stage: Stage
) -> None:
    stage.puts(drips(answer(200, length=1_000), pieces=200, pause=0.05))
    request = Request(
        method="GET", path=PATH, timeouts=Timeouts(read_s=2.0, total_s=0.5)
    )
    began = time.monotonic()
    with pytest.raises(Transient, match=r"not complete after 0\.5 seconds") as caught:
        send(transport, stage, request)
    assert time.monotonic() - began < 5, "it would have taken ten seconds"
    assert caught.value.code == "answer_lost"


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"HTTP/1.1 200 O", b"K\r\nContent-Length: 2\r\n\r\n{}"),
        (b"HTTP/1.1 200 OK\r\nX-Slow:", b"\r\nContent-Length: 2\r\n\r\n{}"),
        (CHUNKED + b"2;", b"\r\n{}\r\n0\r\n\r\n"),
        (CHUNKED + b"2\r\n{}\r\n0\r\nX-Slow:", b"\r\n\r\n"),
    ],
    ids=["status", "header", "chunk size", "trailer"],
)
def test_f37_what_drips_outside_of_the_body_is_given_up_as_well(
    transport: Transport, stage: Stage, before: bytes, after: bytes
) -> None:
    drip, finished = drips(before, pieces=30, pause=0.05), []

    def write(connection: socket.socket) -> None:
        drip(connection)
        finished.append(connection.send(after))

    stage.puts(write, answer(200, {}))
    request = Request(
        method="GET", path=PATH, timeouts=Timeouts(read_s=1.0, total_s=0.5)
    )
    with pytest.raises(Transient) as caught:
        send(transport, stage, request)
    assert caught.value.code == "answer_lost"
    send(transport, stage, Request(method="GET", path=PATH))
    assert finished == [], "the server was hung up on before it came to its end"


def test_silence_is_given_up_in_time(transport: Transport, stage: Stage) -> None:
    stage.puts(lambda connection: time.sleep(1.0))
    request = Request(method="GET", path=PATH, timeouts=Timeouts(read_s=0.2))
    with pytest.raises(Transient, match="did not answer in time") as caught:
        send(transport, stage, request)
    assert caught.value.code == "answer_lost"


def test_a_silence_within_the_body_is_given_up(
    transport: Transport, stage: Stage
) -> None:
    stage.puts(drips(answer(200, length=1_000), pieces=1, pause=1.0))
    request = Request(method="GET", path=PATH, timeouts=Timeouts(read_s=0.2))
    with pytest.raises(Transient, match="stopped sending"):
        send(transport, stage, request)
