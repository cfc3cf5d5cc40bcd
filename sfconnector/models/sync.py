"""Plans say what to read, how and how often; a run is one execution of a plan."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector.models.orgs import Org


class SyncPlanQuerySet(models.QuerySet["SyncPlan"]):
    """The vocabulary in which the app asks for plans."""

    def due(self, now: datetime) -> Self:
        """Return the switched-on plans of present orgs whose time has come."""
        return self.filter(
            is_enabled=True,
            paused_at=None,
            next_run_at__lte=now,
            org__deletion_requested_at=None,
        )


class SyncPlan(models.Model):
    """What to read from an org, how, and how often."""

    class Kind(models.TextChoices):
        OBJECT = "object", _("Object")
        SOQL = "soql", _("SOQL query")
        ENDPOINT = "endpoint", _("Endpoint")

    class Mode(models.TextChoices):
        AUTO = "auto", _("Automatic")
        REST = "rest", _("REST query")
        BULK = "bulk", _("Bulk API 2.0")

    class Schedule(models.TextChoices):
        MANUAL = "manual", _("Only when asked")
        EVERY = "every", _("Every so many minutes")
        CRON = "cron", _("Cron text")

    class DriftPolicy(models.TextChoices):
        IGNORE = "ignore", _("Ignore new fields")
        ADD = "add", _("Add new fields")
        PAUSE = "pause", _("Pause the plan")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    org = models.ForeignKey(
        Org, on_delete=models.CASCADE, related_name="plans", verbose_name=_("org")
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.OBJECT
    )
    name = models.CharField(_("name"), max_length=120, blank=True, default="")
    sobject = models.CharField(
        _("object"),
        max_length=80,
        blank=True,
        default="",
        help_text=_("API name, for example Account or Invoice__c."),
    )
    fields = models.JSONField(
        _("fields"),
        default=list,
        blank=True,
        help_text=_("API names; empty means every readable field."),
    )
    where = models.TextField(
        _("filter"),
        blank=True,
        default="",
        help_text=_("A SOQL condition without WHERE, for example Industry = 'Energy'."),
    )
    soql = models.TextField(_("SOQL"), blank=True, default="")
    path = models.CharField(
        _("path"),
        max_length=2000,
        blank=True,
        default="",
        help_text=_("For example /services/data/v39.0/sobjects/account"),
    )
    mode = models.CharField(
        _("read by"), max_length=6, choices=Mode.choices, default=Mode.AUTO
    )
    schedule = models.CharField(
        _("schedule"), max_length=8, choices=Schedule.choices, default=Schedule.MANUAL
    )
    every_minutes = models.PositiveIntegerField(
        _("every … minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60 * 24 * 31)],
    )
    cron = models.CharField(
        _("cron text"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Five parts in the site's time zone, for example 0 6 * * 1-5."),
    )
    is_enabled = models.BooleanField(_("switched on"), default=True)
    overlap_minutes = models.PositiveIntegerField(
        _("overlap in minutes"),
        default=10,
        help_text=_("How far each incremental read looks back, against late commits."),
    )
    full_every_days = models.PositiveIntegerField(
        _("full pass every … days"),
        default=7,
        help_text=_("Finds records purged in the org; 0 switches it off."),
    )
    drift_policy = models.CharField(
        _("when the object changes"),
        max_length=8,
        choices=DriftPolicy.choices,
        default=DriftPolicy.IGNORE,
    )
    history_days = models.PositiveIntegerField(
        _("keep history for … days"), default=0, help_text=_("0: no history is kept.")
    )
    include_deleted = models.BooleanField(_("follow deletions"), default=True)

    next_run_at = models.DateTimeField(_("next run"), null=True, editable=False)
    cursor_field = models.CharField(
        max_length=40, blank=True, default="", editable=False
    )
    cursor_value = models.CharField(
        max_length=40, blank=True, default="", editable=False
    )
    """Timestamp up to which everything was read, by the org's clock (SOQL literal)."""
    definition = models.CharField(max_length=32, blank=True, default="", editable=False)
    """Digest of object, fields and filter at the last full pass."""
    fields_read = models.JSONField(default=list, blank=True, editable=False)
    """The fields that every cached record has, since the last full pass."""
    last_full_at = models.DateTimeField(null=True, editable=False)
    deleted_covered_until = models.CharField(
        max_length=40, blank=True, default="", editable=False
    )
    """latestDateCovered of the last /deleted answer, as the org wrote it."""
    last_run_at = models.DateTimeField(_("last run"), null=True, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    failures_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    paused_reason = models.TextField(blank=True, default="", editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SyncPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["org", "sobject", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_plan_one_per_object",
                fields=["org", "sobject"],
                condition=Q(kind="object"),
                violation_error_message=_(
                    "This org already has a plan for this object."
                ),
            ),
            models.CheckConstraint(
                name="sfconnector_plan_has_target",
                condition=(Q(kind="object") & ~Q(sobject=""))
                | (Q(kind="soql") & ~Q(soql=""))
                | (Q(kind="endpoint") & ~Q(path="")),
                violation_error_message=_("Say what the plan reads."),
            ),
        ]
        indexes = [
            models.Index(name="sfconnector_plan_due", fields=["next_run_at"]),
        ]

    def __str__(self) -> str:
        return self.name or self.sobject or self.path or self.soql[:60]

    @property
    def target(self) -> str:
        """Return what the plan reads, in a word."""
        return self.sobject or self.path or self.soql

    def pause(self, reason: str) -> None:
        """Stop the schedule until somebody resumes it."""
        self.paused_at, self.paused_reason = timezone.now(), reason
        self.save(update_fields=["paused_at", "paused_reason", "updated_at"])

    def resume(self) -> None:
        """Let the schedule go on from now, without catching up what was missed."""
        self.paused_at, self.paused_reason, self.failures_in_a_row = None, "", 0
        self.save(
            update_fields=[
                "paused_at",
                "paused_reason",
                "failures_in_a_row",
                "updated_at",
            ]
        )


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
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


class SyncRun(models.Model):
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

    class Trigger(models.TextChoices):
        PERSON = "person", _("A person")
        SCHEDULE = "schedule", _("The schedule")
        COMMAND = "command", _("A command")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(
        SyncPlan, on_delete=models.CASCADE, related_name="runs", verbose_name=_("plan")
    )
    org = models.ForeignKey(
        Org, on_delete=models.CASCADE, related_name="runs", verbose_name=_("org")
    )
    sobject = models.CharField(_("object"), max_length=80, blank=True, default="")
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.QUEUED
    )
    trigger = models.CharField(
        _("started by"), max_length=10, choices=Trigger.choices, default=Trigger.PERSON
    )
    requested_by = models.ForeignKey(
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
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"

    @property
    def is_active(self) -> bool:
        """Tell whether the run is not over."""
        return self.state in self.ACTIVE

    @property
    def seconds(self) -> float | None:
        """Return how long the run has worked or did work, None before it started."""
        if self.started_at is None:
            return None
        return ((self.finished_at or timezone.now()) - self.started_at).total_seconds()

    def claim(self, owner: str, *, lease_until: datetime) -> bool:
        """Take the run by one conditional UPDATE; False when another was quicker."""
        now = timezone.now()
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

    def write(self, **values: Any) -> bool:
        """Update columns while we still hold the run; False when it was taken over."""
        mine = SyncRun.objects.filter(
            pk=self.pk, fence=self.fence, state=self.State.RUNNING
        )
        if not mine.update(**values):
            return False
        for name, value in values.items():
            setattr(self, name, value)
        return True

    def request_cancel(self) -> bool:
        """Ask the run to stop between two batches; a waiting one stops at once."""
        now = timezone.now()
        waiting = SyncRun.objects.filter(
            pk=self.pk, state__in=(self.State.QUEUED, self.State.PARKED)
        )
        if waiting.update(state=self.State.CANCELLED, finished_at=now):
            return True
        running = SyncRun.objects.filter(pk=self.pk, state=self.State.RUNNING)
        return bool(running.update(cancel_requested_at=now))


class RunLogLine(models.Model):
    """A sentence that a run said about itself."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(auto_now_add=True)
    level = models.CharField(max_length=8, default="info")
    text = models.TextField()

    class Meta:
        verbose_name = _("run log line")
        verbose_name_plural = _("run log lines")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text
