"""``manage.py sf_sync``: fetch objects of an org here and now."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connections

from sfconnector import sync
from sfconnector.management.command import FAILED, USAGE, VerbCommand, find_org
from sfconnector.models import Org, SyncPlan, SyncRun

PROGRESS_SECONDS = 0.5
SHOWN = ("fetched", "created", "updated", "deleted", "unchanged", "api_calls")
Told = dict[str, Any]


class Command(VerbCommand):
    """Run plans of an org in this process, or hand them to the workers."""

    help = "Fetch objects of an org now, and wait until they are cached."

    def take(self, parser: CommandParser) -> None:
        """Take the alias, the objects, and how."""
        parser.add_argument("alias", help="Alias of the org.")
        parser.add_argument(
            "objects",
            nargs="*",
            metavar="SOBJECT",
            help="API names; none: every plan of the org.",
        )
        parser.add_argument(
            "--fields", nargs="+", default=[], help="API names; none: every field."
        )
        parser.add_argument("--where", help="SOQL condition without WHERE.")
        parser.add_argument("--mode", choices=SyncPlan.Mode.values, help="How to read.")
        parser.add_argument("--full", action="store_true", help="Read everything anew.")
        parser.add_argument(
            "--queue", action="store_true", help="Leave the work to the workers."
        )

    def work(self, **options: Any) -> Told | list[Told]:
        """Work through the plans; return how the run ended, a list for several."""
        org = find_org(options["alias"])
        with _stopping_on_signals():
            plans = _plans(org, options["objects"], changes=_changes(options))
            told = [_told(self._run(plan, options)) for plan in plans]
        return told[0] if len(options["objects"]) == 1 else told

    def show(self, result: Told | list[Told]) -> None:
        """Print one line per run."""
        runs = _as_list(result)
        self.table(
            [
                (
                    one["plan"],
                    one["state"],
                    *(f"{one[name]:,}" for name in SHOWN),
                    f"{one['seconds'] or 0:.1f}",
                )
                for one in runs
            ],
            head=(
                "plan",
                "state",
                *(name.replace("_", " ") for name in SHOWN),
                "seconds",
            ),
        )
        for one in runs:
            if one["error"]:
                self.stderr.write(f"{one['plan']}: {one['error']} {one['remedy']}")

    def status_of(self, result: Told | list[Told]) -> int:
        """Fail when one of them failed."""
        states = {one["state"] for one in _as_list(result)}
        return FAILED if "failed" in states else 0

    def _run(self, plan: SyncPlan, options: dict[str, Any]) -> SyncRun:
        run = sync.request_run(
            plan, trigger=SyncRun.Trigger.COMMAND, full=options["full"]
        )
        if options["queue"]:
            return run
        with self._progress(run):
            if sync.execute(run.pk, worker=f"sf_sync:{os.getpid()}") is None:
                _wait_for(run)
        run.refresh_from_db()
        return run

    @contextmanager
    def _progress(self, run: SyncRun) -> Iterator[None]:
        """Show how far a run has come, where somebody looks on."""
        if not self.stderr.isatty():
            yield
            return
        done = threading.Event()
        thread = threading.Thread(target=self._watch, args=(run.pk, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _watch(self, run_id: int, done: threading.Event) -> None:
        while not done.wait(PROGRESS_SECONDS):
            run = SyncRun.objects.get(pk=run_id)
            of = f" of {run.expected:,}" if run.expected else ""
            self.stderr.write(f"\r{run.sobject}: {run.fetched:,}{of} ", ending="")
            self.stderr.flush()
        self.stderr.write("\r", ending="")
        connections.close_all()


def _as_list(result: Told | list[Told]) -> list[Told]:
    return result if isinstance(result, list) else [result]


def _changes(options: dict[str, Any]) -> dict[str, Any]:
    """Return what the command line says about the plan itself."""
    names = ",".join(options["fields"]).split(",")
    fields = [name.strip() for name in names if name.strip()]
    given = {"fields": fields, "where": options["where"], "mode": options["mode"]}
    changes = {name: value for name, value in given.items() if value}
    if changes and not options["objects"]:
        message = "Name the object that --fields, --where and --mode are about."
        raise CommandError(message, returncode=USAGE)
    return changes


def _plans(org: Org, names: list[str], *, changes: dict[str, Any]) -> list[SyncPlan]:
    if names:
        return [_plan(org, name, changes=changes) for name in names]
    plans = list(org.plans.filter(is_enabled=True))
    if not plans:
        message = "The org has no plan yet. Name the objects to fetch."
        raise CommandError(message, returncode=USAGE)
    return plans


def _plan(org: Org, name: str, *, changes: dict[str, Any]) -> SyncPlan:
    """Return the object's plan, made or changed; its schedule is left alone."""
    plan = org.plans.filter(kind="object", sobject__iexact=name).first()
    if plan is None:
        return sync.plan_object(org, sobject=name, **changes)
    if not changes:
        return plan
    kept = {"fields": plan.fields, "where": plan.where, "mode": plan.mode}
    return sync.plan_object(org, sobject=name, **{**kept, **changes})


def _told(run: SyncRun) -> Told:
    numbers = {name: getattr(run, name) for name in SHOWN}
    return {
        "run": run.pk,
        "plan": str(run.plan),
        "state": run.state,
        **numbers,
        "seconds": run.seconds,
        "warnings": run.warnings,
        "error": run.error_text,
        "remedy": run.remedy,
    }


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the run after its batch, to go on later."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    sync.clear_stop()
    names = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, lambda *_: sync.request_stop()) for one in names]
    try:
        yield
    finally:
        for one, handler in zip(names, before, strict=True):
            signal.signal(one, handler)


def _wait_for(run: SyncRun) -> None:
    """Wait for the worker that was quicker to take the run."""
    while run.state in SyncRun.ACTIVE and not sync.is_stopping():
        time.sleep(PROGRESS_SECONDS)
        run.refresh_from_db()
