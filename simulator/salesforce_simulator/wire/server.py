"""The threaded server: one org on one loopback port."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from salesforce_simulator.wire.incoming import BadBodyError, read_body
from salesforce_simulator.wire.messages import Delivery, Request, Response


class Application(Protocol):
    """What the server serves: a `SalesforceOrg`."""

    base_url: str
    """Where it is reached; set by `serve` while it runs."""

    def respond(self, request: Request) -> Response:
        """Answer one request, never raising."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sfdcedge"
    sys_version = ""
    timeout = 120
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Note the connection, so that stopping the server ends it."""
        if self.server.tls is not None:
            # Here, in the connection's own thread: a slow client stops no other.
            self.request.settimeout(self.timeout)
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.connections.discard(self.connection)
        with suppress(OSError, ValueError):
            super().finish()
        if self.server.tls is not None:
            self.connection.close()  # the server closes only what it accepted

    def handle_any(self) -> None:
        """Read one request, let the org answer, write the answer."""
        body = self._body()
        if body is None:
            return
        url = urlsplit(self.path) if not self.path.startswith("//") else None
        path = url.path if url else self.path.partition("?")[0]
        request = Request(
            method=self.command,
            path=path,
            query_string=url.query if url else self.path.partition("?")[2],
            headers={name.lower(): value for name, value in self.headers.items()},
            body=body,
            scheme="http" if self.server.tls is None else "https",
        )
        response = self.server.application.respond(request)
        try:
            self._write(response)
        finally:
            for hook in response.after:
                hook()

    def __getattr__(self, name: str) -> Any:
        # The base class looks for do_<METHOD>; all methods go one way.
        if name.startswith("do_"):
            return self.handle_any
        raise AttributeError(name)

    def _body(self) -> bytes | None:
        """The request's body, or None once the request is refused."""
        try:
            return read_body(self.rfile, self.headers)
        except BadBodyError as error:
            self.send_error(error.status)
        except EOFError:  # nobody is there to be answered, and nothing is done
            self.close_connection = True
        return None

    def _write(self, response: Response) -> None:
        delivery = response.delivery or Delivery()
        if delivery.delay:
            time.sleep(delivery.delay)
        if delivery.reset:
            self._reset()
            return
        body = response.body
        if delivery.cut is not None:
            body = body[: delivery.cut]
            self.close_connection = True
        head = self._head(response, announce=self._announced(response, delivery))
        if self.command == "HEAD":
            body = b""
        if response.chunks is not None:
            self._stream(head, response.chunks)
        elif delivery.drip:
            self._drip(head, body, pace=delivery.drip)
        else:
            self.connection.sendall(head + body)

    @staticmethod
    def _announced(response: Response, delivery: Delivery) -> int | None:
        if delivery.cut is not None and not delivery.keep_length:
            return None
        return len(response.body)

    def _head(self, response: Response, *, announce: int | None) -> bytes:
        try:
            phrase = HTTPStatus(response.status).phrase
        except ValueError:
            phrase = "Salesforce Edge"
        lines = [f"HTTP/1.1 {response.status} {phrase}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        if response.chunks is None and self._has_length(response, announce):
            lines.append(f"Content-Length: {announce}")
        if response.chunks is not None:
            lines.append("Transfer-Encoding: chunked")
        elif announce is None or self.close_connection:
            self.close_connection = True
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")

    @staticmethod
    def _has_length(response: Response, announce: int | None) -> bool:
        return announce is not None and response.status not in {204, 304}

    def _stream(self, head: bytes, chunks: Iterable[bytes]) -> None:
        self.connection.sendall(head)
        for chunk in chunks:
            if chunk:
                self.connection.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        self.connection.sendall(b"0\r\n\r\n")

    def _drip(self, head: bytes, body: bytes, *, pace: float) -> None:
        self.connection.sendall(head)
        for start in range(len(body)):
            self.connection.sendall(body[start : start + 1])
            if self.server.stopping.wait(1 / pace):
                return

    def _reset(self) -> None:
        # Linger of zero seconds: close() sends RST instead of FIN.
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def send_error(
        self, code: int, message: str | None = None, explain: str | None = None
    ) -> None:
        """Answer what the parser itself refuses, as Salesforce's edge does."""
        del explain
        name = {414: "URI_TOO_LONG", 431: "REQUEST_HEADER_FIELDS_TOO_LARGE"}
        text = message or HTTPStatus(code).phrase
        value = [{"message": text, "errorCode": name.get(code, "UNKNOWN_EXCEPTION")}]
        response = Response(code, value=value)
        response.encode()
        self.close_connection = True
        self.connection.sendall(
            self._head(response, announce=len(response.body)) + response.body
        )

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is http.server's
        """Keep quiet: the org has its own request log."""


class Server(ThreadingHTTPServer):
    """Serves one application on ``host:port``; port 0 takes a free one."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self,
        application: Application,
        *,
        host: str,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.application = application
        self.tls = tls
        self.ready = threading.Event()
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        if ":" in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the reverse name look-up of the base class."""
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name = str(self.server_address[0])
        self.server_port = int(self.server_address[1])

    @property
    def url(self) -> str:
        """The base URL, without a trailing slash."""
        host = str(self.server_address[0])
        shown = f"[{host}]" if ":" in host else host
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://{shown}:{self.server_address[1]}"

    def service_actions(self) -> None:
        """Say that requests are being taken."""
        self.ready.set()

    def stop(self) -> None:
        """Take no more requests and end the open connections."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        """Take requests until `shutdown`."""
        self.ready.set()
        super().serve_forever(poll_interval)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that went away; that is their right."""


@contextmanager
def serve(
    application: Application,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    stops_within: float = 0.02,
) -> Iterator[str]:
    """Serve in a background thread; gives the base URL and stops at the end.

    ``tls`` is that of an `Authority`; with it the URL is https. The thread looks every
    ``stops_within`` seconds whether it shall stop: let hundreds of orgs look more
    rarely. Raises OSError when the port is taken.
    """
    server = Server(application, host=host, port=port, tls=tls)
    thread = threading.Thread(
        target=server.serve_forever,
        args=(stops_within,),
        name="salesforce-simulator",
        daemon=True,
    )
    thread.start()
    server.ready.wait(5)
    named, application.base_url = application.base_url, server.url
    try:
        yield server.url
    finally:
        application.base_url = named
        server.stop()
        thread.join(5)
