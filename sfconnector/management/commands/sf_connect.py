"""``manage.py sf_connect``: connect an org without a person."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from sfconnector import grant_types, orgs
from sfconnector.audit import NOBODY
from sfconnector.management.command import USAGE, VerbCommand
from sfconnector.secret import Secret
from sfconnector.wording import told

_FLOWS = {flow.option: flow.name for flow in grant_types.without_person()}


class Command(VerbCommand):
    """Connect by a grant type that needs no person; secrets come from elsewhere."""

    help = (
        "Connect an org without a person. A secret is never an argument: name the "
        "environment variable or the file that holds it."
    )

    def take(self, parser: CommandParser) -> None:
        """Take the org's address and its app."""
        parser.add_argument("alias", help="Alias of the org; it may exist already.")
        parser.add_argument("--login-url", required=True, help="Where it logs in.")
        parser.add_argument("--consumer-key", required=True, help="Of the app.")
        parser.add_argument(
            "--consumer-secret-env",
            metavar="NAME",
            help="Environment variable that holds the consumer secret.",
        )
        parser.add_argument(
            "--private-key-file",
            metavar="PATH",
            help="PEM file with the key that signs (JWT bearer).",
        )
        parser.add_argument("--username", default="", help="Salesforce user (JWT).")
        parser.add_argument("--flow", required=True, choices=sorted(_FLOWS))

    def work(self, **options: Any) -> dict[str, Any]:
        """Set the org up and connect it."""
        org = orgs.set_up(
            options["alias"],
            login_url=options["login_url"],
            consumer_key=options["consumer_key"],
            consumer_secret=_from_environment(options["consumer_secret_env"]),
            private_key=_from_file(options["private_key_file"]),
            username=options["username"],
            flow=_FLOWS[options["flow"]],
        )
        return {
            "alias": org.alias,
            "status": org.status,
            "org_id": org.org_id,
            "org_name": org.org_name,
            "username": org.connected_username,
            "instance_url": org.instance_url,
            "scopes": org.scopes_granted.split(),
            "warning": orgs.told_of_twins(org, NOBODY),
        }

    def show(self, result: dict[str, Any]) -> None:
        """Say who is connected to what."""
        self.stdout.write(
            f"{result['alias']} is connected to {result['org_name']} "
            f"({result['org_id']}) as {result['username'] or 'its integration user'}."
        )
        if result["warning"]:
            self.stdout.write(told(result["warning"]))


def _from_environment(name: str | None) -> Secret | None:
    if not name:
        return None
    if not os.environ.get(name):
        message = f"The environment variable {name} is empty."
        raise CommandError(message, returncode=USAGE)
    return Secret(os.environ[name])


def _from_file(path: str | None) -> Secret | None:
    if not path:
        return None
    try:
        return Secret(Path(path).read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        message = f"The file {path} cannot be read as a PEM key."
        raise CommandError(message, returncode=USAGE) from None
