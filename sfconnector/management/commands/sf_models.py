"""``manage.py sf_models``: print Django models of an org's objects."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from sfconnector import typed
from sfconnector.management.command import PipedCommand, find_org, said_clearly


class Command(PipedCommand):
    """Print a module of models for objects of an org."""

    help = "Print Django models of objects: sf_models acme Account > crm/salesforce.py"
    requires_system_checks: list[str] = []  # the file that it makes may be broken

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the org and its objects."""
        parser.add_argument("org", help="alias of the org")
        parser.add_argument("objects", nargs="+", help="API names")
        parser.add_argument(
            "--json", action="store_true", help="print text and what was left out"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the module; say on the side what is not in it."""
        with said_clearly():
            made = typed.generate(find_org(options["org"]), options["objects"])
        if options["json"]:
            import json

            told = {"text": made.text, "left_out": dict(made.left_out)}
            self.stdout.write(json.dumps(told, indent=2))
            return
        self.stdout.write(made.text, ending="")
        for name, why in made.left_out.items():
            self.stderr.write(f"{name}: left out, {why}")
