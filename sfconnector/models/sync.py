"""Plans say what to read, how and how often; a run is one execution of a plan."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector import conf, logs
from sfconnector.models.fields import ForeignKey, one_line_only
from sfconnector.models.orgs import Org
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet, admin_page

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class SyncPlanQuerySet(PrimaryQuerySet["SyncPlan"]):
    """The vocabulary in which the app asks for plans."""

    def with_last_error(self) -> Self:
        """Add what the last run that failed said: ``last_error``, ``last_remedy``."""
        # Runs lie above plans, so their model is asked for by the name of the relation.
        runs: Any = self.model._meta.get_field("runs").related_model  # noqa: SLF001 - documented by Django
        failed = runs.objects.filter(plan=OuterRef("pk"), state="failed")
        last = failed.order_by("-pk")
        return self.annotate(
            last_error=Subquery(last.values("error_text")[:1]),
            last_remedy=Subquery(last.values("remedy")[:1]),
        )

    def troubled(self) -> Self:
        """Return those of which ``is_troubled`` holds."""
        failing = Q(failures_in_a_row__gt=0) | ~Q(paused_reason="")
        return self.filter(failing, is_enabled=True)

    def due(self, now: datetime) -> Self:
        """Return the switched-on plans of present orgs whose time has come."""
        return self.filter(
            is_enabled=True,
            paused_at=None,
            next_run_at__lte=now,
            org__deletion_requested_at=None,
        )

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return those of orgs that a user may know of."""
        return self.filter(org__in=Org.objects.for_user(user))


class SyncPlan(PrimaryModel):
    """What to read from an org, how, and how often."""

    class Kind(models.TextChoices):
        OBJECT = "object", _("Object")
        SOQL = "soql", _("SOQL query")
        ENDPOINT = "endpoint", _("Endpoint")
        TASK = "task", _("Task of the project")

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
    org = ForeignKey(
        Org, on_delete=models.CASCADE, related_name="plans", verbose_name=_("org")
    )
    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.OBJECT
    )
    name = models.CharField(
        _("name"),
        max_length=120,
        blank=True,
        default="",
        validators=[one_line_only],
    )
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
    task = models.CharField(
        _("task"), max_length=120, blank=True, default="", db_default="", editable=False
    )
    """Name of the function of the host that gets the runs; see ``hooks.sf_task``."""
    kept = models.JSONField(null=True, editable=False)
    """The checkpoint that this function kept last."""
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
    full_wanted_at = models.DateTimeField(null=True, editable=False)
    """Somebody wanted everything anew while a run was active; the next one does it."""
    deleted_covered_until = models.CharField(
        max_length=40, blank=True, default="", editable=False
    )
    """latestDateCovered of the last /deleted answer, as the org wrote it."""
    last_run_at = models.DateTimeField(_("last run"), null=True, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, editable=False)
    failures_in_a_row = models.PositiveIntegerField(default=0, editable=False)
    paused_at = models.DateTimeField(_("paused"), null=True, editable=False)
    paused_reason = models.TextField(blank=True, default="", editable=False)
    created_by = ForeignKey(
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
            models.UniqueConstraint(
                name="sfconnector_plan_one_per_task",
                fields=["org", "task"],
                condition=Q(kind="task"),
            ),
            models.CheckConstraint(
                name="sfconnector_plan_has_target",
                condition=(Q(kind="object") & ~Q(sobject=""))
                | (Q(kind="soql") & ~Q(soql=""))
                | (Q(kind="endpoint") & ~Q(path=""))
                | (Q(kind="task") & ~Q(task="")),
                violation_error_message=_("Say what the plan reads."),
            ),
        ]
        indexes = [
            models.Index(name="sfconnector_plan_due", fields=["next_run_at"]),
        ]

    def __str__(self) -> str:
        return self.name or self.sobject or self.path or self.task or self.soql[:60]

    def get_absolute_url(self) -> str:
        """Return the plan's page in the admin."""
        return admin_page(self)

    @property
    def target(self) -> str:
        """Return what the plan reads, in a word."""
        return self.sobject or self.path or self.task or self.soql

    @property
    def is_troubled(self) -> bool:
        """Tell whether it has just failed or was paused by the app, with a reason."""
        return self.is_enabled and bool(self.paused_reason or self.failures_in_a_row)

    def pause(self, reason: str) -> None:
        """Stop the schedule until somebody resumes it."""
        self.paused_at, self.paused_reason = timezone.now(), reason
        self.save(update_fields=["paused_at", "paused_reason", "updated_at"])
        values = {"plan": self.pk, "org": self.org_id, "sobject": self.sobject}
        logs.tell("plan_paused", values, is_bad=True)

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


class PlanSetQuerySet(PrimaryQuerySet["PlanSet"]):
    """The vocabulary in which the app asks for sets of plans."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the sets that a user may know of: their filters tell of the orgs.

        Those that a visible org has, those of the user's own making, and every set for
        whoever sees every org.
        """
        if getattr(user, "is_superuser", False) and not conf.current().visible_orgs:
            return self
        seen = Org.objects.visible_to(user)
        applied = PlanSetOrg.objects.filter(org__in=seen)
        return self.filter(
            ~Exists(Org.objects.exclude(pk__in=seen.values("pk")))
            | Q(pk__in=applied.values("plan_set"))
            | Q(created_by=user.pk)
        )

    def changeable_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return the visible sets that no org has which is hidden from the user.

        What they say next is applied there as well.
        """
        hidden = Org.objects.exclude(pk__in=Org.objects.visible_to(user).values("pk"))
        applied = PlanSetOrg.objects.filter(org__in=hidden)
        return self.visible_to(user).exclude(pk__in=applied.values("plan_set"))


class PlanSet(PrimaryModel):
    """Objects, fields and a schedule that several orgs shall have alike."""

    name = models.CharField(
        _("name"), max_length=120, unique=True, validators=[one_line_only]
    )
    schedule = models.CharField(
        _("schedule"),
        max_length=8,
        choices=SyncPlan.Schedule.choices,
        default=SyncPlan.Schedule.MANUAL,
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
    created_by = ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = PlanSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan set")
        verbose_name_plural = _("plan sets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PlanSetObject(PrimaryModel):
    """One object of a set: what is read of it."""

    plan_set = ForeignKey(PlanSet, on_delete=models.CASCADE, related_name="members")
    sobject = models.CharField(
        _("object"),
        max_length=80,
        help_text=_("API name, for example Account or Invoice__c."),
    )
    fields = models.JSONField(_("fields"), default=list, blank=True)
    where = models.TextField(
        _("filter"),
        blank=True,
        default="",
        help_text=_("A SOQL condition without WHERE, for example Industry = 'Energy'."),
    )

    class Meta:
        verbose_name = _("object of the set")
        verbose_name_plural = _("objects of the set")
        ordering = ["plan_set", "sobject"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_plan_set_object_once",
                fields=["plan_set", "sobject"],
                violation_error_message=_("The set names this object already."),
            )
        ]

    def __str__(self) -> str:
        return self.sobject


class PlanSetOrg(PrimaryModel):
    """That a set was applied to an org, and when last."""

    plan_set = ForeignKey(PlanSet, on_delete=models.CASCADE, related_name="applied")
    org = ForeignKey(Org, on_delete=models.CASCADE, related_name="plan_sets")
    applied_at = models.DateTimeField()

    class Meta:
        verbose_name = _("org of a set")
        verbose_name_plural = _("orgs of a set")
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_plan_set_org_once", fields=["plan_set", "org"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.plan_set_id} – {self.org_id}"
