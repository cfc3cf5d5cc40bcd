"""``manage.py sf_request``: GET an address of an org's API."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from django.core.management.base import CommandParser

from sfconnector import sync
from sfconnector.management.command import FAILED, VerbCommand, find_org


class Command(VerbCommand):
    """Print what an address answers; exit status 1 when Salesforce refused."""

    help = "GET a path below /services/ of an org and print the answer."

    def take(self, parser: CommandParser) -> None:
        """Take the alias and the path."""
        parser.add_argument("alias", help="Alias of the org.")
        parser.add_argument(
            "path", help="For example /services/data/v66.0/sobjects/Account"
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """Ask the org."""
        org = find_org(options["alias"])
        return dataclasses.asdict(sync.get(org, path=options["path"]))

    def show(self, result: dict[str, Any]) -> None:
        """Print the body, JSON indented."""
        body = result["body"]
        is_text = isinstance(body, str)
        self.stdout.write(body if is_text else json.dumps(body, indent=2))

    def status_of(self, result: dict[str, Any]) -> int:
        """Fail when Salesforce refused."""
        return FAILED if result["status"] >= 400 else 0
