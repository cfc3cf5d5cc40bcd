"""Credentials and the OAuth flows that lead to them; every secret is sealed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector.models.orgs import Org
from sfconnector.models.sealed import opened, sealed
from sfconnector.secret import Secret

ACCESS = "org.access_token"
"""Purpose under which access tokens are sealed (never renamed)."""
REFRESH = "org.refresh_token"
"""Purpose under which refresh tokens are sealed (never renamed)."""
VERIFIER = "flow.verifier"
"""Purpose under which PKCE verifiers are sealed (never renamed)."""


class Credential(models.Model):
    """The tokens of one org, written together in one UPDATE, read under a lease."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    org = models.OneToOneField(
        Org, on_delete=models.CASCADE, related_name="credential", verbose_name=_("org")
    )
    access_token_enc = models.TextField(blank=True, default="", editable=False)
    refresh_token_enc = models.TextField(blank=True, default="", editable=False)
    instance_url = models.CharField(max_length=255, blank=True, default="")
    identity_url = models.CharField(max_length=255, blank=True, default="")
    scopes = models.CharField(max_length=500, blank=True, default="")
    issued_at = models.DateTimeField(_("issued"), null=True)
    generation = models.PositiveBigIntegerField(_("generation"), default=0)
    """Grows with every change of the tokens; a stale writer's UPDATE matches no row."""
    lease_owner = models.CharField(max_length=64, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    cooldown_until = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(_("last refresh"), null=True)
    rotations = models.PositiveIntegerField(_("rotations"), default=0)
    failures = models.PositiveIntegerField(_("failed refreshes in a row"), default=0)
    failure_code = models.CharField(max_length=80, blank=True, default="")
    failure_text = models.TextField(blank=True, default="")
    answer_lost_at = models.DateTimeField(null=True)
    """Set while a refresh was sent and its answer never seen: state unknown."""
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    """Deployment that the tokens belong to; another one must adopt or detach."""
    last_used_at = models.DateTimeField(_("last used"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")

    def __str__(self) -> str:
        return f"credential {self.uuid}"

    @property
    def access_token(self) -> Secret | None:
        """Open the access token, None without one; raise SecretUnreadable."""
        return opened(self, "access_token_enc", purpose=ACCESS)

    @property
    def refresh_token(self) -> Secret | None:
        """Open the refresh token, None without one; raise SecretUnreadable."""
        return opened(self, "refresh_token_enc", purpose=REFRESH)

    def sealed_access_token(self, secret: Secret | None) -> str:
        """Seal an access token for this row's column."""
        return sealed(secret, self.uuid, purpose=ACCESS)

    def sealed_refresh_token(self, secret: Secret | None) -> str:
        """Seal a refresh token for this row's column."""
        return sealed(secret, self.uuid, purpose=REFRESH)


class OAuthFlowQuerySet(models.QuerySet["OAuthFlow"]):
    """The vocabulary in which the app asks for flows."""

    def open(self, now: datetime | None = None) -> Self:
        """Return the flows whose callback may still come."""
        return self.filter(consumed_at=None, expires_at__gt=now or timezone.now())


class OAuthFlow(models.Model):
    """One walk to Salesforce's log-in page and back; single use, ten minutes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the state; the state itself is only in the browser."""
    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="flows")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    session_hash = models.CharField(max_length=64)
    """SHA-256 of a random value kept in the session (session keys may change)."""
    admin_site = models.CharField(max_length=60, default="admin")
    login_url = models.CharField(max_length=255)
    token_endpoint = models.CharField(max_length=255)
    redirect_uri = models.CharField(max_length=500)
    consumer_key = models.CharField(max_length=255)
    scopes = models.CharField(max_length=500, blank=True, default="")
    verifier_enc = models.TextField(editable=False)
    replace_identity = models.BooleanField(default=False)
    """The person said beforehand that another org or user may take over the row."""
    archive = models.BooleanField(default=False)
    """The person said that the row is set aside when another one comes back."""
    created_at = models.DateTimeField(_("started"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    consumed_at = models.DateTimeField(_("came back"), null=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True, default="")
    detail = models.TextField(_("what happened"), blank=True, default="")
    client_address = models.GenericIPAddressField(null=True)

    objects = OAuthFlowQuerySet.as_manager()

    class Meta:
        verbose_name = _("OAuth flow")
        verbose_name_plural = _("OAuth flows")
        ordering = ["-created_at"]
        indexes = [
            models.Index(name="sfconnector_flow_org", fields=["org", "-created_at"])
        ]

    def __str__(self) -> str:
        return f"flow {self.uuid}"

    @property
    def verifier(self) -> Secret | None:
        """Open the PKCE verifier; raise SecretUnreadable."""
        return opened(self, "verifier_enc", purpose=VERIFIER)

    def set_verifier(self, secret: Secret) -> None:
        """Seal the PKCE verifier into this row; ``save()`` keeps it."""
        self.verifier_enc = sealed(secret, self.uuid, purpose=VERIFIER)

    def consume(self) -> bool:
        """Use the flow up by one conditional UPDATE; False when it was used before."""
        now = timezone.now()
        rows = OAuthFlow.objects.filter(pk=self.pk, consumed_at=None)
        if not rows.update(consumed_at=now):
            return False
        self.consumed_at = now
        return True

    def close(self, outcome: str, *, detail: str = "") -> None:
        """Write down how the flow ended, and forget its verifier."""
        self.outcome, self.detail, self.verifier_enc = outcome, detail, ""
        self.save(update_fields=["outcome", "detail", "verifier_enc"])
