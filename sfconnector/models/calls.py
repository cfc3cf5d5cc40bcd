"""Calls: each HTTP exchange as a redacted line, what it cost, and what people did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sfconnector.models.fields import ForeignKey
from sfconnector.models.orgs import Org
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet
from sfconnector.models.runs import SyncRun
from sfconnector.models.sync import SyncPlan

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


class ApiCall(PrimaryModel):
    """One HTTP exchange with Salesforce, without secrets and without bodies."""

    id = models.BigAutoField(primary_key=True)
    org = ForeignKey(
        Org,
        on_delete=models.CASCADE,
        related_name="calls",
        verbose_name=_("org"),
        db_index=False,
    )
    run = ForeignKey(
        SyncRun,
        on_delete=models.SET_NULL,
        null=True,
        related_name="calls",
        verbose_name=_("run"),
    )
    user = ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    purpose = models.CharField(_("purpose"), max_length=20)
    """connect, refresh, sync, catalog, health, explorer, command …"""
    method = models.CharField(_("method"), max_length=8)
    path = models.CharField(_("path"), max_length=2000)
    status = models.SmallIntegerField(_("status"), null=True)
    """HTTP status; null when no answer came."""
    error_code = models.CharField(
        _("error code"), max_length=80, blank=True, default=""
    )
    duration_ms = models.IntegerField(_("milliseconds"), default=0)
    request_bytes = models.BigIntegerField(_("bytes sent"), default=0)
    response_bytes = models.BigIntegerField(_("bytes received"), default=0)
    request_id = models.CharField(
        _("Salesforce request id"), max_length=80, blank=True, default=""
    )
    api_used = models.IntegerField(_("API calls used"), null=True)
    api_max = models.IntegerField(_("API calls allowed"), null=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("API call")
        verbose_name_plural = _("API calls")
        ordering = ["-id"]
        indexes = [
            models.Index(name="sfconnector_call_org", fields=["org", "-id"]),
            models.Index(name="sfconnector_call_at", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class ApiUsage(PrimaryModel):
    """The ledger of one org: what Sforce-Limit-Info last said."""

    org = models.OneToOneField(Org, on_delete=models.CASCADE, related_name="usage")
    used = models.IntegerField(default=0)
    maximum = models.IntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    exhausted_until = models.DateTimeField(null=True)
    """The org refused calls for its daily limit; nothing is sent before then."""

    class Meta:
        verbose_name = _("API usage")
        verbose_name_plural = _("API usage")

    def __str__(self) -> str:
        return f"{self.used}/{self.maximum}"


class ApiUsageDay(PrimaryModel):
    """How many calls this site made to an org on one day (UTC)."""

    org = ForeignKey(Org, on_delete=models.CASCADE, related_name="usage_days")
    day = models.DateField()
    calls = models.IntegerField(default=0)
    highest_used = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("API usage of a day")
        verbose_name_plural = _("API usage by day")
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_usageday_unique", fields=["org", "day"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.calls}"


class SavedCallQuerySet(PrimaryQuerySet["SavedCall"]):
    """The vocabulary in which the explorer asks for calls."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return a person's own calls and those shared, to orgs that are visible."""
        own = Q(user=user.pk) | Q(is_shared=True, is_history=False)
        return self.filter(own, org__in=Org.objects.present().visible_to(user))


class SavedCall(PrimaryModel):
    """A call of the explorer that somebody keeps, or shares."""

    org = ForeignKey(
        Org, on_delete=models.CASCADE, null=True, related_name="saved_calls"
    )
    user = ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(_("name"), max_length=120, blank=True, default="")
    is_shared = models.BooleanField(_("shared"), default=False)
    is_history = models.BooleanField(default=False)
    """An entry of the person's history rather than one kept by name."""
    method = models.CharField(_("method"), max_length=8, default="GET")
    path = models.CharField(_("path"), max_length=4000)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    body = models.TextField(_("body"), blank=True, default="")
    soql = models.TextField(_("SOQL"), blank=True, default="")
    """The query, when it was one of the SOQL tab; ``path`` is empty then."""
    all_rows = models.BooleanField(_("deleted rows as well"), default=False)
    orgs = models.ManyToManyField(Org, blank=True, related_name="+")
    """The orgs that a query asks; ``org`` is the first of them."""
    status = models.SmallIntegerField(_("status"), null=True)
    duration_ms = models.IntegerField(null=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = SavedCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved call")
        verbose_name_plural = _("saved calls")
        ordering = ["-pk"]

    def __str__(self) -> str:
        # Django's own pages list it when its person is deleted: no word of the org.
        return f"saved call {self.pk}"

    @property
    def target(self) -> str:
        """Return what the call asks, on one line."""
        return " ".join(self.soql.split()) or f"{self.method} {self.path}"


class CachedResponse(PrimaryModel):
    """An answer that an endpoint or SOQL plan fetched, with its time and status."""

    plan = ForeignKey(
        SyncPlan,
        on_delete=models.CASCADE,
        related_name="answers",
        verbose_name=_("plan"),
    )
    run = ForeignKey(
        SyncRun, on_delete=models.SET_NULL, null=True, related_name="answers"
    )
    asked = models.TextField(_("asked"), null=True, editable=False)
    """The path or the query that it answers: a plan may ask another one by now. Null
    for answers that came before this was kept."""
    status = models.SmallIntegerField(_("status"))
    content_type = models.CharField(max_length=120, blank=True, default="")
    body = models.JSONField(_("answer"), null=True)
    """The decoded JSON; an answer that is not JSON is kept as text."""
    byte_count = models.BigIntegerField(_("bytes"), default=0)
    duration_ms = models.IntegerField(_("milliseconds"), default=0)
    request_id = models.CharField(max_length=80, blank=True, default="")
    fetched_at = models.DateTimeField(_("fetched"))

    class Meta:
        verbose_name = _("cached answer")
        verbose_name_plural = _("cached answers")
        ordering = ["-pk"]
        indexes = [
            models.Index(name="sfconnector_answer_plan", fields=["plan", "-fetched_at"])
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"


class AuditEvent(PrimaryModel):
    """Something a person or the app did that matters later; append-only."""

    at = models.DateTimeField(_("when"), auto_now_add=True)
    user = ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("who"),
    )
    user_name = models.CharField(_("name"), max_length=150, blank=True, default="")
    org = ForeignKey(
        Org,
        on_delete=models.SET_NULL,
        null=True,
        related_name="events",
        verbose_name=_("org"),
    )
    org_alias = models.CharField(_("alias"), max_length=60, blank=True, default="")
    action = models.CharField(_("action"), max_length=60)
    outcome = models.CharField(_("outcome"), max_length=20, default="ok")
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    client_address = models.GenericIPAddressField(_("client address"), null=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-pk"]
        indexes = [models.Index(name="sfconnector_audit_org", fields=["org", "-at"])]

    def __str__(self) -> str:
        return self.action
