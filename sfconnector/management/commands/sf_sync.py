"""``manage.py sf_sync``: fetch objects of an org here and now."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connections

from sfconnector import sync
from sfconnector.management.command import FAILED, USAGE, VerbCommand, find_org
from sfconnector.management.fetching import (
    Wishes,
    plans_of,
    unfinished,
    work_on,
    worker_name,
)
from sfconnector.models import Org, SyncPlan, SyncRun

PROGRESS_SECONDS = 0.5
SHOWN = ("fetched", "created", "updated", "deleted", "unchanged", "api_calls")
FINISHED = {"succeeded", "warnings"}
Told = dict[str, Any]


class Command(VerbCommand):
    """Run plans of an org in this process, or hand them to the workers."""

    help = (
        "Fetch objects of an org now. Exit status 0 when every run is finished, 1 when "
        "one failed, rests or is worked on elsewhere; the reason is on standard error."
    )

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
            "--fields",
            nargs="+",
            default=[],
            help="API names to read and lay over the cached rows; the plan stays.",
        )
        parser.add_argument(
            "--where", help="SOQL condition without WHERE, for the same."
        )
        parser.add_argument(
            "--mode", choices=SyncPlan.Mode.values, help="How a new plan reads."
        )
        parser.add_argument("--full", action="store_true", help="Read everything anew.")
        parser.add_argument(
            "--save",
            action="store_true",
            help="Change the plan to --fields, --where and --mode.",
        )
        parser.add_argument(
            "--yes", action="store_true", help="Ask nothing before --save."
        )
        parser.add_argument(
            "--wait",
            action="store_true",
            help="Wait for a run that rests, or that a worker has.",
        )
        parser.add_argument(
            "--queue", action="store_true", help="Leave the work to the workers."
        )

    def work(self, **options: Any) -> Told | list[Told]:
        """Work through the plans; return how the run ended, a list for several."""
        org = find_org(options["alias"])
        wishes = Wishes.of(options)
        if wishes.is_any and not options["objects"]:
            message = "Name the object that --fields, --where and --mode are about."
            raise CommandError(message, returncode=USAGE)
        self.is_queued = options["queue"]
        with _stopping_on_signals():
            told = [
                _told(self._fetch(org, plan, wishes, options))
                for plan in plans_of(org, options["objects"], wishes)
            ]
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

    def status_of(self, result: Told | list[Told]) -> int:
        """Fail unless every run is finished, or was only to be queued."""
        fine = {*FINISHED, *(SyncRun.ACTIVE if self.is_queued else ())}
        others = [one for one in _as_list(result) if one["state"] not in fine]
        for one in others:
            told = (one["plan"], one["state"], f"{one['error']} {one['remedy']}")
            self.stderr.write(": ".join(told).strip())
        return FAILED if others else 0

    def _fetch(
        self, org: Org, plan: SyncPlan, wishes: Wishes, options: dict[str, Any]
    ) -> SyncRun:
        """Run the plan, or lay the named fields over what it has cached."""
        if wishes.differ_from(plan):
            if not options["save"]:
                return self._overlay(plan, wishes, waits=options["wait"])
            self._confirm(plan, wishes, asks=not options["yes"])
            plan = sync.plan_object(org, sobject=plan.sobject, **wishes.given)
        is_ours = not plan.runs.active().exists()
        run = sync.request_run(
            plan, trigger=SyncRun.Trigger.COMMAND, full=options["full"]
        )
        if not options["queue"]:
            with self._progress(run):
                work_on(run, waits=options["wait"], is_ours=is_ours)
        return run

    def _overlay(self, plan: SyncPlan, wishes: Wishes, *, waits: bool) -> SyncRun:
        if wishes.mode:
            message = "--mode is of the plan: add --save to change it."
            raise CommandError(message, returncode=USAGE)
        if waits and (active := plan.runs.active().first()):
            work_on(active, waits=True, is_ours=False)
        return sync.overlay(
            plan,
            fields=wishes.fields or plan.fields,
            where=wishes.where,
            worker=worker_name(),
        )

    def _confirm(self, plan: SyncPlan, wishes: Wishes, *, asks: bool) -> None:
        """Say what the change of the plan loses, and ask before it is made."""
        self.stderr.write(wishes.loss(plan))
        if not asks:
            return
        if not sys.stdin.isatty():
            message = "Nobody is there to be asked: add --yes to change the plan."
            raise CommandError(message, returncode=USAGE)
        if input("Change the plan? [y/N] ").strip().lower() not in {"y", "yes"}:
            message = "The plan stays as it is."
            raise CommandError(message, returncode=FAILED)

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
        try:
            while not done.wait(PROGRESS_SECONDS):
                run = SyncRun.objects.get(pk=run_id)
                of = f" of {run.expected:,}" if run.expected else ""
                self.stderr.write(f"\r{run.sobject}: {run.fetched:,}{of} ", ending="")
                self.stderr.flush()
            self.stderr.write("\r", ending="")
        finally:
            connections.close_all()


def _as_list(result: Told | list[Told]) -> list[Told]:
    return result if isinstance(result, list) else [result]


def _told(run: SyncRun) -> Told:
    run.refresh_from_db()
    numbers = {name: getattr(run, name) for name in SHOWN}
    return {
        "run": run.pk,
        "plan": str(run.plan),
        "state": run.state,
        **numbers,
        "seconds": run.seconds,
        "warnings": run.warnings,
        "error": run.error_text or unfinished(run),
        "remedy": run.remedy,
        "parked_until": run.parked_until,
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
