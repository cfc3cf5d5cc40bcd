"""``manage.py sf_discover``: read which objects an org has."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from sfconnector import catalog
from sfconnector.management.command import VerbCommand, find_org


class Command(VerbCommand):
    """Read the list of objects and, when named, the fields of some."""

    help = "Read the objects of an org; of those named, the fields as well."

    def take(self, parser: CommandParser) -> None:
        """Take the alias and the objects to describe."""
        parser.add_argument("alias", help="Alias of the org.")
        parser.add_argument("objects", nargs="*", help="API names to describe.")

    def work(self, **options: Any) -> dict[str, Any]:
        """Ask the org."""
        org = find_org(options["alias"])
        found = catalog.discover(org)
        rows = [
            catalog.describe(org, sobject=name, force=True)
            for name in options["objects"]
        ]
        return {
            "total": found.total,
            "added": found.added,
            "removed": found.removed,
            "fields": {row.name: row.sfields.count() for row in rows},
        }

    def show(self, result: dict[str, Any]) -> None:
        """Print what was found."""
        self.stdout.write(
            f"{result['total']:,} objects, {len(result['added']):,} new, "
            f"{len(result['removed']):,} no longer there."
        )
        for name, number in result["fields"].items():
            self.stdout.write(f"{name}: {number:,} fields.")
