"""``manage.py sf_prune``: delete what is old, or cached records nobody wants."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.management.base import CommandError, CommandParser

from sfconnector import catalog, retention
from sfconnector.exceptions import SyncBusy
from sfconnector.management.command import USAGE, VerbCommand, find_org
from sfconnector.texts import gettext_noop as _


class Command(VerbCommand):
    """Do the hourly housekeeping now, or purge cached records."""

    help = "Prune old calls, runs, histories; with --org, purge what is cached of it."

    def take(self, parser: CommandParser) -> None:
        """Take what to purge, if anything."""
        parser.add_argument(
            "--org", default="", help="Alias: purge what is cached of it."
        )
        parser.add_argument("--object", default="", help="Only this object's.")
        parser.add_argument("--yes", action="store_true", help="Really purge.")

    def work(self, **options: Any) -> dict[str, int]:
        """Prune or purge; return how many rows of what were deleted."""
        if not options["org"]:
            return dataclasses.asdict(retention.look_after())
        org = find_org(options["org"])
        name = options["object"] and catalog.canonical_name(org, options["object"])
        if not options["yes"]:
            message = (
                f"This deletes {name or 'all'} cached records of {org.alias} here, "
                "never in Salesforce. Repeat the command with --yes."
            )
            raise CommandError(message, returncode=USAGE)
        # Stopped half-way, a worker goes on: it is asked for like in the admin.
        retention.request_purge(org, objects=[name] if name else None)
        purged = retention.purge(org.pk)
        if purged is None:
            raise SyncBusy(
                _("A worker is purging this org already, and does this too.")
            )
        return {"records": purged.records, "answers": purged.answers}

    def show(self, result: dict[str, int]) -> None:
        """Print one line per kind of row."""
        for name, number in result.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {number:,} deleted")
