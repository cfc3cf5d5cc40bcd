"""Reads and writes sealed columns: plain text columns that hold a ciphertext."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID

from sfconnector import crypto
from sfconnector.secret import Secret


class SealedRow(Protocol):
    """A row whose UUID its ciphertexts are bound to."""

    uuid: UUID


def opened(row: SealedRow, column: str, *, purpose: str) -> Secret | None:
    """Open a sealed column, None when it is empty; raise SecretUnreadable."""
    token = str(getattr(row, column))
    if not token:
        return None
    return crypto.unseal(token, purpose=purpose, row_uuid=row.uuid)


def sealed(secret: Secret | None, row_uuid: UUID, *, purpose: str) -> str:
    """Seal a secret for a row, "" for none or an empty one.

    The first use of a key leaves its canary. Raise ConfigurationError without a key.
    """
    from sfconnector.models.operations import KeyCanary

    if not secret:
        return ""
    KeyCanary.plant()
    return crypto.seal(secret, purpose=purpose, row_uuid=row_uuid)
