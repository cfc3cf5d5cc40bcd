"""What keeps the app itself in order: heartbeats, key canaries, alerts sent."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from sfconnector import crypto
from sfconnector.exceptions import ConfigurationError, SecretUnreadable
from sfconnector.models.orgs import Org
from sfconnector.secret import Secret

CANARY = "key.canary"
"""Purpose under which canaries are sealed (never renamed)."""
CANARY_TEXT = "sfconnector"
_NO_ROW = UUID(int=0)


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

    @property
    def sings(self) -> bool:
        """Tell whether the configured key of this id opens the canary."""
        try:
            text = crypto.unseal(self.token, purpose=CANARY, row_uuid=_NO_ROW)
        except SecretUnreadable:
            return False
        return text == Secret(CANARY_TEXT)

    @classmethod
    def plant(cls) -> None:
        """Leave a canary of the sealing key; refuse to seal with a wrong key.

        Raise ConfigurationError when a canary of this id exists and does not open:
        what is sealed now could not be read with the right key.
        """
        key = crypto.ring().primary()
        token = crypto.seal(
            Secret(CANARY_TEXT), purpose=CANARY, row_uuid=_NO_ROW, key=key
        )
        canary, _created = cls.objects.get_or_create(
            kid=key.kid, defaults={"token": token}
        )
        if not canary.sings:
            message = f"The encryption key {key.kid!r} is not the one used before."
            remedy = (
                "Put the earlier key back under this name, or give the new key another "
                "name and list it first."
            )
            raise ConfigurationError(message, remedy=remedy)


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
