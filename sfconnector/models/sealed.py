"""Sealed columns, which hold a ciphertext, and canaries that tell a wrong key."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sfconnector import crypto, token_store
from sfconnector.exceptions import ConfigurationError, SecretUnreadable
from sfconnector.models.primary import PrimaryModel
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop

CANARY = "key.canary"
"""Purpose under which canaries are sealed (never renamed)."""
CANARY_TEXT = "sfconnector"
_NO_ROW = UUID(int=0)
_LOADED_AT = timezone.now()
"""When this process, or the one it was forked from, read its settings."""


class KeyCanary(PrimaryModel):
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
    def came_later(cls, kid: str) -> bool:
        """Tell whether a key was first used after this process read its settings.

        Then other processes know it, and this one has to be started anew.
        """
        return cls.objects.filter(kid=kid, created_at__gt=_LOADED_AT).exists()

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
            message = gettext_noop(
                "The encryption key {kid!r} is not the one used before."
            ).format(kid=key.kid)
            remedy = gettext_noop(
                "Put the earlier key back under this name, or give the new key another "
                "name and list it first."
            )
            raise ConfigurationError(message, remedy=remedy)


class SealedRow(Protocol):
    """A row whose UUID its ciphertexts are bound to."""

    uuid: UUID


def opened(row: SealedRow, column: str, *, purpose: str) -> Secret | None:
    """Open a sealed column, None when it is empty; raise SecretUnreadable."""
    token = str(getattr(row, column))
    if not token:
        return None
    kept = crypto.unseal(token, purpose=purpose, row_uuid=row.uuid)
    return token_store.find(kept)


def reference(row: SealedRow, column: str, *, purpose: str) -> str:
    """Return where a store of the host's keeps a sealed secret, "" when none does.

    Raise SecretUnreadable.
    """
    token = str(getattr(row, column))
    if not token:
        return ""
    return token_store.reference_in(
        crypto.unseal(token, purpose=purpose, row_uuid=row.uuid)
    )


def sealed(secret: Secret | None, row_uuid: UUID, *, purpose: str) -> str:
    """Seal a secret for a row, "" for none or an empty one.

    The first use of a key leaves its canary. Raise ConfigurationError without a key.
    """
    if not secret:
        return ""
    KeyCanary.plant()
    kept = token_store.keep(secret, purpose=purpose, row=row_uuid)
    return crypto.seal(kept, purpose=purpose, row_uuid=row_uuid)
