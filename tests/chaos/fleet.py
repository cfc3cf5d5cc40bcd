"""A storm over many orgs at once: one site, its workers and its broker, by one seed."""

from __future__ import annotations

import collections
import contextlib
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from django.db import OperationalError, connection
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, Round, SyncPlan, SyncRun
from tests.chaos.storm import Storm
from tests.faults.evidence import assert_whole
from tests.faults.processes import Process, environment
from tests.faults.redis_server import RedisServer

FIRST_PASSES_S = 900
CALM_S = 600


class Fleet:
    """Many orgs, each with weather of its own, and the workers that serve them all.

    Unlike in the storm over one org nobody shortens a rest or a lease while it rages, and
    nothing is made due by hand: the site finds its way back alone.
    """

    def __init__(
        self,
        members: Sequence[tuple[Org, SalesforceOrg]],
        *,
        seed: int,
        folder: Path,
        broker: RedisServer | None,
    ) -> None:
        self.random = random.Random(seed)
        self.storms = [
            Storm(org, simulated, seed=seed + place)
            for place, (org, simulated) in enumerate(members)
        ]
        self.broker = broker
        self.seen: collections.Counter[str] = collections.Counter()
        """How often each kind of thing happened."""
        self._folder = folder
        self._workers: list[Process] = []

    # -- the workers ---------------------------------------------------------

    def start_workers(self) -> None:
        """Start what is not there: embedded on SQLite, else two of Celery's with beat."""
        count = 2 if self.broker else 1
        self._workers = [one for one in self._workers if one.popen.poll() is None]
        while len(self._workers) < count:
            self._workers.append(self._worker())

    def _worker(self) -> Process:
        number = self.seen["workers"]
        self.seen["workers"] += 1
        command = [sys.executable, "-m", "tests.chaos.worker"]
        url = self.broker.url if self.broker else "memory://localhost/"
        if self.broker:
            schedule = str(self._folder / f"schedule-{number}")
            command = [
                *(sys.executable, "-m", "celery", "-A", "project", "worker", "-B"),
                *("--schedule", schedule, "-c", "2", "--loglevel", "WARNING"),
                *("--without-gossip", "--without-mingle", "-n", f"w{number}@%h"),
            ]
        env = environment(
            [storm.simulated for storm in self.storms],
            CELERY_BROKER_URL=url,
            SFCONNECTOR_ROUNDS="true",
            TEST_LEASE_SECONDS="10",
        )
        return Process(command, env, log=self._folder / "workers.log")

    def end_workers(self) -> None:
        """Kill the workers for good."""
        for one in self._workers:
            one.kill()
            one.wait()

    # -- what may happen -----------------------------------------------------

    def rage(self, *, seconds: float, trouble_every: float) -> None:
        """Let orgs change all the time, and something go wrong every so often."""
        deadline = time.monotonic() + seconds
        next_trouble = time.monotonic() + trouble_every
        while time.monotonic() < deadline:
            self.start_workers()
            one = self.random.choice(self.storms)
            for _ in range(self.random.randrange(1, 4)):
                one.mutate()
                self.seen["mutations"] += 1
            if self.random.random() < 0.3:
                one.spoil()
                self.seen["faults"] += 1
            if time.monotonic() > next_trouble:
                next_trouble += trouble_every
                self._trouble()
            time.sleep(self.random.uniform(0.02, 0.2))

    def _trouble(self) -> None:
        """Let one of the large things happen."""
        deeds = [self._kill, self._let_time_pass, self._reconnect, self._end_a_day]
        if self.broker:
            deeds += [self._lose_messages, self._end_sessions, self._silence_some]
        deed = self.random.choice(deeds)
        self.seen[deed.__name__.strip("_")] += 1
        deed()

    def _kill(self) -> None:
        self.random.choice(self._workers).kill()

    def _lose_messages(self) -> None:
        assert self.broker is not None
        self.broker.restart()

    def _let_time_pass(self) -> None:
        for one in self.random.sample(self.storms, len(self.storms) // 4):
            one.simulated.clock.advance(self.random.choice([60, 3_700]))

    def _end_a_day(self) -> None:
        """Let orgs that refused a composite request be asked for rounds again."""
        Org.objects.update(rounds_refused_until=None)

    def _end_sessions(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                "datname = current_database() AND pid <> pg_backend_pid()"
            )

    def _silence_some(self) -> None:
        for one in self.random.sample(self.storms, len(self.storms) // 20 + 1):
            one.simulated.faults.add("*", reset=True, times=10)

    def _reconnect(self) -> None:
        """Be the person who connects orgs again that lost their tokens."""
        for org in Org.objects.exclude(status=Org.Status.CONNECTED):
            # A fault may meet the person too; they try again.
            with contextlib.suppress(SFConnectorError):
                orgs.connect_headless(org)

    # -- afterwards ----------------------------------------------------------

    def first_passes(self) -> None:
        """Read everything once."""
        SyncPlan.objects.update(next_run_at=timezone.now())
        self._wait(
            lambda: not SyncPlan.objects.filter(cursor_value="").exists(),
            seconds=FIRST_PASSES_S,
        )

    def calm_down(self) -> None:
        """Take every fault away and let each plan succeed once more."""
        for one in self.storms:
            one.simulated.faults.clear()
            one.simulated.clock.advance(7_200)
        self._reconnect()
        calm_since = timezone.now()
        self._end_rests()
        waiting = SyncPlan.objects.exclude(last_success_at__gt=calm_since)

        def is_done() -> bool:
            self._end_rests()
            with contextlib.suppress(OperationalError):  # a deadlock: next time, then
                later = waiting.filter(next_run_at__gt=timezone.now())
                later.update(next_run_at=calm_since)
                # What is through comes due no more: three hundred orgs would always
                # have a run on a machine that takes more than a minute for them all.
                through = SyncPlan.objects.filter(last_success_at__gt=calm_since)
                through.update(next_run_at=calm_since + timedelta(days=1))
            return not waiting.exists() and not SyncRun.objects.active().exists()

        self._wait(is_done, seconds=CALM_S)

    def _end_rests(self) -> None:
        """Be the person who lets everything go on at once, not within the hour."""
        now = timezone.now()
        with contextlib.suppress(OperationalError):  # a deadlock: next time, then
            Org.objects.filter(resting_until__gt=now).update(resting_until=now)
            Org.objects.filter(rounds_refused_until__gt=now).update(
                rounds_refused_until=None
            )
            # A worker that was killed is silent for two minutes otherwise.
            Org.objects.filter(round_until__lt=now + timedelta(seconds=110)).update(
                round_until=None
            )
            parked = SyncRun.objects.filter(state=SyncRun.State.PARKED)
            parked.filter(
                parked_until__gt=now, heartbeat_at__lt=now - timedelta(seconds=5)
            ).update(parked_until=now, rung_at=None)
            SyncPlan.objects.exclude(paused_at=None).update(
                paused_at=None, failures_in_a_row=0
            )

    def _wait(self, condition: Callable[[], bool], *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.told()
            self.start_workers()
            time.sleep(1)

    def told(self) -> str:
        """Say what happened, what still waits, and what the workers wrote last."""
        states = SyncRun.objects.values_list("state", "error_code")
        log = self._folder / "workers.log"
        lines = [
            f"{len(self.storms)} orgs: {dict(self.seen)}",
            f"{Round.objects.count()} rounds, runs {dict(collections.Counter(states))}",
            str(list(SyncRun.objects.active().values()[:3])),
            log.read_text(errors="replace")[-3_000:] if log.exists() else "",
        ]
        return "\n".join(lines)

    def assert_nothing_is_lost(self) -> None:
        """Fail unless each cached object is as its org has it; name all that are not."""
        lost = []
        for one in self.storms:
            for plan in one.org.plans.all():
                try:
                    assert_whole(one.org, one.simulated, plan.sobject)
                except AssertionError as error:
                    lost.append(f"{one.org} {plan.sobject}: {str(error)[:2_000]}")
        assert not lost, "\n".join([f"{len(lost)} lost", *lost[:5], self.told()])
