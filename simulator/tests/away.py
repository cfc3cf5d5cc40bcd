"""Leads a program that insists on Salesforce's own hosts to a pretend org.

Such programs go to ``login.salesforce.com`` and ``*.my.salesforce.com`` by https. The
programs are unmodified; a proxy, named in their environment, stands for the lines in
``/etc/hosts`` that a person writes.
"""

from __future__ import annotations

import os
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from salesforce_simulator import SalesforceOrg, serve
from salesforce_simulator.wire.tls import Authority

MY_DOMAIN, LOGIN = "acme.my.salesforce.com", "login.salesforce.com"


class _Tunnel(socketserver.StreamRequestHandler):
    """One CONNECT: whatever the host, the bytes go to the org."""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(self.server.org) as org:
            there = threading.Thread(target=_pour, args=(self.connection, org))
            there.start()
            _pour(org, self.connection)
            there.join(10)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class _Proxy(socketserver.ThreadingTCPServer):
    daemon_threads = True
    org: tuple[str, int]


@dataclass
class Stage:
    """A pretend org that answers for Salesforce's hosts."""

    org: SalesforceOrg
    environment: dict[str, str]
    """What a program is started with."""


@contextmanager
def salesforce_hosts(folder: Path, **options) -> Iterator[Stage]:
    """An org behind Salesforce's names; ``options`` are those of `SalesforceOrg`."""
    org = SalesforceOrg("Acme", **options)
    org.login_hosts |= {LOGIN}
    authority = Authority(folder)
    tls = authority.context(names={MY_DOMAIN, LOGIN, "127.0.0.1"})
    with serve(org, tls=tls) as url, _Proxy(("127.0.0.1", 0), _Tunnel) as proxy:
        org.base_url = f"https://{MY_DOMAIN}"
        proxy.org = ("127.0.0.1", int(url.rpartition(":")[2]))
        thread = threading.Thread(target=proxy.serve_forever, daemon=True)
        thread.start()
        trusted = str(authority.certificate)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "HTTPS_PROXY": f"http://127.0.0.1:{proxy.server_address[1]}",
            "REQUESTS_CA_BUNDLE": trusted,
            "SSL_CERT_FILE": trusted,
        }
        try:
            yield Stage(org, environment)
        finally:
            proxy.shutdown()
            thread.join(5)
