"""``manage.py sf_tick``: rings once as beat does every few seconds, for a cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sfconnector import tasks


class Command(BaseCommand):
    """Let a worker start what is due, where neither beat nor ``sf_worker`` runs."""

    help = "Ring for a worker that starts due plans and all that waits. For a cron."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Ring once."""
        if not tasks.ring_tick():
            message = "Nobody can be rung: the log names the broker's fault."
            raise CommandError(message)
