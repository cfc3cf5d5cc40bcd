"""``manage.py sf_simulator``: serve a pretend Salesforce org."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """The simulator's own command line under Django's; needs no database."""

    help = "Run a pretend Salesforce org on this computer (options as of its module)."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Hand all options over; the ready line is JSON with or without --json."""
        try:
            sys.exit(_main(["--help"] if {"-h", "--help"} & set(argv) else argv[2:]))
        except CommandError as error:
            sys.exit(str(error))

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the simulator's options as they are (for ``call_command``)."""
        parser.add_argument("options", nargs="*")

    def handle(
        self, *_args: str, options: Sequence[str] = (), **_options: object
    ) -> None:
        """Serve until interrupted."""
        _main(options)


def _main(options: Sequence[str]) -> int:
    """Run the simulator. Raises CommandError where it is not installed."""
    try:
        from sfconnector.simulator import main
    except ModuleNotFoundError as error:
        raise CommandError(str(error)) from error
    return main([word for word in options if word != "--json"])
