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

from django.db import OperationalError, connection, connections
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from salesforce_simulator.store import StoreError
from sfconnector import catalog, retention, sync
from sfconnector.exceptions import Transient
from sfconnector.models import Claim, Org, SField, SObject, SyncPlan, SyncRun
from tests.connections import connect
from tests.faults.postgresql_server import PostgresqlServer
from tests.faults.processes import Process, environment

PAGES = "*/query*"
REFUSED_NO_MORE = 0.3
"""How often, of the looks around, a day is over after which rounds are asked again."""
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
    {"path": "*/composite", "cut": 0.5},
    {"path": "*/composite", "cut": 0.7, "keep_length": False},
    {"path": "*/composite", "reset": True},
    {"path": "*/composite", "delay": 0.7},
    {"path": "*/composite", "status": 400},
    {"path": "*/composite", "replace": ['"plan0"', '"other"']},
    {"path": "*/composite", "replace": ['"httpStatusCode"', '"status"']},
    {"path": "*/composite", "refuse": "session_expired", "action": "expire_sessions"},
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
        self,
        org: Org,
        simulated: SalesforceOrg,
        *,
        seed: int,
        broker: str = "",
        server: PostgresqlServer | None = None,
        rounds: bool = False,
    ) -> None:
        self.org = org
        self.server = server
        """Whose processes may be killed, where it is the storm's own."""
        self.rounds = rounds
        """Whether due plans are looked at together."""
        self.simulated = simulated
        self.random = random.Random(seed)
        self.broker = broker
        self.worker: Process | None = None
        self.kills = 0
        self.crashes = 0
        self.faults = 0
        self.upsets = 0
        """What people did, after which everything may be read anew."""
        self.lines: list[str] = []
        self._kill_at = 0
        self._folder = tempfile.mkdtemp(prefix="sfconnector-storm-")
        simulated.before_send.append(self._kill_when_due)

    # -- the worker ----------------------------------------------------------

    def start_worker(self) -> None:
        """Start the worker: embedded on SQLite, Celery's own with a broker."""
        command = [sys.executable, "-m", "tests.chaos.worker"]
        extra = {
            "CELERY_BROKER_URL": self.broker or "memory://localhost/",
            "SFCONNECTOR_ROUNDS": str(self.rounds),
        }
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
            [
                *(self.mutate, self.spoil, self.plan_a_kill, self.make_due),
                *(self.pass_time, self.edit, self.mask, self.purge, self.cancel),
                self.end_sessions,
            ],
            weights=[12, 4, 4, 10, 2, 0.7, 0.4, 0.3, 0.4, 0.6],
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
        row = self.random.choice(rows) if rows else {"IsDeleted": False}
        name = {"Account": "Name"}.get(sobject, "LastName")
        value = f"Storm {self.random.random()}"
        with contextlib.suppress(StoreError):
            deeds = ["update", "update", "insert", "delete", "purge"]
            match self.random.choice(deeds) if rows else "insert":
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

    def edit(self) -> None:
        """Let a person change which fields a plan reads."""
        sobject = self.random.choice(self._sobjects())
        names = SField.objects.filter(sobject__org=self.org, sobject__name=sobject)
        known = sorted(names.values_list("name", flat=True))
        if known:
            fields = self.random.sample(known, min(len(known), 6))
            self.org.plans.filter(sobject=sobject).update(fields=fields)
            self._upset(f"edit {sobject}")

    def mask(self) -> None:
        """Mask a field of an object, or unmask it."""
        for row in SObject.objects.filter(org=self.org, sfields__name="Phone"):
            is_masked = row.sfields.filter(name="Phone", is_masked=True).exists()
            catalog.mask(row, [] if is_masked else ["Phone"])
        self._upset("mask")

    def purge(self) -> None:
        """Ask for a purge of everything, or of one object."""
        some = self.random.choice([None, [self.random.choice(self._sobjects())]])
        retention.request_purge(self.org, objects=some)
        self._upset(f"purge {some}")

    def cancel(self) -> None:
        """Cancel whatever is active."""
        for run in SyncRun.objects.active():
            sync.cancel(run)
        self._upset("cancel")

    def end_sessions(self) -> None:
        """Let the server end every session of the worker, or crash."""
        if connection.vendor != "postgresql":
            return
        if self.server is not None and self.random.random() < 0.7:
            self.server.kill_backend()
            self._wait_for_the_database()
            self.crashes += 1
            self._upset("backend killed")
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                "datname = current_database() AND pid <> pg_backend_pid()"
            )
        self._upset("sessions ended")

    def _wait_for_the_database(self) -> None:
        """Wait until a session is given again: a pooler may refuse them for a second."""
        deadline = time.monotonic() + 30
        while True:
            connections.close_all()
            try:
                Org.objects.exists()
            except OperationalError:
                assert time.monotonic() < deadline, "the database stayed away"
                time.sleep(0.2)
            else:
                return

    def _upset(self, text: str) -> None:
        self.upsets += 1
        self._say(text)

    def pass_time(self) -> None:
        """Let hours pass in the org: deletions are asked for, sessions end."""
        self.simulated.clock.advance(self.random.choice([60, 3_700, 8_000]))

    def shorten_rests(self) -> None:
        """Let rests and unanswered doorbells take two seconds, not minutes."""
        with contextlib.suppress(OperationalError):  # a deadlock: next time, then
            self._shorten_rests()

    def _shorten_rests(self) -> None:
        now = timezone.now()
        long_ago = now - timedelta(seconds=90)
        active = SyncRun.objects.active()
        rested = active.filter(
            state=SyncRun.State.PARKED, heartbeat_at__lt=now - timedelta(seconds=2)
        )
        rested.update(parked_until=now, rung_at=long_ago)
        mine = Org.objects.filter(pk=self.org.pk)
        mine.update(resting_until=None)
        mine.filter(round_rung_at__lt=now - timedelta(seconds=2)).update(
            round_rung_at=None
        )
        # A worker that was killed is silent for two minutes otherwise.
        mine.filter(round_until__lt=now + timedelta(seconds=115)).update(
            round_until=None
        )
        if self.random.random() < REFUSED_NO_MORE:
            mine.update(rounds_refused_until=None)
        active.filter(lease_until__lt=now).update(rung_at=long_ago)
        unanswered = active.filter(state=SyncRun.State.QUEUED)
        unanswered.filter(rung_at__lt=now - timedelta(seconds=2)).update(
            rung_at=long_ago
        )
        SyncPlan.objects.exclude(paused_at=None).update(
            paused_at=None, failures_in_a_row=0
        )
        silent = Claim.objects.filter(
            name__startswith="purge", taken_at__lt=now - timedelta(seconds=5)
        )
        silent.update(taken_at=now - timedelta(hours=1))

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
