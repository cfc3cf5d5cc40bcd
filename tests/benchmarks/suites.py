"""The suites: which variants run in which order, interleaved and repeated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sfconnector.testing.orgs import org_process
from tests.benchmarks.places import Databases, run

Samples = dict[str, list[dict[str, Any]]]
Say = Callable[[str], None]


class Suite:
    """Measurements against one or more pretend orgs and one kind of database."""

    def __init__(self, made: Databases, orgs: list[dict[str, str]], say: Say) -> None:
        self.databases = made
        self.orgs = orgs
        self.say = say
        self.samples: Samples = defaultdict(list)

    def measure(self, name: str, what: str, url: str, **options: Any) -> dict[str, Any]:
        """Run a variant and keep what it measured under a name."""
        measured = run(what, url, **options)
        self.samples[name].append(measured)
        seconds = measured.get("seconds", 0.0)
        self.say(f"{self.databases.kind}: {name} {seconds:.2f} s")
        return measured

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give a fresh database that is connected to the orgs."""
        url = self.databases.fresh()
        try:
            for number, org in enumerate(self.orgs, 1):
                run("connect", url, alias=f"org{number}", **_login(org))
            yield url
        finally:
            self.databases.drop(url)

    def warm(self, *modes: str) -> None:
        """Read once in each way, so that the pretend org has its pages ready."""
        with self.database() as url:
            run("bytes", url)
            for mode in modes:
                run("peer", url, mode=mode)


def _login(org: dict[str, str]) -> dict[str, str]:
    return {k: org[k] for k in ("base_url", "consumer_key", "consumer_secret")}


@contextmanager
def pretend_orgs(
    number: int, *, records: int, latency_ms: float = 0.0
) -> Iterator[list[dict[str, str]]]:
    """Run pretend orgs, each in a process of its own."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                org_process(
                    "--org",
                    f"Bench {one}",
                    "--records",
                    f"Account={records}",
                    "--latency-ms",
                    str(latency_ms),
                    "--api-limit",
                    "10000000",
                )
            )
            for one in range(number)
        ]


def rest(suite: Suite, *, repeats: int, records: int) -> None:
    """Full passes, repeated, changed and incremental, beside the peer and floors."""
    suite.warm("rest")
    for repeat in range(repeats):
        with suite.database() as url:
            suite.measure("read the bytes", "bytes", url)
            suite.measure("write ready rows", "write", url)
        with suite.database() as url:
            suite.measure("full", "sync", url, mode="rest", full=True)
            suite.measure("full, nothing changed", "sync", url, mode="rest", full=True)
            suite.measure("nothing new", "sync", url, mode="rest", full=False)
            run("change", url, number=max(records // 100, 1), text=f"Site {repeat}")
            run("bytes", url)
            suite.measure("full, 1 % changed", "sync", url, mode="rest", full=True)
        suite.warm("rest")
        with suite.database() as url:
            suite.measure("peer, full", "peer", url, mode="rest")
            suite.measure("peer, full again", "peer", url, mode="rest")


def bulk(suite: Suite, *, repeats: int) -> None:
    """Full passes by Bulk 2.0 beside the peer's."""
    for _ in range(repeats):
        with suite.database() as url:
            suite.measure("bulk, full", "sync", url, mode="bulk", full=True)
        with suite.database() as url:
            suite.measure("peer, bulk", "peer", url, mode="bulk")


def latency(suite: Suite, *, repeats: int) -> None:
    """A full pass where each request takes its time."""
    suite.warm()
    for _ in range(repeats):
        with suite.database() as url:
            suite.measure("150 ms: read the bytes", "bytes", url)
            suite.measure("150 ms: full", "sync", url, mode="rest", full=True)


def many(suite: Suite, *, repeats: int) -> None:
    """Eight orgs, one after another and together."""
    for _ in range(repeats):
        for threads, name in ((1, "one after another"), (8, "together")):
            with suite.database() as url:
                suite.measure(f"8 orgs: {name}", "sync_many", url, threads=threads)
