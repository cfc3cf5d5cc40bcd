"""A site that runs: Redis, two workers and beat as real processes, and what they take.

Processor time is told twice: by the machine, whose idle share counts what PostgreSQL does
as well, and by the site's own processes, which a machine that others use does not change.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from benchmarks.places import environment
from tests.environment import ROOT
from tests.faults.redis_server import RedisServer

WORKERS = 2
TICKS = 100
"""Clock ticks of the kernel a second."""
CELERY = (sys.executable, "-m", "celery", "-A", "project")
QUIET = ("--loglevel", "WARNING")


class Spent(NamedTuple):
    """Processor seconds up to a moment."""

    at: float
    machine_idle: float
    machine: float
    site: float
    answers: float
    """Of the pretend orgs."""
    bench: float
    """Of this process, which looks on."""


class Site:
    """One that runs against a database."""

    def __init__(self, database_url: str, folder: Path, *, slots: int) -> None:
        self._folder = folder
        self._redis = RedisServer(folder)
        self._redis.start()
        self.database_url = database_url
        env = environment(database_url) | {
            "CELERY_BROKER_URL": self._redis.url,
            "SFCONNECTOR_ROUNDS": "true",
        }
        alone = ("--without-gossip", "--without-mingle")
        self.workers = [
            self._start(
                *(*CELERY, "worker", *QUIET, *alone, "-c", str(slots)),
                *("-n", f"bench{number}@%h"),
                env=env,
            )
            for number in range(WORKERS)
        ]
        schedule = str(folder / "schedule")
        self.beat = self._start(
            *CELERY, "beat", *QUIET, "--pidfile=", "--schedule", schedule, env=env
        )

    def _start(self, *command: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
        with (self._folder / "site.log").open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def end(self) -> None:
        """Kill every process."""
        for one in [*self.workers, self.beat]:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
            one.wait()
        self._redis.stop()

    def spent(self, answers_pid: int) -> Spent:
        """Return the processor time that was spent so far."""
        groups = {one.pid for one in [*self.workers, self.beat]}
        stats = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        numbers = [int(one) / TICKS for one in stats]
        site = sum(taken for pid, taken in _processes() if os.getpgid(pid) in groups)
        return Spent(
            at=time.monotonic(),
            machine_idle=numbers[3] + numbers[4],
            machine=sum(numbers),
            site=site + self._of_redis(),
            answers=_taken(answers_pid),
            bench=time.process_time(),
        )

    def _of_redis(self) -> float:
        import redis

        with redis.Redis.from_url(self._redis.url) as client:
            told = client.info("cpu")
        return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])

    def peak_mb(self) -> float:
        """Return the most memory that a process of a worker's pool ever held."""
        groups = {one.pid for one in self.workers}
        peaks = [
            _peak(pid)
            for pid, _ in _processes()
            if os.getpgid(pid) in groups and pid not in groups
        ]
        return max(peaks, default=0.0)

    def said(self) -> str:
        """Return the end of what its processes wrote."""
        return (self._folder / "site.log").read_text(errors="replace")[-3_000:]


@contextmanager
def running(database_url: str, *, slots: int) -> Iterator[Site]:
    """Run a site whose two workers have so many processes each, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(database_url, Path(folder), slots=slots)
        try:
            yield site
        finally:
            site.end()


@contextmanager
def dead_address() -> Iterator[str]:
    """Give an address of which connections are never answered: they time out.

    It is a listener whose queue is full: the kernel drops what else knocks.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
            waiting.append(one)
        time.sleep(0.2)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for one in waiting:
                one.close()


def _processes() -> Iterator[tuple[int, float]]:
    """Yield the number and the processor seconds of every process."""
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                os.getpgid(int(path.name))
                taken = _taken(int(path.name))
            except (OSError, ValueError):  # it has just ended
                continue
            yield int(path.name), taken


def _taken(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / TICKS


def _peak(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    told = [int(one.split()[1]) for one in lines if one.startswith("VmHWM")]
    return told[0] / 1024 if told else 0.0
