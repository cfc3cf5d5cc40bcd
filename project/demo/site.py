"""Serves this project in the current process, with its embedded worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

from project import ports
from sfconnector import embedded


class QuietHandler(WSGIRequestHandler):
    """Serves without a line per request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is http.server's
        """Say nothing; the admin shows what matters."""


def bound(port: int) -> ThreadedWSGIServer:
    """Take the port, so that a taken one is found before anything is done."""
    try:
        return ThreadedWSGIServer((ports.HOST, port), QuietHandler)
    except (OSError, OverflowError) as error:
        reason = ports.fault(port) or str(error)
        raise CommandError(ports.refusal(port, reason, target="demo")) from error


@contextmanager
def serving(server: ThreadedWSGIServer) -> Iterator[str]:
    """Serve the site and run its worker until the block ends; yields its URL."""
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, name="site", daemon=True)
    thread.start()
    embedded.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        embedded.stop()
        server.shutdown()
        server.server_close()
