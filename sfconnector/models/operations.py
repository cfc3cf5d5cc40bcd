"""What keeps the app itself in order: claims, heartbeats, alerts sent.

A claim says what one worker at a time does, or what is done once in a while.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from sfconnector import clock
from sfconnector.models.fields import ForeignKey
from sfconnector.models.orgs import Org
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet


class ClaimQuerySet(PrimaryQuerySet["Claim"]):
    """The vocabulary in which the app claims work."""

    def take(
        self, name: str, *, every: timedelta, now: datetime | None = None
    ) -> Claim | None:
        """Take a claim that nobody took or renewed for so long; None when one did.

        A worker that dies keeps no claim for ever: ``every`` is how long it may be
        silent. And what is never given back is a clock that strikes that often, for
        one caller only.
        """
        now = now or clock.now()
        claim, is_new = self.get_or_create(name=name, defaults={"taken_at": now})
        if is_new:
            return claim
        # One conditional UPDATE: of two who ask at once, one changes the row.
        free = self.filter(pk=claim.pk, taken_at__lte=now - every)
        if not free.update(taken_at=now, fence=F("fence") + 1):
            return None
        claim.refresh_from_db()
        return claim

    def taken(
        self, names: Iterable[str], *, within: timedelta, now: datetime | None = None
    ) -> set[str]:
        """Return which of some claims were taken or renewed within a time."""
        since = (now or clock.now()) - within
        rows = self.filter(name__in=list(names), taken_at__gt=since)
        return set(rows.values_list("name", flat=True))

    def last_taken(self, name: str) -> datetime | None:
        """Return when a claim was last taken, None when never."""
        return self.filter(name=name).values_list("taken_at", flat=True).first()


class Claim(PrimaryModel):
    """Who may do something that must not be done twice at once, and since when."""

    name = models.CharField(max_length=120, unique=True)
    taken_at = models.DateTimeField()
    """When it was taken or last renewed."""
    fence = models.PositiveIntegerField(default=0)
    """Grows each time it is taken over; a late holder's writes match no row."""

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")

    def __str__(self) -> str:
        return self.name

    def renew(self) -> bool:
        """Say that the holder lives; False when another has taken the claim over."""
        mine = Claim.objects.filter(pk=self.pk, fence=self.fence)
        return bool(mine.update(taken_at=clock.now()))

    def release(self) -> None:
        """Give the claim back, unless another has taken it over."""
        Claim.objects.filter(pk=self.pk, fence=self.fence).delete()


class Heartbeat(PrimaryModel):
    """When a worker or the tick was last alive."""

    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10)
    """worker or tick."""
    seen_at = models.DateTimeField()
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name


class PendingChange(PrimaryModel):
    """A change of records that one of the host's receivers has not taken yet."""

    org = ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    sobject = models.CharField(max_length=80)
    receiver = models.CharField(max_length=200)
    """Name of the receiver, as ``hooks`` knows it."""
    payload = models.JSONField()
    """Ids of created, updated and deleted records, and the fields that changed."""
    attempts = models.PositiveIntegerField(default=0)
    begun = models.PositiveIntegerField(default=0, db_default=0)
    """Calls in a row that did not come back, the one under way with them."""
    due_at = models.DateTimeField(db_index=True)
    """When it is brought, again or for the first time."""
    error = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("pending change")
        verbose_name_plural = _("pending changes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.sobject} for {self.receiver}"


class Alert(PrimaryModel):
    """Something people were told, so that they are told once, and of the recovery."""

    org = ForeignKey(Org, on_delete=models.CASCADE, null=True, related_name="alerts")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=120, blank=True, default="")
    """What within the org it is about, for example a plan."""
    text = models.TextField()
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    delivered = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_alert_one_open",
                fields=["org", "kind", "subject"],
                condition=models.Q(closed_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.kind
