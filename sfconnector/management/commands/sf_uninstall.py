"""``manage.py sf_uninstall``: take the app's traces out of the database."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.management.base import CommandError, CommandParser

from sfconnector import retention
from sfconnector.management.command import USAGE, VerbCommand


class Command(VerbCommand):
    """Drop the tables and what Django keeps of the app elsewhere."""

    help = "Drop the app's tables, permissions, content types and beat entries."

    def take(self, parser: CommandParser) -> None:
        """Take the word for it."""
        parser.add_argument("--yes", action="store_true", help="Really drop them.")
        parser.add_argument(
            "--leave-grants",
            action="store_true",
            help="Also while orgs are connected: their grants stay at Salesforce.",
        )

    def work(self, **options: Any) -> dict[str, int]:
        """Uninstall; return how many of what went."""
        if not options["yes"]:
            message = (
                "This drops every table of sfconnector with what it cached, never in "
                "Salesforce. Stop the workers, and repeat the command with --yes."
            )
            raise CommandError(message, returncode=USAGE)
        gone = retention.uninstall(leave_grants=options["leave_grants"])
        return dataclasses.asdict(gone)

    def show(self, result: dict[str, int]) -> None:
        """Print one line per kind, and what is left to do by hand."""
        for name, number in result.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {number:,} removed")
        self.stdout.write(
            "Now take “sfconnector” out of INSTALLED_APPS, and its URLs out of yours."
        )
