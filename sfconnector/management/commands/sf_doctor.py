"""``manage.py sf_doctor``: what is wrong, who can put it right, and how."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from sfconnector import health
from sfconnector.management.command import FAILED, VerbCommand, find_org

_MARKS = {"green": "ok  ", "yellow": "warn", "red": "BAD "}


class Command(VerbCommand):
    """Examine one org, or the site and all orgs; status 1 when something is red."""

    help = "Examine the site and its orgs; exit status 1 when a finding is red."

    def take(self, parser: CommandParser) -> None:
        """Take the alias, if any."""
        parser.add_argument("alias", nargs="?", help="Alias of an org; all without.")

    def work(self, **options: Any) -> list[dict[str, Any]]:
        """Call the doctor."""
        org = find_org(options["alias"]) if options["alias"] else None
        return [finding.as_dict() for finding in health.doctor(org)]

    def show(self, result: list[dict[str, Any]]) -> None:
        """Print each finding, and below it what to do."""
        for one in result:
            place = f"{one['org']}: " if one["org"] else ""
            text = f" – {one['text']}" if one["text"] else ""
            self.stdout.write(f"{_MARKS[one['level']]} {place}{one['title']}{text}")
            if one["remedy"] and one["level"] != "green":
                self.stdout.write(f"       → {one['remedy']}")
            if one["link"] and one["level"] != "green":
                self.stdout.write(f"       → {one['link']}")

    def status_of(self, result: list[dict[str, Any]]) -> int:
        """Fail when a finding is red."""
        return FAILED if any(one["level"] == "red" for one in result) else 0
