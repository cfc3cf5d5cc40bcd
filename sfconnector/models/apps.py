"""Connected apps: the consumer key and secret that orgs are connected with."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from sfconnector.models.sealed import opened, sealed
from sfconnector.secret import Secret

CONSUMER = "app.consumer_secret"
"""Purpose under which the consumer secret is sealed (never renamed)."""
PRIVATE_KEY = "app.private_key"
"""Purpose under which the JWT signing key is sealed (never renamed)."""


class ConnectedApp(models.Model):
    """An External Client App or legacy connected app; one serves many orgs."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        help_text=_("How you call it here, for example “Production app”."),
    )
    consumer_key = models.CharField(
        _("consumer key"),
        max_length=255,
        help_text=_("Shown by Salesforce under “Consumer Key and Secret”."),
    )
    consumer_secret_enc = models.TextField(
        _("sealed consumer secret"), blank=True, default="", editable=False
    )
    private_key_enc = models.TextField(
        _("sealed private key"), blank=True, default="", editable=False
    )
    scopes = models.CharField(
        _("scopes"),
        max_length=500,
        default="api refresh_token openid",
        help_text=_(
            "Separated by spaces. Each must be selected on the app in Salesforce; "
            "“api” and “refresh_token” are needed."
        ),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("connected app")
        verbose_name_plural = _("connected apps")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_list(self) -> tuple[str, ...]:
        """Return the scopes one by one."""
        return tuple(self.scopes.split())

    @property
    def is_confidential(self) -> bool:
        """Tell whether a consumer secret is kept (a public client has none)."""
        return bool(self.consumer_secret_enc)

    @property
    def consumer_secret(self) -> Secret | None:
        """Open the consumer secret, None for a public client; SecretUnreadable."""
        return opened(self, "consumer_secret_enc", purpose=CONSUMER)

    def set_consumer_secret(self, secret: Secret | None) -> None:
        """Seal a consumer secret into this row; ``save()`` keeps it."""
        self.consumer_secret_enc = sealed(secret, self.uuid, purpose=CONSUMER)

    @property
    def private_key(self) -> Secret | None:
        """Open the PEM key that signs JWTs, None without one; SecretUnreadable."""
        return opened(self, "private_key_enc", purpose=PRIVATE_KEY)

    def set_private_key(self, secret: Secret | None) -> None:
        """Seal a PEM key into this row; ``save()`` keeps it."""
        self.private_key_enc = sealed(secret, self.uuid, purpose=PRIVATE_KEY)
