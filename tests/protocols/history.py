"""A random life of one plan: its org changes, people act, runs break off anywhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, connections
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from salesforce_simulator.store import StoreError
from sfconnector import catalog, retention, stopping, sync
from sfconnector.models import Org, Record, SField, SObject, SyncPlan, SyncRun
from sfconnector.sync import queue
from tests.faults.evidence import held, same

FIELDS = ("Name", "Phone", "Industry", "Website", "NumberOfEmployees")
FILTERS = ("", "", "Industry = 'Energy'", "NumberOfEmployees > 100")
FAULTS: tuple[dict[str, Any], ...] = (
    {"path": "*/query*", "cut": 0.5},
    {"path": "*/query*", "refuse": "invalid_locator"},
    {"path": "*/query*", "status": 503},
    {"path": "*/results", "cut": 0.6},
    {"path": "*/jobs/query/*", "method": "GET", "replace": ["Processed\":", "Processed\": 1"]},
)  # fmt: skip


def fits(where: str, row: dict[str, Any]) -> bool:
    """Tell whether a record fits one of ``FILTERS``."""
    if "Energy" in where:
        return row["Industry"] == "Energy"
    return not where or (row["NumberOfEmployees"] or 0) > 100


class History:
    """What happens to one plan, chosen by a seed; every step leaves a line behind."""

    def __init__(self, org: Org, simulated: SalesforceOrg, *, seed: int) -> None:
        self.org = org
        self.simulated = simulated
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.plan = sync.plan_object(
            org, sobject="Account", mode="rest", fields=list(FIELDS[:3])
        )
        self.plan.full_every_days = 0
        self.plan.save(update_fields=["full_every_days"])
        self.events: tuple[Callable[[], None], ...] = (
            *(self.mutate,) * 5,
            *(self.edit, self.mask, self.purge, self.prune),
            *(self.cancel, self.stop, self.want_all, self.wait, self.break_off),
        )

    def live(self, *, steps: int) -> None:
        """Let so many things happen, each perhaps in the middle of a run."""
        for _ in range(steps):
            event = self.random.choice(self.events)
            if self.random.random() < 0.3:
                self.spoil()
            is_beside = event != self.break_off or connection.vendor == "postgresql"
            if self.random.random() < 0.4 or not is_beside:
                event()
                self.work()
            else:
                self.work(event, at=self.random.randint(1, 6))

    def work(self, event: Callable[[], None] | None = None, *, at: int = 0) -> None:
        """Work on a run; the event comes with the n-th request, if there are so many."""
        left = [at]

        def strike(request: Any, response: Any) -> None:
            left[0] -= 1
            if left[0] == 0 and event is not None:
                try:
                    event()
                finally:
                    connections.close_all()

        Org.objects.update(resting_until=None)
        SyncRun.objects.active().update(
            parked_until=timezone.now() - timedelta(seconds=1), lease_until=None
        )
        SyncRun.objects.filter(state="running").update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
        self.simulated.before_send.append(strike)
        try:
            queued = sync.request_run(SyncPlan.objects.get())
            sync.execute(queued.pk, worker="history")
        finally:
            self.simulated.before_send.clear()
            stopping.clear_stop()
            connections.close_all()
            retention.purge(self.org.pk)
        queued = SyncRun.objects.get(pk=queued.pk)
        self.say(
            f"run {queued.pk}: {queued.state} {queued.fetched} {queued.error_text}"
        )

    # -- what may happen -----------------------------------------------------

    def mutate(self) -> None:
        """Change, add, delete, bring back or purge a few records of the org."""
        store, user = self.simulated.records.store, self.simulated.user.id
        rows = list(store.scan("Account", include_deleted=True))
        for _ in range(self.random.randint(1, 12)):
            one = str(self.random.choice(rows)["Id"])
            kind = self.random.choice(
                ["change"] * 4 + ["add", "delete", "back", "purge"]
            )
            values = {
                "Name": f"N{self.random.random()}",
                "Industry": self.random.choice(["Energy", "Banking", None]),
                "NumberOfEmployees": self.random.randint(1, 200),
            }
            try:
                match kind:
                    case "change":
                        store.update("Account", one, values, user_id=user)
                    case "add":
                        store.insert("Account", values, user_id=user)
                    case "delete":
                        store.delete("Account", one, user_id=user)
                    case "back":
                        store.undelete("Account", one, user_id=user)
                    case "purge":
                        store.hard_delete("Account", one)
            except StoreError:
                continue
        self.say("mutate")

    def edit(self) -> None:
        """Let a person change what the plan reads, or how."""
        fields = [one for one in FIELDS if self.random.random() < 0.6] or ["Name"]
        where, mode = self.random.choice(FILTERS), self.random.choice(["rest", "bulk"])
        sync.plan_object(
            self.org, sobject="Account", fields=fields, where=where, mode=mode
        )
        self.say(f"edit {fields} {where} {mode}")

    def mask(self) -> None:
        """Mask a field, or unmask it."""
        name = self.random.choice(("Phone", "Website"))  # no filter names them
        for row in SObject.objects.filter(org=self.org, name="Account"):
            masked = set(
                row.sfields.filter(is_masked=True).values_list("name", flat=True)
            )
            catalog.mask(row, masked ^ {name})
            self.say(f"mask {name}: {name not in masked}")

    def purge(self) -> None:
        """Ask for a purge, which a worker begins and perhaps does not end."""
        retention.request_purge(self.org)
        stops = self.random.random() < 0.5
        retention.purge(self.org.pk, should_stop=lambda: stops)
        self.say("purge")

    def prune(self) -> None:
        """Ask for a purge of the object alone."""
        retention.request_purge(self.org, objects=["Account"])
        self.say("prune")

    def cancel(self) -> None:
        """Cancel what is active."""
        for run in SyncRun.objects.active():
            queue.cancel(run)
        self.say("cancel")

    def stop(self) -> None:
        """Let the worker be told to end."""
        stopping.request_stop()
        self.say("stop")

    def want_all(self) -> None:
        """Let a person want everything anew."""
        sync.request_run(SyncPlan.objects.get(), full=True)
        self.say("reload fully")

    def wait(self) -> None:
        """Let time pass in the org."""
        self.simulated.clock.advance(self.random.choice([30, 700, 8_000]))

    def spoil(self) -> None:
        """Spoil one of the next answers."""
        fault = dict(self.random.choice(FAULTS))
        nth = self.random.randint(1, 3)
        self.simulated.faults.add(fault.pop("path"), nth=nth, times=1, **fault)
        self.say(f"fault {fault}")

    def break_off(self) -> None:
        """Let the database fail at one of the next writes of a run's row."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                    "datname = current_database() AND pid <> pg_backend_pid()"
                )
            self.say("sessions ended")
            return
        left = [self.random.randint(1, 4)]

        def fail(execute: Any, sql: str, *more: Any) -> Any:
            if (
                sql.startswith("UPDATE")
                and "sfconnector_syncrun" in sql
                and "step" in sql
            ):
                left[0] -= 1
                if left[0] == 0:
                    raise OperationalError("not now")
            return execute(sql, *more)

        with connection.execute_wrapper(fail):
            self.work()
        self.say("database error")

    # -- afterwards ----------------------------------------------------------

    def calm_down(self) -> None:
        """Take every fault away, let what is under way end, and run once more."""
        self.simulated.faults.clear()
        while retention.waiting_purges():
            retention.purge(self.org.pk)
        for _ in range(20):
            if not SyncRun.objects.active().exists():
                break
            self.work()
        self.simulated.clock.advance(8_000)
        self.work()
        for _ in range(20):
            if not SyncRun.objects.active().exists():
                break
            self.work()

    def assert_whole(self) -> None:
        """Fail unless the cache is the org, counters are true and no mask is broken."""
        plan, told = SyncPlan.objects.get(), "\n".join(self.lines)
        assert plan.runs.latest("pk").state in ("succeeded", "warnings"), told
        expected = {
            key: row
            for key, row in held(
                self.simulated, "Account", sorted({*plan.fields_read, *FIELDS})
            ).items()
            if not row.get("IsDeleted") and fits(plan.where, row)
        }
        rows = Record.objects.of(self.org, "Account")
        cached = {row.record_id: row.data for row in rows.live()}
        assert sorted(cached) == sorted(expected), told
        for key, data in cached.items():
            wanted = {name: expected[key].get(name) for name in plan.fields_read}
            assert same({name: data.get(name) for name in wanted}, wanted), (key, told)
        counters = SObject.objects.get(org=self.org, name="Account")
        assert counters.live_count == len(cached), told
        assert counters.total_count == rows.count(), told
        masked = set(
            SField.objects.filter(sobject=counters, is_masked=True).values_list(
                "name", flat=True
            )
        )
        assert not [row.record_id for row in rows if masked & set(row.data)], told

    def say(self, text: str) -> None:
        self.lines.append(text)
