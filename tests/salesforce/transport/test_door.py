"""The door to HTTP against a real server that misbehaves in every known way."""

from __future__ import annotations

import gzip
import logging
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from sfconnector.exceptions import (
    Corrupt,
    HostRefused,
    InvalidRequest,
    SFConnectorError,
    Transient,
)
from sfconnector.salesforce import Call, HostPolicy, LimitInfo, Retry
from sfconnector.salesforce.transport import ONCE, Request, Transport
from sfconnector.secret import Secret
from tests.salesforce.conftest import (
    JSON,
    TOKEN,
    Stage,
    answer,
    bare,
    refusal,
)

PATH = "/services/data/v66.0/query"
GET = Request(method="GET", path=PATH)
RECORDS = b'{"records": [' + b",".join([b'{"Id": "x"}'] * 2_000) + b"]}"


def send(transport: Transport, stage: Stage, request: Request = GET, **more: object):
    return transport.send(request, origin=stage.origin, token=Secret(TOKEN), **more)


def test_the_token_is_put_on_and_the_answer_comes_back(
    transport: Transport, stage: Stage
) -> None:
    stage.puts(answer(200, {"a": 1}, headers={"X-Sfdc-Request-Id": "r1"}))
    got = send(transport, stage)
    assert (got.status, got.json(dict), got.request_id) == (200, {"a": 1}, "r1")
    seen = stage.seen[0]
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"
    assert seen.headers["accept-encoding"] == "gzip"
    assert (seen.method, seen.target) == ("GET", PATH)


def test_query_parameters_are_encoded(transport: Transport, stage: Stage) -> None:
    stage.puts(answer(200, {}))
    request = Request(method="GET", path=PATH, params={"q": "a+b = 'é & c'"})
    send(transport, stage, request)
    assert stage.seen[0].target == f"{PATH}?q=a%2Bb+%3D+%27%C3%A9+%26+c%27"


@pytest.mark.parametrize(
    "path",
    ["//127.0.0.1/services/", "@127.0.0.1/services/", "/secur/x", "http://x/services/",
     "/services/../x"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_refused_before_anything_is_sent(
    path: str, transport: Transport, stage: Stage
) -> None:
    with pytest.raises(HostRefused):
        send(transport, stage, Request(method="GET", path=path))
    assert stage.seen == []


def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else(
    transport: Transport, stage: Stage, stage_elsewhere: Stage
) -> None:
    stage_elsewhere.puts(answer(200, {}))
    for status in (301, 302, 303, 307, 308):
        stage.script = [
            answer(status, headers={"Location": f"{stage_elsewhere.origin}{PATH}"})
        ]
        got = send(transport, stage)
        assert isinstance(got.error, InvalidRequest)
    assert stage_elsewhere.seen == []


def test_no_cookie_is_kept(transport: Transport, stage: Stage) -> None:
    stage.puts(answer(200, {}, headers={"Set-Cookie": "BrowserId=x; Path=/"}))
    send(transport, stage)
    send(transport, stage)
    assert "cookie" not in stage.seen[1].headers


def test_a_netrc_never_takes_part(
    transport: Transport,
    stage: Stage,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login mallory password wrong\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    stage.puts(answer(200, {}))
    send(transport, stage)
    transport.send(GET, origin=stage.origin)
    assert stage.seen[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert "authorization" not in stage.seen[1].headers


def test_a_proxy_of_the_environment_is_not_asked_for_loopback(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    stage.puts(answer(200, {}))
    transport = Transport(hosts=HostPolicy(("127.0.0.1",)))
    assert send(transport, stage).status == 200
    transport.close()


def test_a_header_with_a_line_break_is_refused(
    transport: Transport, stage: Stage
) -> None:
    request = Request(method="GET", path=PATH, headers={"X": "a\r\nAuthorization: b"})
    with pytest.raises(HostRefused, match="not allowed"):
        send(transport, stage, request)


def test_gzip_comes_through_whole(transport: Transport, stage: Stage) -> None:
    stage.puts(answer(200, RECORDS, zipped=True))
    assert len(send(transport, stage).json(dict)["records"]) == 2_000


ZIPPED = gzip.compress(RECORDS)
CHUNKED = (
    f"HTTP/1.1 200 OK\r\nContent-Type: {JSON}\r\nConnection: close\r\n"
    "Transfer-Encoding: chunked\r\n\r\n"
).encode()
"""The stage hangs up after each answer; it says so, or a client may try once more."""
BROKEN = {
    "cut gzip with a right length": (
        answer(200, ZIPPED[:-50], headers={"Content-Encoding": "gzip"}),
        Corrupt,
    ),
    "cut gzip in chunks": (
        CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
        + b"%x\r\n" % 100 + ZIPPED[:100] + b"\r\n0\r\n\r\n",
        Corrupt,
    ),
    "cut gzip that ends with the connection": (
        bare(ZIPPED[:-50], headers="Content-Encoding: gzip\r\n"),
        Corrupt,
    ),
    "length that is not reached": (answer(200, RECORDS, length=99_999), Transient),
    "chunk that is cut": (CHUNKED + b"ff\r\nabc", Transient),
    "chunks without an end": (CHUNKED + b"3\r\nabc\r\n", Transient),
    "chunk size that is no number": (CHUNKED + b"zz\r\nabc\r\n", Transient),
    "no answer at all": (b"", Transient),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-", Transient),
    "no HTTP": (b"SSH-2.0-OpenSSH\r\n\r\n", Transient),
    "an encoding nobody asked for": (
        answer(200, b"x", headers={"Content-Encoding": "br"}),
        Corrupt,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_is_not_whole_is_never_a_success(
    name: str, transport: Transport, stage: Stage, pauses: list[float]
) -> None:
    written, kind = BROKEN[name]
    stage.puts(written)
    with pytest.raises(kind):
        send(transport, stage)
    assert len(stage.seen) == 5
    assert pauses == [1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_fetched_again(
    name: str, transport: Transport, stage: Stage
) -> None:
    stage.puts(BROKEN[name][0], answer(200, RECORDS))
    assert len(send(transport, stage).json(dict)["records"]) == 2_000


def test_a_body_cut_where_only_the_json_can_tell_is_corrupt(
    transport: Transport, stage: Stage
) -> None:
    stage.puts(bare(RECORDS[:-100]))
    with pytest.raises(Corrupt, match="not valid JSON"):
        send(transport, stage).json(dict)


def test_a_bomb_is_refused(transport: Transport, stage: Stage) -> None:
    stage.puts(answer(200, bytes(20_000_000), zipped=True))
    request = Request(method="GET", path=PATH, maximum_bytes=1_000_000)
    with pytest.raises(Corrupt, match="larger than"):
        send(transport, stage, request, retry=ONCE)


def test_a_closed_port_says_that_nothing_was_sent(calls: list[Call]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    transport = Transport(hosts=HostPolicy(("127.0.0.1",)), on_call=calls.append)
    with pytest.raises(Transient, match="could not be reached") as caught:
        transport.send(GET, origin=f"http://127.0.0.1:{port}", retry=ONCE)
    transport.close()
    assert caught.value.code == "not_sent"
    assert (calls[0].status, calls[0].error_code) == (None, "not_sent")


def test_a_refusal_is_in_the_answer(transport: Transport, stage: Stage) -> None:
    stage.puts(refusal(400, "INVALID_FIELD", "No such column"))
    got = send(transport, stage)
    assert isinstance(got.error, InvalidRequest)
    with pytest.raises(InvalidRequest, match="No such column"):
        got.checked()


def test_a_server_that_recovers_is_waited_for(
    transport: Transport, stage: Stage, pauses: list[float]
) -> None:
    busy = refusal(503, "SERVER_UNAVAILABLE", "Server too busy")
    stage.puts(busy, busy, answer(200, {}))
    assert send(transport, stage).status == 200
    assert pauses == [1.0, 2.0]


def test_retry_after_is_honoured(
    transport: Transport, stage: Stage, pauses: list[float]
) -> None:
    stage.puts(answer(503, headers={"Retry-After": "7"}), answer(200, {}))
    assert send(transport, stage).status == 200
    assert pauses == [pytest.approx(7.0, abs=0.5)]


def test_a_long_retry_after_is_left_to_the_caller(
    transport: Transport, stage: Stage, pauses: list[float]
) -> None:
    stage.puts(answer(503, headers={"Retry-After": "3600"}))
    got = send(transport, stage)
    assert isinstance(got.error, Transient)
    assert got.error.retry_at is not None
    assert pauses == []


def test_a_write_is_sent_once(transport: Transport, stage: Stage) -> None:
    stage.puts(answer(503))
    got = send(transport, stage, Request(method="POST", path=PATH, json={"a": 1}))
    assert isinstance(got.error, Transient)
    assert len(stage.seen) == 1
    assert stage.seen[0].body == b'{"a": 1}'
    assert stage.seen[0].headers["content-type"].startswith("application/json")


def test_every_exchange_is_reported_without_secrets(
    transport: Transport, stage: Stage, calls: list[Call]
) -> None:
    headers = {"Sforce-Limit-Info": "api-usage=18/5000", "X-Sfdc-Request-Id": "r9"}
    stage.puts(answer(503), answer(200, {"a": 1}, headers=headers))
    params = {"q": "SELECT Id FROM Lead WHERE Email = 'canary@x.example'"}
    send(transport, stage, Request(method="get", path=PATH, params=params))
    first, second = calls
    assert (first.status, first.error_code) == (503, "Transient")
    assert (second.method, second.status, second.request_id) == ("GET", 200, "r9")
    assert second.limit == LimitInfo(used=18, maximum=5000)
    assert second.response_bytes == len(b'{"a": 1}')
    assert second.duration_ms >= 0
    assert second.at.tzinfo is not None
    assert "canary" not in repr(calls)


def test_a_hook_that_fails_loses_no_answer(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(call: Call) -> None:
        message = "the database is gone"
        raise RuntimeError(message)

    stage.puts(answer(200, {"a": 1}))
    transport = Transport(hosts=HostPolicy(("127.0.0.1",)), on_call=fail)
    assert send(transport, stage).json(dict) == {"a": 1}
    transport.close()
    assert "The call hook failed" in caplog.text


def test_a_stream_gives_the_body_piece_by_piece(
    transport: Transport, stage: Stage, calls: list[Call]
) -> None:
    stage.puts(answer(200, RECORDS, zipped=True, headers={"Sforce-Locator": "null"}))
    with transport.stream(GET, origin=stage.origin) as stream:
        assert stream.headers["sforce-locator"] == "null"
        assert b"".join(stream.pieces) == RECORDS
    assert len(calls) == 1


def test_a_stream_raises_a_refusal(transport: Transport, stage: Stage) -> None:
    stage.puts(refusal(404, "NOT_FOUND", "The requested resource does not exist"))
    with (
        pytest.raises(SFConnectorError, match="NOT_FOUND"),
        transport.stream(GET, origin=stage.origin),
    ):
        pass
    assert stage.seen


def test_a_stream_that_is_cut_is_corrupt(transport: Transport, stage: Stage) -> None:
    stage.puts(answer(200, ZIPPED[:-50], headers={"Content-Encoding": "gzip"}))
    with (
        transport.stream(GET, origin=stage.origin) as stream,
        pytest.raises(Corrupt),
    ):
        b"".join(stream.pieces)


def test_a_debug_log_shows_no_token(
    transport: Transport, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage.puts(answer(200, {}))
    send(transport, stage)
    assert "127.0.0.1" in caplog.text
    assert TOKEN not in caplog.text


def test_connections_are_pooled(many: Callable[[], int], calls: list[Call]) -> None:
    assert many() == 1


@pytest.fixture
def many(calls: list[Call]) -> Callable[[], int]:
    """Send ten requests to a server that keeps connections; count those opened."""
    listener = socket.create_server(("127.0.0.1", 0))
    opened: list[socket.socket] = []

    def serve() -> None:
        connection, _ = listener.accept()
        opened.append(connection)
        with connection, connection.makefile("rb") as reader:
            for _ in range(10):
                while reader.readline().strip():
                    pass
                connection.sendall(
                    answer(200, RECORDS, zipped=True, headers={"Connection": "x"})
                )

    def run() -> int:
        import threading

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        transport = Transport(hosts=HostPolicy(("127.0.0.1",)), retry=Retry(attempts=1))
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        for _ in range(10):
            assert transport.send(GET, origin=origin).content == RECORDS
        transport.close()
        thread.join(timeout=5)
        listener.close()
        return len(opened)

    return run
