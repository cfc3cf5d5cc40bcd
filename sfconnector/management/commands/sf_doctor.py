"""``manage.py sf_doctor``: what is wrong, who can put it right, and how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from sfconnector import health
from sfconnector.management.command import FAILED, USAGE, VerbCommand, find_org

_MARKS = {"green": "ok  ", "yellow": "warn", "red": "BAD "}


class Command(VerbCommand):
    """Examine one org, or the site and all orgs; status 1 when something is red."""

    help = "Examine the site and its orgs; exit status 1 when a finding is red."

    def take(self, parser: CommandParser) -> None:
        """Take the alias, if any."""
        parser.add_argument("alias", nargs="?", help="Alias of an org; all without.")
        parser.add_argument(
            "--verify",
            action="store_true",
            help="Make every call that is used, reading only, and report what came.",
        )
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="Write that report to a file."
        )
        parser.add_argument(
            "--against",
            type=Path,
            metavar="FILE",
            help="Compare it with another org's, such as a simulated one's.",
        )

    def work(self, **options: Any) -> list[dict[str, Any]] | dict[str, Any]:
        """Call the doctor, or verify what one org answers."""
        org = find_org(options["alias"]) if options["alias"] else None
        if not options["verify"]:
            return [finding.as_dict() for finding in health.doctor(org)]
        if org is None:
            message = "Name the org whose answers shall be verified."
            raise CommandError(message, returncode=USAGE)
        report: dict[str, Any] = json.loads(json.dumps(health.verify(org).as_dict()))
        if options["output"]:
            text = json.dumps(report, indent=2) + "\n"
            options["output"].write_text(text, encoding="utf-8")
        if options["against"]:
            other = json.loads(options["against"].read_text(encoding="utf-8"))
            report["differences"] = health.differences(report, other)
        return report

    def show(self, result: list[dict[str, Any]] | dict[str, Any]) -> None:
        """Print what was found, for people."""
        if isinstance(result, dict):
            self._show_report(result)
        else:
            self._show_findings(result)

    def _show_report(self, report: dict[str, Any]) -> None:
        """Print each call, below it what was otherwise, and how another org differs."""
        for call in report["calls"]:
            mark = "warn" if call["otherwise"] else "ok  "
            self.stdout.write(f"{mark} {call['name']}: {call['status']}")
            for text in call["otherwise"]:
                self.stdout.write(f"       → does not hold: {text}")
        for text in report.get("differences", ()):
            self.stdout.write(f"diff {text}")

    def _show_findings(self, result: list[dict[str, Any]]) -> None:
        """Print each finding, and below it what to do."""
        for one in result:
            place = f"{one['org']}: " if one["org"] else ""
            text = f" – {one['text']}" if one["text"] else ""
            self.stdout.write(f"{_MARKS[one['level']]} {place}{one['title']}{text}")
            if one["remedy"] and one["level"] != "green":
                self.stdout.write(f"       → {one['remedy']}")
            if one["link"] and one["level"] != "green":
                self.stdout.write(f"       → {one['link']}")

    def status_of(self, result: list[dict[str, Any]] | dict[str, Any]) -> int:
        """Fail when a finding is red, or an org answers otherwise than we say."""
        if isinstance(result, dict):
            return FAILED if result["otherwise"] else 0
        return FAILED if any(one["level"] == "red" for one in result) else 0
