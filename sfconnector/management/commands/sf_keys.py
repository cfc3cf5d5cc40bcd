"""``manage.py sf_keys``: make, count, rotate and test encryption keys."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from django.core.management.base import CommandParser

from sfconnector import crypto, keys
from sfconnector.management.command import FAILED, VerbCommand


class Command(VerbCommand):
    """Look after the encryption keys; never prints a stored secret."""

    help = "Make, count, rotate and test encryption keys."
    requires_system_checks = ()

    def take(self, parser: CommandParser) -> None:
        """Take the action and its options."""
        actions = parser.add_subparsers(dest="action", required=True)
        generate = actions.add_parser("generate", help="Print a new key.")
        generate.add_argument("--kid", default="", help="Name of the key.")
        actions.add_parser("status", help="Count secrets per key and column.")
        rotate = actions.add_parser("rotate", help="Seal all secrets with the first.")
        rotate.add_argument("--batch", type=int, default=200, help="Rows at a time.")
        rotate.add_argument("--dry-run", action="store_true", help="Only count.")
        actions.add_parser("verify", help="Open every secret.")
        for action in actions.choices.values():
            action.add_argument(
                "--json",
                action="store_true",
                default=argparse.SUPPRESS,  # or it would undo one before the action
                help="Print JSON.",
            )

    def work(self, **options: Any) -> dict[str, Any]:
        """Call the verb of the action."""
        action = options["action"]
        if action == "generate":
            return {"action": action, "key": crypto.new_key(options["kid"]).reveal()}
        if action == "status":
            return {"action": action, **_status()}
        if action == "rotate":
            done = keys.rotate(batch=options["batch"], dry_run=options["dry_run"])
            return {"action": action, **dataclasses.asdict(done)}
        return {"action": action, "broken": keys.verify()}

    def show(self, result: dict[str, Any]) -> None:
        """Print a result of one of the actions."""
        if result["action"] == "generate":
            self.stdout.write(result["key"])
        elif result["action"] == "status":
            self._show_status(result)
        elif result["action"] == "rotate":
            self.stdout.write(
                f"{result['resealed']} sealed anew, {result['waiting']} waiting, "
                f"{result['overtaken']} changed meanwhile by others, "
                f"{len(result['broken'])} unreadable."
            )
        if result.get("broken"):
            self.stdout.write("These do not open:")
            self.stdout.write("\n".join(result["broken"]))
        elif result["action"] == "verify":
            self.stdout.write("Every secret opens.")

    def status_of(self, result: dict[str, Any]) -> int:
        """Fail when a key is missing or a secret does not open."""
        return FAILED if result.get("unknown") or result.get("broken") else 0

    def _show_status(self, result: dict[str, Any]) -> None:
        rows = [
            (kid or "(none)", column, count)
            for kid, columns in result["counts"].items()
            for column, count in columns.items()
        ]
        self.table(rows, head=("key", "column", "secrets"))
        self.stdout.write(f"Sealing key: {result['primary']}.")
        for kid in result["removable"]:
            self.stdout.write(f"Key {kid} seals nothing any more: it may be removed.")
            if result["rotated_at"]:
                self.stdout.write(
                    f"Backups from before {result['rotated_at']} open only with it: "
                    "keep it as long as them."
                )
        for kid in result["coming"]:
            self.stdout.write(
                f"Key {kid} seals nothing yet. Once every process was started anew "
                "with it, list it first, start them anew and run “sf_keys rotate”."
            )
        for kid in result["unknown"]:
            self.stdout.write(f"Key {kid or '(none)'} is not configured.")


def _status() -> dict[str, Any]:
    found = keys.status()
    return {
        "primary": found.primary,
        "configured": list(found.configured),
        "counts": {kid: dict(columns) for kid, columns in found.counts.items()},
        "unknown": list(found.unknown),
        "removable": list(found.removable),
        "coming": list(found.coming),
        "rotated_at": found.rotated_at and f"{found.rotated_at:%Y-%m-%d %H:%M} UTC",
    }
