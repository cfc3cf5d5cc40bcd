"""A PostgreSQL server of a test's own, to be frozen, ended and broken."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests import services
from tests.journeys.sites import free_port


def programs() -> Path | None:
    """Return the folder of ``initdb`` and ``postgres``, None when there is none."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return folders[-1].parent if folders else None


UNHURRIED = (
    *("-c", "wal_writer_delay=10s", "-c", "wal_writer_flush_after=1GB"),
    *("-c", "wal_buffers=64MB"),
    # Each of these writes the log to the disk on its way, now and then.
    *("-c", "autovacuum=off", "-c", "bgwriter_lru_maxpages=0"),
    *("-c", "checkpoint_timeout=1d"),
)
"""Settings with which commits that do not wait for the disk stay in memory for seconds.

So they are lost in a crash, as they are on a busy machine now and then.
"""


class PostgresqlServer:
    """A server with one empty database, on a port of its own."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.port = free_port()
        self.settings = settings
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        self._data = folder / "data"
        self._as_owner = (
            ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        )

    def start(self) -> None:
        """Make the files of the server and start it."""
        options = ["--username=postgres", "--auth=trust", "--no-sync", "--locale=C"]
        self._run("initdb", *options, "--encoding=UTF8")
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -k ''"
        self._options = " ".join([settings, *self.settings])
        self.begin()

    def begin(self) -> None:
        """Start it with the files that it has."""
        log = str(self._data / "log")
        options = ["--wait", "--log", log, "--options", self._options]
        self._run("pg_ctl", *options, "start")

    def stop(self) -> None:
        """End it at once."""
        self.signal(signal.SIGCONT)
        self._run("pg_ctl", "--mode=immediate", "stop")

    def restart_at_once(self) -> None:
        """End it as a power failure of its machine would, and start it again."""
        self._kill_writers()
        self._run("pg_ctl", "--mode=immediate", "stop")
        self.begin()

    def restore_to_now(self) -> None:
        """End it, and start it again as one that replays its log from a backup."""
        self._run("pg_ctl", "--mode=fast", "stop")
        wish = self._data / "recovery.signal"
        wish.touch()
        shutil.chown(wish, self._data.owner())
        self._options += " -c restore_command=false"
        self.begin()
        # It takes connections before it has replayed all of its log.
        deadline = time.monotonic() + 30
        while self._is_replaying():
            assert time.monotonic() < deadline, "the server replays its log for ever"
            time.sleep(0.02)

    def _is_replaying(self) -> bool:
        with psycopg.connect(self.url) as connection:
            return connection.execute("SELECT pg_is_in_recovery()").fetchone() != (
                False,
            )

    def hold_commits(self) -> None:
        """Freeze what brings commits to the disk that do not wait for it themselves."""
        for pid in self._writers():
            os.kill(pid, signal.SIGSTOP)

    def _writers(self) -> list[int]:
        return [pid for pid in children_of(self._main()) if is_wal_writer(pid)]

    def _kill_writers(self) -> None:
        for pid in self._writers():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_backend(self) -> None:
        """Kill the process of one session with SIGKILL, as a lack of memory does.

        The server then ends every other session and goes back to what is on its disk.
        """
        before = set(children_of(self._main()))
        victim = psycopg.connect(self.url)
        os.kill(victim.info.backend_pid, signal.SIGKILL)
        self._kill_writers()
        victim.close()
        deadline = time.monotonic() + 30
        while before & set(children_of(self._main())):
            assert time.monotonic() < deadline, "the server outlived its session"
            time.sleep(0.02)
        self.wait()

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=3).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (self._data / "log").read_text()
                time.sleep(0.05)
            else:
                return

    def in_memory(self) -> str:
        """Return how much of the log a crash would lose."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            unwritten = connection.execute(
                "SELECT pg_current_wal_insert_lsn() - pg_current_wal_lsn()"
            ).fetchone()
        return f"{unwritten} bytes of the log in memory"

    def _main(self) -> int:
        return int((self._data / "postmaster.pid").read_text().splitlines()[0])

    def signal(self, number: int) -> None:
        """Signal each process of the server: SIGSTOP freezes it as a whole."""
        main = self._main()
        for pid in [main, *children_of(main)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), "--pgdata", str(self._data), *arguments]
        # Output to a file: the server keeps what it inherits open.
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [*self._as_owner, *command],
                check=False,
                cwd="/",
                stdout=said,
                stderr=said,
            )
            said.seek(0)
            assert done.returncode == 0, said.read().decode()


def children_of(parent: int) -> list[int]:
    """Return the processes that a process started.

    Looked up from the children's side: the kernel's own list of a process's children
    leaves some out while another one of them ends (proc(5), ``children``).
    """
    return [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdigit() and _parent_of(path) == parent
    ]


def _parent_of(process: Path) -> int | None:
    try:
        about = (process / "stat").read_text()
    except OSError:  # it has ended
        return None
    state, parent = about.rpartition(")")[2].split()[:2]  # a name may hold a bracket
    return None if state == "Z" else int(parent)


def is_wal_writer(pid: int) -> bool:
    """Tell whether a process of a server is the one that writes its log by and by."""
    try:
        return b"walwriter" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended
        return False


@contextlib.contextmanager
def own_postgresql(*settings: str) -> Iterator[PostgresqlServer]:
    """Serve a PostgreSQL until the block ends."""
    services.require("postgresql_server")
    with tempfile.TemporaryDirectory(prefix="sfconnector-pg-") as folder:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        server = PostgresqlServer(Path(folder), *settings)
        server.start()
        try:
            yield server
        finally:
            server.stop()
