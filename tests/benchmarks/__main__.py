"""``python -m tests.benchmarks``: run the suites, print ratios, keep JSON."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
from pathlib import Path
from typing import Any

from tests.benchmarks import pages, suites
from tests.benchmarks.places import databases
from tests.benchmarks.suites import Samples, Suite, pretend_orgs

RATIOS = (
    ("full against the peer", "peer, full", "full", ">= 9 / >= 5"),
    ("full against ready rows", "full", "write ready rows", "<= 1.15 / <= 1.35"),
    (
        "nothing changed against the bytes",
        "full, nothing changed",
        "read the bytes",
        "<= 1.25",
    ),
    (
        "nothing changed against the peer",
        "peer, full again",
        "full, nothing changed",
        ">= 35 / >= 15",
    ),
    ("nothing changed against own full", "full, nothing changed", "full", "<= 0.35"),
    ("1 % changed against own full", "full, 1 % changed", "full", "<= 0.9"),
    ("bulk against the peer's", "peer, bulk", "bulk, full", ">= 8 / >= 3"),
    (
        "150 ms: full against the bytes",
        "150 ms: full",
        "150 ms: read the bytes",
        "<= 1.10",
    ),
    (
        "8 orgs: one after another against together",
        "8 orgs: one after another",
        "8 orgs: together",
        ">= 3",
    ),
)
"""(what, numerator, denominator, goal on PostgreSQL / SQLite)"""


def main() -> int:
    """Measure what the options ask for."""
    options = _options()
    say = _say if sys.stderr.isatty() or options.verbose else lambda _text: None
    results: dict[str, Samples] = {}
    kinds = options.databases.split(",")
    for kind in kinds:
        results[kind] = _measure(kind, options, say)
    text = report(results, records=options.records) if any(results.values()) else ""
    found = _pages(kinds, options, say)
    sys.stdout.write(text + pages.report(found, records=options.page_records))
    if options.json:
        told = {**_as_json(results, options), "pages": pages.as_json(found)}
        Path(options.json).write_text(json.dumps(told, indent=2))
    return 0


def _measure(kind: str, options: argparse.Namespace, say: suites.Say) -> Samples:
    samples: Samples = {}
    chosen = options.suites.split(",")
    with databases(kind) as made:
        if {"rest", "bulk"} & set(chosen):
            with pretend_orgs(1, records=options.records) as orgs:
                suite = Suite(made, orgs, say)
                if "rest" in chosen:
                    suites.rest(suite, repeats=options.repeats, records=options.records)
                if "bulk" in chosen:
                    suites.bulk(suite, repeats=options.repeats)
                samples |= suite.samples
        if "latency" in chosen:
            fewer = min(options.records, 50_000)
            with pretend_orgs(1, records=fewer, latency_ms=150) as orgs:
                suite = Suite(made, orgs, say)
                suites.latency(suite, repeats=options.repeats)
                samples |= suite.samples
        if "many" in chosen:
            with pretend_orgs(8, records=10_000, latency_ms=100) as orgs:
                suite = Suite(made, orgs, say)
                suites.many(suite, repeats=options.repeats)
                samples |= suite.samples
    return samples


def _pages(
    kinds: list[str], options: argparse.Namespace, say: suites.Say
) -> dict[str, list[pages.Line]]:
    if "pages" not in options.suites.split(","):
        return {}
    return pages.suite(
        kinds, records=options.page_records, repeats=options.page_repeats, say=say
    )


def report(results: dict[str, Samples], *, records: int) -> str:
    """Return the tables: medians with least and most, then ratios beside goals."""
    lines = [f"{records:,} records, {platform.python_version()}, {platform.machine()}"]
    for kind, samples in results.items():
        lines += ["", f"{kind}: seconds [least-most], records a second, peak MB"]
        lines += [_line(name, found, records) for name, found in samples.items()]
    lines += ["", f"{'ratio':<46}" + "".join(f"{kind:>14}" for kind in results)]
    for what, over, under, goal in RATIOS:
        values = [_ratio(samples, over, under) for samples in results.values()]
        if any(values):
            shown = "".join(
                f"{value:>14.2f}" if value else " " * 14 for value in values
            )
            lines.append(f"{what:<46}{shown}   goal {goal}")
    return "\n".join(lines) + "\n"


def _line(name: str, found: list[dict[str, Any]], records: int) -> str:
    seconds = [one["seconds"] for one in found]
    median = statistics.median(seconds)
    peak = max(one["peak_mb"] for one in found)
    rate = f"{records / median:>10,.0f}" if median else ""
    return (
        f"  {name:<30}{median:>8.2f} [{min(seconds):.2f}-{max(seconds):.2f}]"
        f"{rate} {peak:>8.0f}"
    )


def _ratio(samples: Samples, over: str, under: str) -> float | None:
    if not samples.get(over) or not samples.get(under):
        return None
    above, below = (
        statistics.median(one["seconds"] for one in samples[name])
        for name in (over, under)
    )
    return above / below


def _as_json(results: dict[str, Samples], options: argparse.Namespace) -> Any:
    return {
        "records": options.records,
        "repeats": options.repeats,
        "python": platform.python_version(),
        "samples": results,
        "ratios": {
            what: {
                kind: _ratio(samples, over, under) for kind, samples in results.items()
            }
            for what, over, under, _goal in RATIOS
        },
    }


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    add = parser.add_argument
    add("--records", type=int, default=50_000, help="200000 for a release")
    add("--repeats", type=int, default=3)
    add("--databases", default="sqlite,postgresql")
    add("--suites", default="rest,bulk,latency,many,pages")
    add("--page-records", type=int, default=1_000_000, help="fewer for a quick look")
    add("--page-repeats", type=int, default=5)
    add("--json", default="", help="write every sample to this file")
    add("--verbose", action="store_true", help="say each measurement as it comes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
