"""Runs: one execution of a plan, its transitions and what it said."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from sfconnector import clock, logs, signals
from sfconnector.models.fields import ForeignKey
from sfconnector.models.orgs import Org
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet, admin_page
from sfconnector.models.sync import SyncPlan

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class SyncRunQuerySet(PrimaryQuerySet["SyncRun"]):
    """The vocabulary in which the app asks for runs."""

    def active(self) -> Self:
        """Return the runs that are not over."""
        return self.filter(state__in=SyncRun.ACTIVE)

    def claimable(self, now: datetime) -> Self:
        """Return queued runs, runs whose worker fell silent, parked ones now due."""
        return self.filter(
            Q(state=SyncRun.State.QUEUED)
            | Q(state=SyncRun.State.RUNNING, lease_until__lt=now)
            | Q(state=SyncRun.State.PARKED, parked_until__lte=now)
        )

    def fence_off(self) -> list[SyncRun]:
        """End the active ones at once, in the caller's transaction; return them.

        A worker that is at one, however long it stood still, writes to no row any more.
        """
        now = clock.now()
        ended = list(self.active().select_for_update().order_by("pk"))
        SyncRun.objects.filter(pk__in=[run.pk for run in ended]).update(
            state=SyncRun.State.CANCELLED,
            fence=F("fence") + 1,
            cancel_requested_at=now,
            finished_at=now,
            lease_owner="",
            lease_until=None,
        )
        for run in ended:
            run.state, run.finished_at = SyncRun.State.CANCELLED, now
        return ended

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return those of orgs that a user may know of."""
        return self.filter(org__in=Org.objects.for_user(user))


class SyncRun(PrimaryModel):
    """One execution of a plan: the queue of record, the checkpoint and the result."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        PARKED = "parked", _("Parked")
        SUCCEEDED = "succeeded", _("Succeeded")
        WARNINGS = "warnings", _("Finished with warnings")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    ACTIVE = ("queued", "running", "parked")
    OVERLAY = "fields"
    """``mode`` of a run that laid some fields over the cache, beside its plan."""

    class Trigger(models.TextChoices):
        PERSON = "person", _("A person")
        SCHEDULE = "schedule", _("The schedule")
        COMMAND = "command", _("A command")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = ForeignKey(
        SyncPlan, on_delete=models.CASCADE, related_name="runs", verbose_name=_("plan")
    )
    org = ForeignKey(
        Org, on_delete=models.CASCADE, related_name="runs", verbose_name=_("org")
    )
    sobject = models.CharField(_("object"), max_length=80, blank=True, default="")
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.QUEUED
    )
    trigger = models.CharField(
        _("started by"), max_length=10, choices=Trigger.choices, default=Trigger.PERSON
    )
    requested_by = ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    is_full = models.BooleanField(_("full pass"), default=False)
    mode = models.CharField(_("read by"), max_length=6, blank=True, default="")
    phase = models.CharField(_("phase"), max_length=20, blank=True, default="")
    lease_owner = models.CharField(max_length=80, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    """Grows with each claim; a stale worker's writes match no row."""
    step = models.PositiveBigIntegerField(default=0, db_default=0)
    """Grows with each write of a worker, which then knows whether it outlived one.

    Batches do not wait for the disk. Should the server lose the last ones, perhaps
    unnoticed behind a pooler, what the worker has in memory is ahead of the row.
    """
    traceparent = models.CharField(
        max_length=64, blank=True, default="", db_default="", editable=False
    )
    """The trace in which the run was asked for; see ``tracing``."""
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    """Workers that took the run since it last came further."""
    checkpoint = models.JSONField(default=dict, blank=True)
    """How far the run has come; written in the transaction of its batch."""
    expected = models.BigIntegerField(_("expected"), null=True)
    fetched = models.BigIntegerField(_("fetched"), default=0)
    created = models.BigIntegerField(_("created"), default=0)
    updated = models.BigIntegerField(_("updated"), default=0)
    deleted = models.BigIntegerField(_("deleted"), default=0)
    unchanged = models.BigIntegerField(_("unchanged"), default=0)
    out_of_filter = models.BigIntegerField(_("out of filter"), default=0)
    api_calls = models.BigIntegerField(_("API calls"), default=0)
    warnings = models.JSONField(_("warnings"), default=list, blank=True)
    error_code = models.CharField(
        _("error code"), max_length=80, blank=True, default=""
    )
    error_text = models.TextField(_("error"), blank=True, default="")
    remedy = models.TextField(_("what to do"), blank=True, default="")
    cancel_requested_at = models.DateTimeField(null=True)
    parked_until = models.DateTimeField(_("parked until"), null=True)
    queued_at = models.DateTimeField(_("queued"), auto_now_add=True)
    rung_at = models.DateTimeField(null=True)
    """When the doorbell was last rung for this run."""
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_run_one_active",
                fields=["plan"],
                condition=Q(state__in=("queued", "running", "parked")),
            ),
        ]
        indexes = [
            models.Index(name="sfconnector_run_state", fields=["state", "org"]),
            models.Index(name="sfconnector_run_org", fields=["org", "-queued_at"]),
            models.Index(name="sfconnector_run_finished", fields=["finished_at"]),
            models.Index(name="sfconnector_run_plan", fields=["plan", "-id"]),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the run's page in the admin."""
        return admin_page(self)

    @property
    def is_active(self) -> bool:
        """Tell whether the run is not over."""
        return self.state in self.ACTIVE

    @property
    def seconds(self) -> float | None:
        """Return how long the run has worked or did work, None before it started."""
        if self.started_at is None:
            return None
        return ((self.finished_at or clock.now()) - self.started_at).total_seconds()

    def claim(self, owner: str, *, lease_until: datetime) -> bool:
        """Take the run by one conditional UPDATE; False when another was quicker."""
        now = clock.now()
        rows = SyncRun.objects.claimable(now).filter(pk=self.pk, fence=self.fence)
        taken = rows.update(
            state=self.State.RUNNING,
            lease_owner=owner,
            lease_until=lease_until,
            heartbeat_at=now,
            fence=F("fence") + 1,
            attempts=F("attempts") + 1,
            parked_until=None,
            started_at=Coalesce("started_at", now),
        )
        if taken:
            self.refresh_from_db()
        return bool(taken)

    def write(self, *, unless_cancelled: bool = False, **values: Any) -> bool:
        """Update columns while we still hold the run, as we know it.

        False when it was taken over, or when the row is not the one that our last
        write left; ``unless_cancelled``: also when somebody wants it to stop.
        """
        mine = SyncRun.objects.filter(
            pk=self.pk, fence=self.fence, step=self.step, state=self.State.RUNNING
        )
        if unless_cancelled:
            mine = mine.filter(cancel_requested_at=None)
        if not mine.update(**values, step=self.step + 1):
            return False
        for name, value in {**values, "step": self.step + 1}.items():
            setattr(self, name, value)
        return True

    def request_cancel(self) -> bool:
        """Ask the run to stop between two batches; a waiting one stops at once.

        One UPDATE, so that a worker which gives the run back meanwhile does so either
        before it, and the run waits, or after it, and ends it.
        """
        now = clock.now()
        waits = Q(state__in=(self.State.QUEUED, self.State.PARKED))
        active = SyncRun.objects.active().filter(pk=self.pk)
        asked = active.update(
            cancel_requested_at=now,
            finished_at=Case(When(waits, then=Value(now)), default=F("finished_at")),
            # MariaDB assigns from left to right: what the others look at comes last.
            state=Case(
                When(waits, then=Value(self.State.CANCELLED)), default=F("state")
            ),
        )
        return bool(asked)

    def tell_end(self) -> None:
        """Write the log line of a run that is over, and announce it to the host.

        Once for each run, by whoever ended it, and after the commit of that.
        """
        counts = ("fetched", "created", "updated", "deleted", "unchanged", "api_calls")
        values = {
            "run": self.pk,
            "plan": self.plan_id,
            "org": self.org_id,
            "alias": self.org.alias,
            "sobject": self.sobject,
            "outcome": self.state,
            "error": self.error_code,
            "seconds": self.seconds and round(self.seconds, 1),
            **{name: getattr(self, name) for name in counts},
        }
        logs.tell("run_ended", values, is_bad=self.state == self.State.FAILED)
        signals.run_finished.send_robust(SyncRun, run=self)


class RunLogLine(PrimaryModel):
    """A sentence that a run said about itself."""

    run = ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(auto_now_add=True)
    level = models.CharField(max_length=8, default="info")
    text = models.TextField()

    class Meta:
        verbose_name = _("run log line")
        verbose_name_plural = _("run log lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text


class Round(PrimaryModel):
    """One look at the due plans of an org together: what it cost, and what came."""

    id = models.BigAutoField(primary_key=True)
    org = ForeignKey(
        Org,
        on_delete=models.CASCADE,
        related_name="rounds",
        verbose_name=_("org"),
        db_index=False,
    )
    at = models.DateTimeField(_("when"))
    duration_ms = models.IntegerField(_("milliseconds"), default=0)
    calls = models.IntegerField(_("API calls"), default=0)
    plans = models.JSONField(_("plans"), default=dict)
    """By the key of each plan that needed no run: how many records it wrote."""
    queued = models.IntegerField(_("runs queued"), default=0)
    """Plans that got a run, for they have more or need more."""

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-id"]
        indexes = [
            models.Index(name="sfconnector_round_org", fields=["org", "-at"]),
            models.Index(name="sfconnector_round_at", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"round {self.pk}"

    @property
    def looked(self) -> int:
        """Return how many plans were looked at and needed no run."""
        return len(self.plans)

    @property
    def written(self) -> int:
        """Return how many records differed from the cache."""
        return sum(self.plans.values())

    @property
    def share(self) -> float:
        """Return the part of its calls that one of its plans took."""
        return self.calls / max(self.looked, 1)
