"""``manage.py demo``: the whole product on two simulated orgs, then the admin."""

from __future__ import annotations

import argparse
import contextlib
import logging.config
import secrets
import signal
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from project.demo import connecting, fetching, simulators, site
from project.demo.simulators import Pretend, Served
from project.demo.visitor import Visitor
from sfconnector import catalog, sync
from sfconnector.models import Org, SyncRun

USERNAME = "demo"
PIPED_WIDTH = 110
"""Columns of the printed table when nobody's terminal says how many there are."""
PRODUCTION = {
    "Account": 1200,
    "Contact": 2500,
    "Lead": 1500,
    "Opportunity": 1800,
    "User": 25,
}
SANDBOX = {"Account": 150, "Contact": 300, "Lead": 80, "Opportunity": 120, "User": 5}


class Command(BaseCommand):
    """Start, connect, fetch, show."""

    help = (
        "Connect and fetch two simulated orgs, print what is cached, serve the admin."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Ports, and whether to stop after the table."""
        parser.add_argument("--port", type=int, default=8000, help="port of the site")
        parser.add_argument(
            "--simulator-ports",
            type=int,
            nargs=2,
            default=(9001, 9002),
            metavar="PORT",
            help="ports of the two simulated orgs",
        )
        parser.add_argument(
            "--exit", action="store_true", help="stop after the table of records"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Tell the story; Ctrl-C ends it in order."""
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self.console = Console()
        if not self.console.is_terminal:
            self.console = Console(width=PIPED_WIDTH)
        refuse_production()
        hush()
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(KeyboardInterrupt):
                self.tell(stack, options)
            self.console.print("Stopping …")

    def tell(self, stack: contextlib.ExitStack, options: dict[str, Any]) -> None:
        """Start everything, connect, fetch, and serve until Ctrl-C."""
        server = site.bound(options["port"])
        stack.callback(server.server_close)
        with self.console.status("Preparing database and static files …"):
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            password = log_in_data()
        orgs = [
            stack.enter_context(simulators.serving(pretend))
            for pretend in pretends(options["simulator_ports"])
        ]
        let_in(orgs, port=server.server_port)
        url = stack.enter_context(site.serving(server))
        connected = self.connect(Visitor(url), orgs, password)
        self.fetch(connected)
        self.console.print(
            f"Admin: {url}/admin/  user: {USERNAME}  password: {password}"
        )
        if not options["exit"]:
            self.console.print("Press Ctrl-C to stop.")
            signal.pause()

    def connect(
        self, visitor: Visitor, orgs: list[Served], password: str
    ) -> list[tuple[Org, Served]]:
        """Log in to the admin and connect each org there; discover its objects."""
        visitor.log_in(USERNAME, password)
        connected = []
        for served in orgs:
            with self.console.status(f"Connecting {served.pretend.name} …"):
                org = connecting.enter_org(visitor, served)
                org = connecting.connect(visitor, org)
                found = catalog.discover(org)
            self.console.print(
                f"Connected {org.alias} as {org.connected_username}: "
                f"{org.org_name} ({org.org_type}), {found.total} objects."
            )
            connected.append((org, served))
        return connected

    def fetch(self, connected: list[tuple[Org, Served]]) -> list[SyncRun]:
        """Ask for a run of every plan, watch the worker, print the table."""
        runs = [
            sync.request_run(plan)
            for org, served in connected
            for plan in fetching.plan_all(org, sobjects=list(served.pretend.records))
        ]
        done = fetching.watch(self.console, runs)
        fetching.fail_on_error(done)
        self.console.print(fetching.table(done))
        return done


def hush() -> None:
    """Log warnings only: the story is told by the console.

    In the settings, because Celery sets Django's logging up again.
    """
    settings.LOGGING["root"]["level"] = "WARNING"
    logging.config.dictConfig(settings.LOGGING)


def refuse_production() -> None:
    """Stop before a demo touches a site that people work on."""
    if settings.PUBLIC_URL.startswith("https://"):
        raise CommandError(
            "SFCONNECTOR_PUBLIC_URL is an https address: this looks like a real site. "
            "The demo adds orgs and a user; run it with a .env of its own."
        )
    if not settings.CELERY_BROKER_URL.startswith("memory:"):
        raise CommandError(
            "The demo's worker lives in its own process: unset CELERY_BROKER_URL "
            "(or set it to memory://) and start again."
        )


def log_in_data() -> str:
    """Create the demo's administrator, or give it a new password; returns it."""
    password = secrets.token_urlsafe(9)
    user, _ = get_user_model().objects.get_or_create(
        username=USERNAME, defaults={"is_staff": True, "is_superuser": True}
    )
    user.set_password(password)
    user.save()
    return password


def pretends(ports: tuple[int, int]) -> list[Pretend]:
    """Return a production-like and a sandbox-like org with different data."""
    return [
        Pretend(
            alias="acme-prod",
            name="Acme",
            port=ports[0],
            seed=1,
            is_sandbox=False,
            records=PRODUCTION,
        ),
        Pretend(
            alias="acme-sandbox",
            name="Acme Sandbox",
            port=ports[1],
            seed=2,
            is_sandbox=True,
            records=SANDBOX,
        ),
    ]


def let_in(orgs: list[Served], *, port: int) -> None:
    """Let this process log in at the simulated orgs, and nowhere else new.

    The app reads its settings late, so this holds from here on.
    """
    settings.SFCONNECTOR = {
        **settings.SFCONNECTOR,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "EXTRA_HOSTS": [*settings.SFCONNECTOR["EXTRA_HOSTS"], *(o.host for o in orgs)],
    }
