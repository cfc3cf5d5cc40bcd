"""One end for a whole exchange: nothing that arrives slowly lasts beyond it.

A socket's own time-out begins anew with every byte. So an answer is read through a
reader that asks, before each read, how much time the exchange as a whole has left:
for the head, for the body, and for what stands between its chunks.

This uses attributes of ``http.client``, ``urllib3`` and ``requests`` that are no part
of their documented interface; tests/test_leaning.py names the versions.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from sfconnector.salesforce.failures import ANSWER_LOST, no_answer
from sfconnector.texts import gettext_noop as _


class Deadline:
    """A point in time after which an exchange is given up, by the monotonic clock."""

    def __init__(self, seconds: float, *, started: float) -> None:
        self._seconds = seconds
        self._end = started + seconds

    def left(self) -> float:
        """Give the seconds that are left; raise TimeoutError when there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def check(self) -> None:
        """Raise Transient when the time is over."""
        if time.monotonic() > self._end:
            message = _(
                "The answer was not complete after {seconds:g} seconds."
            ).format(seconds=self._seconds)
            raise no_answer(message, code=ANSWER_LOST)

    @contextmanager
    def in_force(self) -> Iterator[None]:
        """Let it hold for the answer to the request that is sent in this block."""
        before = _in_force.set(self)
        try:
            yield
        finally:
            _in_force.reset(before)


_in_force: ContextVar[Deadline] = ContextVar("deadline")
"""The pools are shared by threads, so a connection asks its thread whose it is now."""


class _Reader(io.RawIOBase):
    """Reads a socket, each time for no longer than the exchange has left."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = _in_force.get()
        self._longest = sock.gettimeout() or float("inf")

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(min(self._longest, self._deadline.left()))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        # http.client reads the head, the chunk sizes and the body from ``fp``. It is a
        # buffer over the socket; the buffer is taken off and ours is put on, before
        # the first byte was read.
        unread: Any = self.fp  # a BufferedReader, whatever the stubs call it
        self.fp = io.BufferedReader(_Reader(unread.detach(), sock))


class _Connection(HTTPConnection):
    # http.client makes the answer of a request by this attribute; urllib3 keeps it.
    response_class = _Answer


class _SecureConnection(HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    # urllib3 makes a pool's connections by this attribute.
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class TimedAdapter(HTTPAdapter):
    """Makes connections whose answers end with the deadline in force.

    Behind a SOCKS proxy the body alone does: that proxy has connections of its own.
    """

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **more)
        # urllib3 looks here for the class of a new pool; its default is the module's.
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        """Make the pools of a proxy."""
        manager = super().proxy_manager_for(proxy, **more)
        if not proxy.lower().startswith("socks"):
            # As above. A SOCKS manager has pool classes that speak SOCKS: left alone.
            manager.pool_classes_by_scheme = _POOLS
        return manager
