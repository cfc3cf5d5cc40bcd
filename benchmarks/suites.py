"""The suites: which variants run in which order, interleaved and repeated."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from benchmarks.goals import Samples
from benchmarks.places import Databases, pretend_org, run

Say = Callable[[str], None]
FEWEST = 5
"""Repeats of what is aimed at so closely that three would not tell."""
FETCHES = 12
"""Fetches with a view and without, which differ by less than two fetches alike do."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Measurements against one or more pretend orgs and one kind of database."""

    databases: Databases
    orgs: list[dict[str, str]]
    records: int
    many: int
    """Cached records where a large table is looked at."""
    repeats: int
    samples: Samples
    say: Say

    def measure(self, name: str, what: str, url: str, **options: Any) -> dict[str, Any]:
        """Run a variant and keep what it measured under a name."""
        measured = run(what, url, **options)
        self.samples.setdefault(name, []).append(measured)
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

    def warm(self, mode: str) -> None:
        """Read once as everybody will, so that the pretend org has its answers ready."""
        with self.database() as url:
            run("warm", url, mode=mode)


def _login(org: dict[str, str]) -> dict[str, str]:
    return {k: org[k] for k in ("base_url", "consumer_key", "consumer_secret")}


@contextmanager
def pretend_orgs(
    number: int, *, records: int, latency_ms: float = 0.0
) -> Iterator[list[dict[str, str]]]:
    """Run pretend orgs that answer from memory, each in a process of its own."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                pretend_org(
                    "--name",
                    f"Bench {one}",
                    "--records",
                    str(records),
                    "--latency-ms",
                    str(latency_ms),
                )
            )
            for one in range(number)
        ]


def rest(suite: Suite) -> None:
    """Full passes, the first and one that finds nothing new, the peer and the floors."""
    suite.warm("rest")
    for _ in range(suite.repeats):
        with suite.database() as url:
            suite.measure("read the bytes", "bytes", url)
            suite.measure("write ready rows", "write", url)
        with suite.database() as url:
            suite.measure("full", "sync", url, mode="rest", full=True)
            suite.measure("full, nothing changed", "sync", url, mode="rest", full=True)
            suite.measure("nothing new", "sync", url, mode="rest", full=False)
        with suite.database() as url:
            suite.measure("peer, full", "peer", url, mode="rest")
            suite.measure("peer, full again", "peer", url, mode="rest")


def changed(suite: Suite) -> None:
    """Full passes after a hundredth of the records changed, spread over all pages."""
    with suite.database() as url:
        run("sync", url, mode="rest", full=True)
        for repeat in range(suite.repeats):
            number = max(suite.records // 100, 1)
            done = run("change", url, number=number, text=f"Site {repeat}")
            run("bytes", url)
            one = suite.measure(
                "full, 1 % changed", "sync", url, mode="rest", full=True
            )
            one["changed"] = done["result"]


def bulk(suite: Suite) -> None:
    """Full passes by Bulk 2.0 beside the peer's."""
    suite.warm("bulk")
    for _ in range(suite.repeats):
        with suite.database() as url:
            suite.measure("bulk, full", "sync", url, mode="bulk", full=True)
        with suite.database() as url:
            suite.measure("peer, bulk", "peer", url, mode="bulk")


def fewer(suite: Suite) -> None:
    """Full passes over a quarter of the records, for the memory they take."""
    for mode, name in (("rest", "a quarter"), ("bulk", "bulk, a quarter")):
        with suite.database() as url:
            suite.measure(name, "sync", url, mode=mode, full=True)


def latency(suite: Suite) -> None:
    """A full pass where each request takes its time."""
    suite.warm("rest")
    for _ in range(suite.repeats):
        with suite.database() as url:
            suite.measure("150 ms: read the bytes", "bytes", url)
            suite.measure("150 ms: full", "sync", url, mode="rest", full=True)


def many(suite: Suite) -> None:
    """Eight orgs, one after another and together."""
    with suite.database() as url:
        for number in range(len(suite.orgs)):
            run("warm", url, alias=f"org{number + 1}", mode="rest")
    for _ in range(suite.repeats):
        for threads, name in ((1, "one after another"), (8, "together")):
            with suite.database() as url:
                suite.measure(f"8 orgs: {name}", "sync_many", url, threads=threads)


def typed(suite: Suite) -> None:
    """Generated models beside a table by hand, and fetches with and without a view."""
    if suite.databases.kind != "postgresql":
        return
    url = suite.databases.fresh()
    try:
        run("typed_seed", url, records=suite.many)
        suite.say(f"{suite.many:,} records are there to be read")
        measured = run(
            "typed", url, records=suite.many, repeats=max(suite.repeats, FEWEST)
        )
    finally:
        suite.databases.drop(url)
    for name, found in measured["found"].items():
        peak = measured["peak_mb"]
        samples = [{"seconds": seconds, "peak_mb": peak} for seconds in found]
        suite.samples.setdefault(name, []).extend(samples)
    suite.warm("rest")
    for repeat in range(FETCHES):
        names = ("fetch without a view", "fetch with a view")
        for name in names if repeat % 2 else reversed(names):
            with suite.database() as url:
                if name == "fetch with a view":
                    run("view", url)
                suite.measure(name, "sync", url, mode="rest", full=True)


SUITES: dict[str, Callable[[Suite], None]] = {
    "rest": rest,
    "bulk": bulk,
    "changed": changed,
    "memory": fewer,
    "latency": latency,
    "many": many,
    "typed": typed,
}
