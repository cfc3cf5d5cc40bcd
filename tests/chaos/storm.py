"""A storm over a site and its org: faults, kills, changes, ticks, by one seed."""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from sfconnector.exceptions import Transient
from sfconnector.models import Org, Record, SyncPlan, SyncRun
from sfconnector.simulator import SalesforceOrg
from sfconnector.simulator.store import StoreError
from tests.connections import connect
from tests.faults.processes import Process, environment

PAGES = "*/query*"
FAULTS: tuple[dict[str, Any], ...] = (
    {"path": PAGES, "cut": 0.5},
    {"path": PAGES, "cut": 0.7, "keep_length": False},
    {"path": PAGES, "gzip": "truncated"},
    {"path": PAGES, "reset": True},
    {"path": PAGES, "delay": 0.7},
    {"path": PAGES, "refuse": "invalid_locator"},
    {"path": PAGES, "refuse": "query_timeout"},
    {"path": PAGES, "refuse": "concurrent_limit"},
    {"path": PAGES, "refuse": "maintenance_with_200"},
    {"path": PAGES, "refuse": "session_expired", "action": "expire_sessions"},
    {"path": PAGES, "status": 503, "headers": {"Retry-After": "90"}},
    {"path": PAGES, "action": "kill_locators"},
    {"path": "*/deleted*", "status": 503, "headers": {"Retry-After": "90"}},
    {"path": "*/jobs/query", "method": "POST", "status": 500},
    {"path": "*/jobs/query/*", "replace": ['"JobComplete"', '"Failed"']},
    {"path": "*/results", "cut": 0.6},
    {"path": "*/results", "cut": 0.8, "keep_length": False},
    {"path": "*/oauth2/token", "status": 503, "page": True},
    {"path": "*/describe*", "refuse": "server_unavailable"},
)


class Storm:
    """What happens to one site, chosen by a seed; every step leaves a line behind."""

    def __init__(
        self, org: Org, simulated: SalesforceOrg, *, seed: int, broker: str = ""
    ) -> None:
        self.org = org
        self.simulated = simulated
        self.random = random.Random(seed)
        self.broker = broker
        self.worker: Process | None = None
        self.kills = 0
        self.faults = 0
        self.lines: list[str] = []
        self._kill_at = 0
        self._folder = tempfile.mkdtemp(prefix="sfconnector-storm-")
        simulated.before_send.append(self._kill_when_due)

    # -- the worker ----------------------------------------------------------

    def start_worker(self) -> None:
        """Start the worker: embedded on SQLite, Celery's own with a broker."""
        command = [sys.executable, "-m", "tests.chaos.worker"]
        extra = {"CELERY_BROKER_URL": self.broker or "memory://localhost/"}
        if self.broker:
            schedule = str(Path(self._folder) / "schedule")
            command = [
                *(sys.executable, "-m", "celery", "-A", "project", "worker", "-B"),
                *("--schedule", schedule, "-c", "2", "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle"),
            ]
        log = Path(self._folder) / "worker.log"
        env = environment([self.simulated], **extra)
        self.worker = Process(command, env, log=log)
        self._kill_at = 0

    def end_worker(self) -> None:
        """Kill the worker for good."""
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()

    def _kill_when_due(self, request: Any, response: Any) -> None:
        """Kill the worker with kill -9 while its n-th request is being answered."""
        if self._kill_at and len(self.simulated.requests) >= self._kill_at:
            self._kill_at = 0
            if self.worker is not None:
                self.worker.kill()

    # -- what may happen -----------------------------------------------------

    def step(self) -> None:
        """Let one thing happen."""
        if self.worker is None or self.worker.popen.poll() is not None:
            self.kills += self.worker is not None
            self.start_worker()
        chosen = self.random.choices(
            [self.mutate, self.spoil, self.plan_a_kill, self.make_due, self.pass_time],
            weights=[6, 2, 2, 5, 1],
        )[0]
        chosen()
        self.shorten_rests()
        self.reconnect_if_needed()
        time.sleep(self.random.uniform(0.02, 0.2))

    def mutate(self) -> None:
        """Change, add, delete, purge or restore a record of the org."""
        store, user = self.simulated.records.store, self.simulated.user.id
        sobject = self.random.choice(self._sobjects())
        rows = list(store.scan(sobject, include_deleted=True))
        row = self.random.choice(rows)
        name = {"Account": "Name"}.get(sobject, "LastName")
        value = f"Storm {self.random.random()}"
        with contextlib.suppress(StoreError):
            match self.random.choice(["update", "update", "insert", "delete", "purge"]):
                case "update" if row["IsDeleted"]:
                    store.undelete(sobject, row["Id"], user_id=user)
                case "update":
                    store.update(sobject, row["Id"], {name: value}, user_id=user)
                case "insert":
                    values = {name: value, "Company": "Storm"}
                    wanted = values if sobject == "Lead" else {name: value}
                    store.insert(sobject, wanted, user_id=user)
                case "delete":
                    store.delete(sobject, row["Id"], user_id=user)
                case "purge":
                    store.hard_delete(sobject, row["Id"])

    def spoil(self) -> None:
        """Spoil one of the next answers."""
        fault = dict(self.random.choice(FAULTS))
        self.faults += 1
        self._say(f"fault {fault}")
        nth = self.random.randint(1, 4)
        self.simulated.faults.add(fault.pop("path"), nth=nth, times=1, **fault)

    def plan_a_kill(self) -> None:
        """Kill the worker some requests from now."""
        if not self._kill_at:
            self._kill_at = len(self.simulated.requests) + self.random.randint(1, 15)
            self._say("kill")

    def make_due(self) -> None:
        """Let the time of a plan come; now and then somebody wants everything."""
        plan = self.random.choice(list(self.org.plans.all()))
        SyncPlan.objects.filter(pk=plan.pk).update(next_run_at=timezone.now())
        if self.random.random() < 0.15:
            SyncPlan.objects.filter(pk=plan.pk).update(definition="")

    def pass_time(self) -> None:
        """Let hours pass in the org: deletions are asked for, sessions end."""
        self.simulated.clock.advance(self.random.choice([60, 3_700, 8_000]))

    def shorten_rests(self) -> None:
        """Let rests and unanswered doorbells take two seconds, not minutes."""
        now = timezone.now()
        long_ago = now - timedelta(seconds=90)
        active = SyncRun.objects.active()
        rested = active.filter(
            state=SyncRun.State.PARKED, heartbeat_at__lt=now - timedelta(seconds=2)
        )
        rested.update(parked_until=now, rung_at=long_ago)
        active.filter(lease_until__lt=now).update(rung_at=long_ago)
        SyncPlan.objects.exclude(paused_at=None).update(
            paused_at=None, failures_in_a_row=0
        )

    def reconnect_if_needed(self) -> None:
        """Be the person who reconnects an org whose rotated token was lost."""
        self.org.refresh_from_db()
        if not self.org.is_connected:
            self._say("reconnect")
            # A fault may meet the person too; they try again.
            with contextlib.suppress(Transient):
                connect(self.org)

    # -- afterwards ----------------------------------------------------------

    def calm_down(self, *, seconds: float) -> None:
        """Take every fault away and let each plan succeed once more."""
        self.simulated.faults.clear()
        self._kill_at = 0
        self._wait(lambda: not SyncRun.objects.active().exists(), seconds=seconds)
        self.simulated.clock.advance(7_200)
        calm_since = timezone.now()
        waiting = SyncPlan.objects.exclude(last_success_at__gt=calm_since)
        waiting.update(next_run_at=calm_since)

        def all_succeeded() -> bool:
            idle = waiting.exclude(runs__state__in=SyncRun.ACTIVE)
            idle.filter(next_run_at__gt=timezone.now()).update(next_run_at=calm_since)
            return not waiting.exists()

        self._wait(all_succeeded, seconds=seconds)
        self._wait(lambda: not SyncRun.objects.active().exists(), seconds=seconds)

    def _wait(self, condition: Callable[[], bool], *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                runs = SyncRun.objects.active().values()
                raise AssertionError((list(runs), self.lines[-20:], self.log()))
            if self.worker is None or self.worker.popen.poll() is not None:
                self.start_worker()
            self.shorten_rests()
            self.reconnect_if_needed()
            time.sleep(0.2)

    def log(self) -> str:
        """Return the end of what the worker wrote."""
        return (Path(self._folder) / "worker.log").read_text()[-4_000:]

    def _sobjects(self) -> list[str]:
        return [plan.sobject for plan in self.org.plans.order_by("pk")]

    def _say(self, text: str) -> None:
        self.lines.append(f"{len(self.simulated.requests)}: {text}")


@contextlib.contextmanager
def counting_idle_writes() -> Any:
    """Let the database itself note every row that was rewritten as it was.

    Gives a function that returns how many there were.
    """
    table = "CREATE TABLE idle_writes (record_id varchar(18))"
    idle = "(NEW.content_hash = OLD.content_hash AND NEW.state = OLD.state)"
    note = "INSERT INTO idle_writes VALUES (NEW.record_id);"
    head = f"CREATE TRIGGER note_idle AFTER UPDATE ON {Record._meta.db_table}"
    if connection.vendor == "sqlite":
        made = [f"{head} WHEN {idle} BEGIN {note} END"]
        away = ["DROP TRIGGER note_idle"]
    else:
        body = f"$$ BEGIN {note} RETURN NULL; END $$"
        function = "CREATE FUNCTION note_idle() RETURNS trigger LANGUAGE plpgsql AS"
        run = f"FOR EACH ROW WHEN {idle} EXECUTE FUNCTION note_idle()"
        made = [f"{function} {body}", f"{head} {run}"]
        away = ["DROP FUNCTION note_idle() CASCADE"]

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM idle_writes")
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        for statement in [table, *made]:
            cursor.execute(statement)
    try:
        yield count
    finally:
        with connection.cursor() as cursor:
            for statement in [*away, "DROP TABLE idle_writes"]:
                cursor.execute(statement)
