"""A PgBouncer of a test's own, which gives a session for each transaction anew."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests import services
from tests.faults.postgresql_server import PostgresqlServer
from tests.journeys.sites import free_port

SETTINGS = """
[databases]
* = host=127.0.0.1 port={server} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = postgres
pool_mode = transaction
default_pool_size = 10
server_login_retry = 1
logfile = {folder}/log
pidfile = {folder}/pid
"""


def program() -> str | None:
    """Return the path of PgBouncer, None when there is none."""
    found = shutil.which("pgbouncer")
    usual = Path("/usr/sbin/pgbouncer")
    return found or (str(usual) if usual.exists() else None)


class Pooler:
    """Stands between the app and a server; the app's sessions live in it alone."""

    def __init__(self, server: PostgresqlServer, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            SETTINGS.format(server=server.port, port=self.port, folder=folder)
        )
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_owner, str(program()), "--quiet", "--daemon", str(settings)]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let whoever asks for something wait, once what is open has ended."""
        url = f"postgres://postgres@127.0.0.1:{self.port}/pgbouncer"
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as admin:
            cursor = psycopg.ClientCursor(admin)
            cursor.execute("PAUSE")
            yield
            cursor.execute("RESUME")

    def stop(self) -> None:
        """End it at once."""
        os.kill(int((self._folder / "pid").read_text()), signal.SIGKILL)


@contextlib.contextmanager
def own_pooler(server: PostgresqlServer) -> Iterator[Pooler]:
    """Stand before a server until the block ends."""
    services.require("pooler")
    with tempfile.TemporaryDirectory(prefix="sfconnector-pool-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        pooler = Pooler(server, Path(folder))
        try:
            yield pooler
        finally:
            pooler.stop()
