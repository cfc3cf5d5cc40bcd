"""``manage.py sf_request``: send one call to an org's API."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from sfconnector import explorer
from sfconnector.management.command import FAILED, USAGE, VerbCommand, find_org


class Command(VerbCommand):
    """Print what an address answers; exit status 1 when Salesforce refused.

    Whoever may run commands here may write; naming the org is the confirmation.
    """

    help = "Send a call to a path below /services/ of an org and print the answer."

    def take(self, parser: CommandParser) -> None:
        """Take the alias, the method, the path and what to send."""
        parser.add_argument("alias", help="Alias of the org.")
        parser.add_argument("method", type=str.upper, help="GET, POST, PATCH, DELETE …")
        parser.add_argument(
            "path", help="For example /services/data/v66.0/sobjects/Account"
        )
        parser.add_argument(
            "--data", metavar="FILE", help="File with the body; - reads standard input."
        )

    def work(self, **options: Any) -> dict[str, Any]:
        """Send the call."""
        org = find_org(options["alias"])
        call = explorer.Request(
            method=options["method"],
            path=options["path"],
            body=_body(options["data"]),
        )
        reply = explorer.send(
            org, request=call, may_write=True, confirmed_alias=org.alias
        )
        told = {one.name: getattr(reply, one.name) for one in dataclasses.fields(reply)}
        del told["refusal"]
        return {**told, "text": reply.text}

    def show(self, result: dict[str, Any]) -> None:
        """Print the body, JSON indented."""
        self.stdout.write(result["text"])
        if result["error"]:
            self.stderr.write(f"{result['error']} {result['remedy']}")

    def status_of(self, result: dict[str, Any]) -> int:
        """Fail when Salesforce refused."""
        return FAILED if result["status"] >= 400 else 0


def _body(file: str | None) -> str:
    if not file:
        return ""
    if file == "-":
        return sys.stdin.read()
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{file} cannot be read: {error}."
        raise CommandError(message, returncode=USAGE) from None
