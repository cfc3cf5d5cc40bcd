"""What the commands share: ``--json``, exit statuses, plain tables."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.wording import words_of

FAILED = 1
USAGE = 2


@contextmanager
def said_clearly() -> Iterator[None]:
    """Turn the app's errors into a command's last line: message, then what to do."""
    try:
        yield
    except SFConnectorError as error:
        message = words_of(error)
        raise CommandError(message, returncode=FAILED) from None


class PipedCommand(BaseCommand):
    """A command whose output may be cut short by its reader, as ``| head`` does."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Run; a reader that has seen enough is no error."""
        try:
            try:
                super().run_from_argv(argv)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # Python flushes once more when it ends: nobody must hear of that either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)


class VerbCommand(PipedCommand):
    """A command that calls one verb and prints what it gave.

    Exit status 0 on success, 1 when the work failed (its reason and remedy go to
    standard error), 2 for wrong usage.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--json`` and the arguments of the command itself."""
        parser.add_argument("--json", action="store_true", help="Print JSON.")
        self.take(parser)

    def take(self, parser: CommandParser) -> None:
        """Add the arguments of the command."""

    def work(self, **options: Any) -> Any:
        """Call the verb; return what ``--json`` prints."""
        raise NotImplementedError

    def show(self, result: Any) -> None:
        """Print a result for people."""
        raise NotImplementedError

    def status_of(self, result: Any) -> int:
        """Tell the exit status of a result; 1 when it is bad news."""
        del result
        return 0

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do the work, print it, end with its status."""
        with said_clearly():
            result = self.work(**options)
        if options["json"]:
            self.stdout.write(json.dumps(result, default=str, indent=2))
        else:
            self.show(result)
        status = self.status_of(result)
        if status:
            raise SystemExit(status)

    def table(self, rows: Sequence[Sequence[Any]], *, head: Sequence[str]) -> None:
        """Print rows as aligned columns under a head."""
        lines = [list(head), *([str(cell) for cell in row] for row in rows)]
        widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
        for line in lines:
            cells = (
                text.ljust(width) for text, width in zip(line, widths, strict=True)
            )
            self.stdout.write("  ".join(cells).rstrip())


def find_org(alias: str) -> Org:
    """Find an org by its alias, or end with status 2 and the known ones."""
    org = Org.objects.present().filter(alias=alias).first()
    if org is None:
        known = ", ".join(Org.objects.present().values_list("alias", flat=True))
        message = f"There is no org {alias!r}. Known: {known or 'none'}."
        raise CommandError(message, returncode=USAGE)
    return org
