"""What keeps the app itself in order: heartbeats, key canaries, alerts sent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from sfconnector.models.orgs import Org


class Heartbeat(models.Model):
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


class KeyCanary(models.Model):
    """A known text sealed with each key, so that a wrong key is found at start."""

    kid = models.CharField(_("key id"), max_length=40, unique=True)
    token = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("key canary")
        verbose_name_plural = _("key canaries")

    def __str__(self) -> str:
        return self.kid


class Alert(models.Model):
    """Something people were told, so that they are told once, and of the recovery."""

    org = models.ForeignKey(
        Org, on_delete=models.CASCADE, null=True, related_name="alerts"
    )
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
