"""The lease: the right to renew one org's tokens, taken and given up by UPDATE.

Every statement here is one conditional UPDATE by the database's own clock, so neither
skewed hosts nor a process that slept can do harm. No row stays locked meanwhile.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from sfconnector import conf, transactions
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import Credential
from sfconnector.secret import Secret
from sfconnector.texts import gettext_noop as _

OUTSIDE = _(
    "Call this outside of transaction.atomic(); mark a view with "
    "transaction.non_atomic_requests."
)
FREE: dict[str, Any] = {"lease_owner": "", "lease_until": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """An access token as it stands in the row, with the row's generation."""

    access_token: Secret
    instance_url: str
    generation: int


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to renew the tokens of one generation, for a limited time."""

    pk: int
    generation: int
    owner: str

    @property
    def mine(self) -> models.QuerySet[Credential]:
        """Select the row while we still hold it."""
        return Credential.objects.filter(
            pk=self.pk, generation=self.generation, lease_owner=self.owner
        )

    def mark_sent(self) -> datetime | None:
        """Note, before it is sent, that a refresh token is about to be used.

        On the disk, or a power failure would let the token be used again. Return the
        mark, None when the lease was lost meanwhile.
        """
        mark = timezone.now()
        with transactions.kept():
            is_mine = self.mine.update(answer_lost_at=mark)
        return mark if is_mine else None

    def give_up(self, **values: Any) -> bool:
        """Free the row and write down why; False when it was taken over."""
        return bool(self.mine.update(**FREE, **values))


def load(org_pk: int) -> Credential | None:
    """Read the credential of an org afresh, with its org; None when it has none."""
    rows = Credential.objects.select_related("org")
    return rows.filter(org_id=org_pk).first()


def claim(row: Credential) -> Lease | None:
    """Take the lease by one conditional UPDATE; None when another holds it."""
    owner = f"{os.getpid()}-{uuid.uuid4().hex}"
    free = Q(lease_owner="") | Q(lease_until=None) | Q(lease_until__lt=Now())
    until = Now() + timedelta(seconds=conf.current().refresh_lease_seconds)
    rows = Credential.objects.filter(free, pk=row.pk, generation=row.generation)
    if not rows.update(lease_owner=owner, lease_until=until):
        return None
    return Lease(row.pk, row.generation, owner)


def refuse_open_transaction() -> None:
    """Raise ConfigurationError inside a transaction.

    Tokens that a rollback takes back are lost for good, and no row may stay locked
    while Salesforce is asked.
    """
    if transactions.is_open():
        message = _(
            "Salesforce tokens cannot be renewed within a database transaction."
        )
        raise ConfigurationError(message, remedy=OUTSIDE)
