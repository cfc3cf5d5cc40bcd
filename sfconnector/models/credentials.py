"""Credentials and the OAuth flows that lead to them; every secret is sealed."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector import grant_types
from sfconnector.exceptions import SecretUnreadable
from sfconnector.models.fields import ForeignKey
from sfconnector.models.orgs import Org
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet
from sfconnector.models.sealed import opened, reference, sealed
from sfconnector.secret import Secret

ACCESS = "org.access_token"
"""Purpose under which access tokens are sealed (never renamed)."""
REFRESH = "org.refresh_token"
"""Purpose under which refresh tokens are sealed (never renamed)."""
VERIFIER = "flow.verifier"
"""Purpose under which PKCE verifiers are sealed (never renamed)."""


IDLE_LIMIT = timedelta(days=30)
"""After which a usual refresh token policy ends a token that was not used."""


class CredentialQuerySet(PrimaryQuerySet["Credential"]):
    """The vocabulary in which the app asks for credentials."""

    def renewable(self) -> Self:
        """Return those that a refresh token renews, of orgs that stay."""
        return self.filter(
            org__flow__in=grant_types.with_refresh_token(),
            org__deletion_requested_at=None,
        ).exclude(refresh_token_enc="")

    def idle(self, since: datetime) -> Self:
        """Return those whose refresh token was last used before a moment."""
        used = Coalesce("refreshed_at", "issued_at", "created_at")
        return self.renewable().alias(used=used).filter(used__lt=since)


class Credential(PrimaryModel):
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
    database = models.CharField(max_length=80, blank=True, default="", db_default="")
    """Mark of the database that the tokens were written in; see tokens.restored."""
    last_used_at = models.DateTimeField(_("last used"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        verbose_name = _("credential")
        verbose_name_plural = _("credentials")

    def __str__(self) -> str:
        return f"credential {self.uuid}"

    @property
    def used_at(self) -> datetime:
        """Return when the refresh token was last used (see ``idle``)."""
        return self.refreshed_at or self.issued_at or self.created_at

    @property
    def access_token(self) -> Secret | None:
        """Open the access token, None without one; raise SecretUnreadable."""
        return opened(self, "access_token_enc", purpose=ACCESS)

    @property
    def refresh_token(self) -> Secret | None:
        """Open the refresh token, None without one; raise SecretUnreadable."""
        return opened(self, "refresh_token_enc", purpose=REFRESH)

    def references(self) -> set[str]:
        """Return where a store of the host's has the tokens; raise SecretUnreadable."""
        found = {
            reference(self, "access_token_enc", purpose=ACCESS),
            reference(self, "refresh_token_enc", purpose=REFRESH),
        }
        return found - {""}

    def sealed_access_token(self, secret: Secret | None) -> str:
        """Seal an access token for this row's column."""
        return sealed(secret, self.uuid, purpose=ACCESS)

    def sealed_refresh_token(self, secret: Secret | None) -> str:
        """Seal a refresh token for this row's column."""
        return sealed(secret, self.uuid, purpose=REFRESH)


class InvitationQuerySet(PrimaryQuerySet["Invitation"]):
    """The vocabulary in which the app asks for invitations."""

    def open(self, now: datetime | None = None) -> Self:
        """Return those that still open something."""
        return self.filter(
            used_at=None, revoked_at=None, expires_at__gt=now or timezone.now()
        )


class Invitation(PrimaryModel):
    """A link by which somebody without an account here connects one org, once."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the link's secret part; the part itself is only in the link."""
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"invitation {self.uuid}"

    def take(self) -> bool:
        """Use it up by one conditional UPDATE; False when it opens nothing any more."""
        return self._move(Invitation.objects.open(), used_at=timezone.now())

    def put_back(self) -> None:
        """Make it good again: what it was taken for did not come about."""
        self._move(Invitation.objects.filter(revoked_at=None), used_at=None)

    def revoke(self) -> bool:
        """Make it useless; False when it was already."""
        return self._move(Invitation.objects.open(), revoked_at=timezone.now())

    def _move(self, rows: models.QuerySet[Invitation], **values: Any) -> bool:
        return bool(rows.filter(pk=self.pk).update(**values))


class OAuthFlowQuerySet(PrimaryQuerySet["OAuthFlow"]):
    """The vocabulary in which the app asks for flows."""

    def open(self, now: datetime | None = None) -> Self:
        """Return the flows whose callback may still come."""
        return self.filter(consumed_at=None, expires_at__gt=now or timezone.now())


class OAuthFlow(PrimaryModel):
    """One walk to Salesforce's log-in page and back; single use, ten minutes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state_hash = models.CharField(max_length=64, unique=True)
    """SHA-256 of the state; the state itself is only in the browser."""
    org = ForeignKey(Org, on_delete=models.CASCADE, related_name="flows")
    user = ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, null=True, related_name="flows"
    )
    """The link that began it: then ``user`` is who made the link."""
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
    language = models.CharField(max_length=20, blank=True, default="")
    """Language in which the person left, and comes back to."""
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

    def consume(self) -> tuple[bool, Secret | None]:
        """Use the flow up and take its verifier out, by one conditional UPDATE.

        Return whether it was unused, and the verifier; None when that does not open.
        """
        now = timezone.now()
        rows = OAuthFlow.objects.filter(pk=self.pk, consumed_at=None)
        if not rows.update(consumed_at=now, verifier_enc=""):
            return False, None
        self.consumed_at = now
        try:
            return True, self.verifier
        except SecretUnreadable:
            return True, None
        finally:
            self.verifier_enc = ""

    def close(self, outcome: str, *, detail: str = "", org: Org | None = None) -> None:
        """Write down how the flow ended, at which org, and forget its verifier."""
        self.outcome, self.detail, self.verifier_enc = outcome, detail, ""
        self.org = org or self.org
        self.save(update_fields=["outcome", "detail", "verifier_enc", "org"])
