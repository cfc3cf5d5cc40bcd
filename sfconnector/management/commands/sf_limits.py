"""``manage.py sf_limits``: how much of an org's limits is used."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from sfconnector import health
from sfconnector.management.command import VerbCommand, find_org


class Command(VerbCommand):
    """Read the limits of one org."""

    help = "Read and print the limits of an org."

    def take(self, parser: CommandParser) -> None:
        """Take the alias."""
        parser.add_argument("alias", help="Alias of the org.")

    def work(self, **options: Any) -> dict[str, dict[str, int]]:
        """Ask the org."""
        return health.refresh_limits(find_org(options["alias"]))

    def show(self, result: dict[str, dict[str, int]]) -> None:
        """Print one line per limit."""
        rows = [
            (name, one["max"] - one["remaining"], one["max"], one["remaining"])
            for name, one in sorted(result.items())
        ]
        self.table(rows, head=("limit", "used", "maximum", "remaining"))
