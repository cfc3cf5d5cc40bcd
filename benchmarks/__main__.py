"""``python -m benchmarks``: run the suites, print the goals, keep JSON."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import orgs, orgs_lines, overview, pages, scale, suites
from benchmarks.goals import KINDS, Samples, judged
from benchmarks.places import databases, surroundings
from benchmarks.suites import Suite, pretend_orgs

WORLDS: dict[tuple[str, ...], Callable[[int], dict[str, Any]]] = {
    ("rest", "bulk", "changed"): lambda records: {"number": 1, "records": records},
    ("memory",): lambda records: {"number": 1, "records": records // 4},
    ("latency",): lambda records: {
        "number": 1,
        "records": min(records, 50_000),
        "latency_ms": 150,
    },
    ("many",): lambda _records: {"number": 8, "records": 10_000, "latency_ms": 100},
    ("typed",): lambda records: {"number": 1, "records": min(records, 50_000)},
}
"""Which suites share pretend orgs, and what those are like."""


SAID = {True: "met", False: "MISSED", None: ""}


def main() -> int:
    """Measure what the options ask for; add what earlier runs kept."""
    options = _options()
    results: dict[str, Samples] = {}
    for path in options.add:
        _merge(results, json.loads(Path(path).read_text())["samples"])
    say = _say if sys.stderr.isatty() or options.verbose else lambda _text: None
    kinds = [kind for kind in options.databases.split(",") if kind]
    for kind in kinds:
        _merge(results, {kind: _measure(kind, options, say)})
    facts = surroundings() | {"records": options.records}
    found = _pages(kinds, options, say)
    daily = {}
    if "overview" in options.suites.split(","):
        daily = overview.suite(kinds, repeats=options.page_repeats, say=say)
    many = {}
    if "orgs" in options.suites.split(","):
        many = orgs.suite(kinds, say=say)
    of_scale = kinds if "scale" in options.suites.split(",") else []
    large = scale.suite(of_scale, repeats=options.page_repeats, say=say)
    sys.stdout.write(report(results, facts))
    sys.stdout.write(pages.report(found, records=options.page_records))
    sys.stdout.write(overview.report(daily))
    sys.stdout.write(orgs.report(many))
    sys.stdout.write(scale.report(large))
    if options.json:
        kept = {
            **facts,
            "goals": judged(results),
            "samples": results,
            "pages": pages.as_json(found),
            "overview": overview.as_json(daily),
            "orgs": orgs_lines.as_json(many),
            "scale": scale.as_json(large),
        }
        Path(options.json).write_text(json.dumps(kept, indent=1))
    return 0


def _pages(
    kinds: list[str], options: argparse.Namespace, say: suites.Say
) -> dict[str, list[pages.Line]]:
    if "pages" not in options.suites.split(","):
        return {}
    return pages.suite(
        kinds, records=options.page_records, repeats=options.page_repeats, say=say
    )


def _merge(results: dict[str, Samples], more: dict[str, Samples]) -> None:
    for kind, samples in more.items():
        for name, found in samples.items():
            results.setdefault(kind, {}).setdefault(name, []).extend(found)


def _measure(kind: str, options: argparse.Namespace, say: suites.Say) -> Samples:
    samples: Samples = {}
    chosen = set(options.suites.split(","))
    with databases(kind) as made:
        for names, world in WORLDS.items():
            if not chosen.intersection(names):
                continue
            with pretend_orgs(**world(options.records)) as orgs:
                suite = Suite(
                    databases=made,
                    orgs=orgs,
                    records=options.records,
                    many=options.page_records,
                    repeats=options.repeats,
                    samples=samples,
                    say=say,
                )
                for name in (one for one in names if one in chosen):
                    suites.SUITES[name](suite)
    return samples


def report(results: dict[str, Samples], facts: dict[str, Any]) -> str:
    """Return the seconds of every measurement, then the goals and what met them."""
    lines = [", ".join(f"{name} {value}" for name, value in facts.items())]
    for kind in (one for one in KINDS if one in results):
        lines += ["", f"{kind:<32}{'median s':>9}{'least':>8}{'most':>8}{'peak MB':>9}"]
        lines += [_line(name, found) for name, found in results[kind].items()]
    head = f"{'median':>8}{'least':>8}{'most':>8}"
    lines += ["", f"{'goal':<62}{'database':<12}{head}"]
    for row in judged(results):
        values = (f"{row[name]:>8.2f}" for name in ("median", "least", "most"))
        lines.append(
            f"{row['what']:<62}{row['database']:<12}{''.join(values)} {row['unit']:<5}"
            f"{row['goal']:<8}{SAID[row['met']]}".rstrip()
        )
    return "\n".join(lines) + "\n"


def _line(name: str, found: list[dict[str, Any]]) -> str:
    seconds = [one["seconds"] for one in found]
    peak = max(one["peak_mb"] for one in found)
    return (
        f"  {name:<30}{statistics.median(seconds):>9.2f}"
        f"{min(seconds):>8.2f}{max(seconds):>8.2f}{peak:>9.0f}"
    )


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    add = parser.add_argument
    add("--records", type=int, default=50_000, help="200000 for a release")
    add("--repeats", type=int, default=3)
    add("--databases", default="postgresql,sqlite", help='"" measures nothing')
    add("--suites", default=",".join([*suites.SUITES, "pages", "overview", "orgs"]))
    add(
        "--page-records",
        type=int,
        default=1_000_000,
        help="cached ones, of pages and typed; fewer for a quick look",
    )
    add("--page-repeats", type=int, default=5)
    add("--json", default="", help="write every sample to this file")
    add("--add", nargs="+", default=[], help="files of earlier runs to report as well")
    add("--verbose", action="store_true", help="say each measurement as it comes")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
