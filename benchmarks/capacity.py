"""How many processes some orgs need: a simulation with measured service times.

``python -m benchmarks.capacity --orgs 1000 10000 100000``: each org has a round every so
many minutes, spread evenly; a process is busy with one until the org has answered. The
defaults are what ``--suites orgs`` measures; give your own.
"""

from __future__ import annotations

import argparse
import heapq
import random
import statistics
import sys
from typing import NamedTuple

PLANS_PER_CALL = 5
ROUNDS = 20_000
"""Rounds that are looked at per case: what follows repeats them."""


class Found(NamedTuple):
    """What came of one case."""

    processes: int
    busy: float
    """Part of the time for which a process is busy."""
    waits: float
    """Seconds until a process takes a due round, p95."""


def simulate(
    *, rounds_a_second: float, seconds: float, spread: float, processes: int
) -> Found:
    """Let due rounds come evenly and be taken by the first process that is free."""
    chance = random.Random(1)
    free = [0.0] * processes
    waits, worked, at = [], 0.0, 0.0
    for _ in range(ROUNDS):
        at += chance.expovariate(rounds_a_second)
        begins = max(at, heapq.heappop(free))
        takes = seconds * chance.uniform(1 - spread, 1 + spread)
        heapq.heappush(free, begins + takes)
        waits.append(begins - at)
        worked += takes
    return Found(
        processes, worked / (at * processes), statistics.quantiles(waits, n=20)[-1]
    )


def needed(*, rounds_a_second: float, seconds: float, within: float) -> Found:
    """Return the fewest processes with which 95 of 100 rounds begin in time."""
    processes = max(1, int(rounds_a_second * seconds))
    while True:
        found = simulate(
            rounds_a_second=rounds_a_second,
            seconds=seconds,
            spread=0.5,
            processes=processes,
        )
        if found.waits <= within and found.busy < 0.95:
            return found
        processes += max(1, processes // 20)


def main() -> None:
    """Print a line for each number of orgs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.capacity")
    add = parser.add_argument
    add("--orgs", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    add("--plans", type=int, default=10, help="of each org")
    add("--minutes", type=float, default=15, help="between two rounds of an org")
    add("--cpu-ms", type=float, default=4, help="processor time of a plan in its round")
    add("--queries", type=float, default=2.5, help="of a plan in its round")
    add("--call-ms", type=float, default=300, help="until an org has answered a call")
    add("--within", type=float, default=5, help="seconds, p95, until a round begins")
    given = parser.parse_args()
    calls = -(-given.plans // PLANS_PER_CALL)
    seconds = (given.plans * given.cpu_ms + calls * given.call_ms) / 1000
    sys.stdout.write(
        f"{'orgs':>8}{'rounds/s':>10}{'cores':>8}{'processes':>11}{'busy':>7}"
        f"{'wait p95':>10}{'queries/s':>11}{'rows a day':>12}\n"
    )
    for orgs in given.orgs:
        rounds = orgs / (given.minutes * 60)
        found = needed(rounds_a_second=rounds, seconds=seconds, within=given.within)
        cores = rounds * given.plans * given.cpu_ms / 1000
        queries = rounds * given.plans * given.queries
        rows = 86_400 * rounds * (1 + calls)
        sys.stdout.write(
            f"{orgs:>8,}{rounds:>10.1f}{cores:>8.2f}{found.processes:>11,}"
            f"{found.busy:>7.0%}{found.waits:>9.1f}s{queries:>11,.0f}{rows:>12,.0f}\n"
        )


if __name__ == "__main__":
    main()
