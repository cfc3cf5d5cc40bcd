"""``manage.py sf_worker``: worker and schedule in one process of their own."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sfconnector import embedded
from sfconnector.management.command import said_clearly


class Command(BaseCommand):
    """Fetch in the background until asked to end, with a broker or without."""

    help = (
        "Work in the foreground: Celery's worker and beat in this process. Without a "
        "broker it finds the runs of other processes in the database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of threads."""
        parser.add_argument(
            "--concurrency",
            type=int,
            default=embedded.CONCURRENCY,
            help="Tasks that are worked on at the same time.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Work until SIGTERM or Ctrl+C; end after the batch."""
        asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: asked.set())
        with said_clearly():
            embedded.start(concurrency=options["concurrency"])
        self.stdout.write("Works until it is asked to end (Ctrl+C).")
        self.stdout.flush()
        asked.wait()
        embedded.stop()
