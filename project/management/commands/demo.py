"""``manage.py demo``: the whole product on two simulated orgs, then the admin."""

from __future__ import annotations

import argparse
import contextlib
import logging.config
import os
import secrets
import signal
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import ThreadedWSGIServer
from django.urls import reverse
from rich.console import Console

from project.demo import (
    connecting,
    env_file,
    fetching,
    history,
    orgs,
    simulators,
    site,
    troubles,
)
from project.demo.alone import alone
from project.demo.simulators import Served
from project.demo.visitor import Visitor
from project.environment import env_path
from sfconnector import catalog, health, sync
from sfconnector.models import Org, SyncPlan

USERNAME = "demo"
LOCK = ".demo.lock"
"""Beside ``.env``: held by the demo that runs in this folder."""
PIPED_WIDTH = 110
"""Columns of the printed table when nobody's terminal says how many there are."""
COMMANDS = (
    "sf_orgs",
    'sf_query acme-prod "SELECT Name, Industry FROM Account LIMIT 5"',
    "sf_sync acme-prod Account",
)
"""What to try in a second shell beside the demo."""


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
            metavar="PORT",
            help="ports of the two simulated orgs; free ones, without",
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
        server = self.take_places(stack, options["port"])
        with self.console.status("Preparing database and static files …"):
            call_command("migrate", interactive=False, verbosity=0)
            call_command("collectstatic", interactive=False, verbosity=0)
            password = log_in_data()
        living = [
            stack.enter_context(simulators.serving(pretend))
            for pretend in orgs.living(options["simulator_ports"])
        ]
        with simulators.serving(orgs.dying()) as dying:
            self.let_in(stack, [*living, dying], port=server.server_port)
            url = stack.enter_context(site.serving(server))
            visitor = Visitor(url)
            visitor.log_in(USERNAME, password)
            troubles.add_field(living[0])
            connected = self.connect(visitor, [*living, dying])
            self.fetch(connected)
        health.doctor(connected[-1][0])
        self.console.print(
            f"Admin: {url}/admin/  user: {USERNAME}  password: {password}"
        )
        self.console.print(
            f"Overview: {url}{reverse('admin:app_list', args=['sfconnector'])}"
        )
        if not options["exit"]:
            self.say_what_next()
            signal.pause()

    def take_places(self, stack: contextlib.ExitStack, port: int) -> ThreadedWSGIServer:
        """Take the folder and the port before anything is done, or say who has them."""
        path = env_path()
        if path:
            told = f"http://127.0.0.1:{port}/admin/"
            stack.enter_context(alone(path.with_name(LOCK), told=told))
            for name in env_file.unknown_names(path):
                self.console.print(
                    f"{path.name} sets {name}, which this version does not read: "
                    "is the file of another version? .env.example lists what is read."
                )
        server = site.bound(port)
        stack.callback(server.server_close)
        return server

    def let_in(
        self, stack: contextlib.ExitStack, served: list[Served], *, port: int
    ) -> None:
        """Let this site log in at the simulated orgs: here, and in commands beside it.

        The app reads its settings late, so this holds from here on.
        """
        hosts = [one.host for one in served]
        site_url = f"http://127.0.0.1:{port}"
        settings.SFCONNECTOR = {
            **settings.SFCONNECTOR,
            "PUBLIC_URL": site_url,
            "EXTRA_HOSTS": [*settings.SFCONNECTOR["EXTRA_HOSTS"], *hosts],
        }
        path = env_path()
        if path is None:
            return
        stay = {"SFCONNECTOR_EXTRA_HOSTS": ",".join(hosts)}
        own = env_file.write(path, {"SFCONNECTOR_PUBLIC_URL": site_url, **stay})
        # Later the port is nobody's, or another program's.
        stack.callback(env_file.write, path, stay)
        if own:
            self.console.print(
                f"{path.name} sets {' and '.join(own)} itself and keeps it; commands "
                "in another shell reach the demo's orgs when "
                f"SFCONNECTOR_EXTRA_HOSTS={','.join(hosts)} stands there."
            )

    def say_what_next(self) -> None:
        """Print commands that work in a second shell, as they are typed there."""
        self.console.print(
            "To have something to look into, the demo switched globex-uat off, let a "
            "plan of acme-sandbox fail, and made up the runs of the week before."
        )
        python = os.path.relpath(sys.executable)
        self.console.print("In a second shell, in this folder:")
        for command in COMMANDS:
            line = f"  {python} manage.py {command}"
            self.console.print(line, highlight=False, markup=False, soft_wrap=True)
        self.console.print("Press Ctrl-C to stop.")

    def connect(
        self, visitor: Visitor, served: list[Served]
    ) -> list[tuple[Org, Served]]:
        """Connect each org in the admin; discover its objects."""
        connected = []
        for one in served:
            with self.console.status(f"Connecting {one.pretend.name} …"):
                org = connecting.enter_org(visitor, one)
                org = connecting.connect(visitor, org)
                found = catalog.discover(org)
            self.console.print(
                f"Connected {org.alias} as {org.connected_username}: "
                f"{org.org_name} ({org.org_type}), {found.total} objects."
            )
            connected.append((org, one))
        return connected

    def fetch(self, connected: list[tuple[Org, Served]]) -> None:
        """Ask for a run of every plan, watch the worker, print the table."""
        plans: list[SyncPlan] = []
        for org, served in connected:
            its_plans = fetching.plan_all(org, sobjects=list(served.pretend.records))
            history.make_up(org, its_plans)
            plans += its_plans
        failing = troubles.plan_that_fails(connected[1][0])
        runs = [sync.request_run(plan) for plan in [*plans, failing]]
        done = fetching.watch(self.console, runs)
        fetching.fail_on_error([run for run in done if run.plan_id != failing.pk])
        living = {org.pk for org, _ in connected[:-1]}
        self.console.print(fetching.table([r for r in done if r.org_id in living]))


def hush() -> None:
    """Log warnings only: the story is told by the console.

    In the settings, because Celery sets Django's logging up again.
    """
    settings.LOGGING["root"]["level"] = "WARNING"
    settings.LOGGING["loggers"] = {
        "django.request": {"level": "ERROR"},
        # The end of the plan that shall fail would look like a fault of the demo.
        "sfconnector.events": {"level": "CRITICAL"},
    }
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
