"""``manage.py sf_prune``: delete what is old, or cached records nobody wants."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.management.base import CommandError, CommandParser

from sfconnector import audit, catalog, records, sync
from sfconnector.management.command import USAGE, VerbCommand, find_org


class Command(VerbCommand):
    """Do the hourly housekeeping now, or purge cached records."""

    help = "Prune old calls, runs, histories; with --org, purge its cached records."

    def take(self, parser: CommandParser) -> None:
        """Take what to purge, if anything."""
        parser.add_argument("--org", default="", help="Alias: purge its records.")
        parser.add_argument("--object", default="", help="Only this object's.")
        parser.add_argument("--yes", action="store_true", help="Really purge.")

    def work(self, **options: Any) -> dict[str, int]:
        """Prune or purge; return how many rows of what were deleted."""
        if not options["org"]:
            return dataclasses.asdict(sync.look_after())
        org = find_org(options["org"])
        name = options["object"] and catalog.canonical_name(org, options["object"])
        if not options["yes"]:
            message = (
                f"This deletes {name or 'all'} cached records of {org.alias} here, "
                "never in Salesforce. Repeat the command with --yes."
            )
            raise CommandError(message, returncode=USAGE)
        deleted = records.purge(org, sobject=name or None)
        detail = {"object": name, "records": deleted}
        audit.append("records.purged", org=org, detail=detail)
        return {"records": deleted}

    def show(self, result: dict[str, int]) -> None:
        """Print one line per kind of row."""
        for name, number in result.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {number:,} deleted")
