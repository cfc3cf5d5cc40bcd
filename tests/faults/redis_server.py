"""A Redis server of a test's own, to be ended and started again."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from tests import services
from tests.journeys.sites import free_port


class RedisServer:
    """A server that keeps nothing, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            [
                "redis-server",
                "--port",
                str(self.port),
                "--save",
                "",
                "--bind",
                "127.0.0.1",
            ],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
        )
        with redis.Redis.from_url(self.url) as client:
            for _ in range(100):
                with contextlib.suppress(redis.ConnectionError):
                    client.ping()
                    return
                time.sleep(0.05)
        raise AssertionError("The test's Redis did not start.")

    def restart(self) -> None:
        """Be away for a moment; nothing that was in it is there afterwards."""
        self.stop()
        time.sleep(0.3)
        self.start()

    def stop(self) -> None:
        """End it as a machine that is shut down does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None


@contextlib.contextmanager
def own_redis(folder: Path) -> Iterator[RedisServer]:
    """Serve a Redis until the block ends."""
    services.require("redis_server")
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
