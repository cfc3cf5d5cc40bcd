"""Random changes, faults, ticks and kills, and what must hold after all of them."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from sfconnector import sync
from sfconnector.models import ApiCall, MissingRecord, Org, Record, SyncPlan, SyncRun
from sfconnector.simulator import SalesforceOrg
from tests.sync import worker
from tests.sync.conftest import cached_ids, live_ids

SOBJECT = "Account"
FAULTS: tuple[dict[str, object], ...] = (
    {"refuse": "invalid_locator"},
    {"action": "kill_locators"},
    {"refuse": "server_unavailable"},
    {"refuse": "maintenance_with_200"},
    {"refuse": "session_expired"},
    {"refuse": "query_timeout"},
    {"refuse": "concurrent_limit"},
    {"refuse": "request_limit"},
    {"gzip": "truncated"},
    {"cut": 0.5, "keep_length": False},
    {"cut": 0.3},
    {"reset": True},
    {"action": "expire_sessions"},
    {"delay": 0.5},
)
PATHS = ("*/query*", "*/query/*", "*/jobs/query*", "*")


class Chaos:
    """One org under a seed's weather. Workers are real processes."""

    def __init__(self, org: Org, simulated: SalesforceOrg, *, seed: int) -> None:
        self.org = org
        self.simulated = simulated
        self.random = random.Random(seed)
        self.workers: list[subprocess.Popen[str]] = []
        self.plan = sync.plan_object(org, sobject=SOBJECT, mode="auto")
        self.runs = 0

    def step(self) -> None:
        """Let something happen, then let a worker work, perhaps not for long."""
        for _ in range(self.random.randint(1, 3)):
            self.random.choice([self.mutate, self.mutate, self.fault, self.wait])()
        SyncPlan.objects.update(
            mode=self.random.choice(["auto", "rest", "bulk"]),
            where=self.random.choice(["", "", "", "Name != 'nothing'"]),
        )
        run = sync.request_run(self.plan, full=self.random.random() < 0.3)
        self.runs += 1
        process = worker.start(run.pk)
        self.workers.append(process)
        if self.random.random() < 0.5:
            self.kill_when_asked(process)
        process.communicate(timeout=120)
        self.recover()

    def mutate(self) -> None:
        """Change, add, delete, restore and purge some records."""
        store, user = self.simulated.records.store, self.simulated.user.id
        ids = sorted(live_ids(self.simulated, SOBJECT))
        for one in self.random.sample(ids, 7):
            roll = self.random.random()
            if roll < 0.5:
                name = f"Name {self.random.randint(0, 10**6)}"
                store.update(SOBJECT, one, {"Name": name}, user_id=user)
            elif roll < 0.7:
                store.insert(SOBJECT, {"Name": f"New {one}"}, user_id=user)
            elif roll < 0.85:
                store.delete(SOBJECT, one, user_id=user)
                if self.random.random() < 0.4:
                    store.undelete(SOBJECT, one, user_id=user)
            else:
                store.hard_delete(SOBJECT, one)

    def fault(self) -> None:
        """Spoil one of the next requests."""
        what = self.random.choice(FAULTS)
        path = self.random.choice(PATHS)
        self.simulated.faults.add(path, nth=self.random.randint(1, 5), **what)

    def wait(self) -> None:
        """Let the org's clock run."""
        self.simulated.clock.advance(self.random.randint(1, 3000))

    def kill_when_asked(self, process: subprocess.Popen[str]) -> None:
        """Kill a worker at one of its next requests."""
        left = self.random.randint(1, 9)

        def strike(_request: object, _response: object) -> None:
            nonlocal left
            left -= 1
            if left == 0 and process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)

        self.simulated.before_send[:] = [strike]

    def recover(self) -> None:
        """Let leases and pauses of the dead and the resting end."""
        self.simulated.before_send.clear()
        past = timezone.now() - timedelta(seconds=1)
        SyncRun.objects.filter(state="running").update(lease_until=past)
        SyncRun.objects.filter(state="parked").update(parked_until=past)
        self.org.usage.__class__.objects.update(exhausted_until=None)

    def calm(self) -> None:
        """End all faults, then finish what is open and fetch everything once more."""
        self.simulated.faults.clear()
        self.recover()
        SyncPlan.objects.update(where="", mode="rest", paused_at=None)
        for _ in range(6):
            open_run = SyncRun.objects.active().first()
            if open_run is None:
                break
            self.recover()
            sync.execute(open_run.pk, worker="calm")
        self.simulated.clock.advance(7200)
        for full in (False, True):
            run = sync.request_run(self.plan, full=full)
            sync.execute(run.pk, worker="calm")

    def check(self) -> None:
        """Say what must hold; AssertionError when it does not."""
        assert cached_ids(self.org, SOBJECT) == live_ids(self.simulated, SOBJECT)
        names = dict(Record.objects.live().values_list("record_id", "data__Name"))
        store = self.simulated.records.store
        assert names == {key: store.get(SOBJECT, key)["Name"] for key in names}
        assert not SyncRun.objects.active().exists()
        assert not MissingRecord.objects.exists()
        assert self.simulated.refresh_reuses == 0
        assert ApiCall.objects.count() < 60 * (self.runs + 4)
        counted = self.org.sobjects.get(name=SOBJECT)
        assert counted.live_count == len(names)
        assert counted.total_count == Record.objects.count()
        again = sync.request_run(self.plan, full=True)
        sync.execute(again.pk, worker="calm")
        again.refresh_from_db()
        assert (again.created, again.updated, again.deleted) == (0, 0, 0)


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> None:
    """Wait until something holds; AssertionError when it takes too long."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.1)
