"""Asks an org: does the connection work, and how much of its limits is used."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from sfconnector import audit, orgs
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.salesforce.types import Limit

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser


@dataclasses.dataclass(frozen=True, slots=True)
class Probe:
    """A connection that answered."""

    duration_ms: int
    api_versions: tuple[str, ...]


def probe(
    org: Org,
    *,
    user: AbstractBaseUser | AnonymousUser | None = None,
    client_address: str | None = None,
) -> Probe:
    """Test a connection by one call that needs the token; raise what it refuses.

    It tries although the org needs a reconnection: what an administrator has put
    right in Salesforce shows here, and a success puts the org back to work.
    """
    started = time.monotonic()
    try:
        with orgs.client_for(
            org, purpose="health", user=user, patient=False, insist=True
        ) as client:
            limits = client.limits()
            versions = tuple(one.version for one in client.versions())
    except SFConnectorError as error:
        audit.append(
            "org.test",
            user=user,
            org=org,
            outcome="failed",
            client_address=client_address,
            detail={"code": error.code, "error": str(error)},
        )
        org.refresh_from_db()
        raise
    _write(org, api_versions=list(versions))
    keep_limits(org, limits)
    _back_to_work(org)
    audit.append("org.test", user=user, org=org, client_address=client_address)
    return Probe(int((time.monotonic() - started) * 1000), versions)


def refresh_limits(org: Org) -> dict[str, dict[str, int]]:
    """Read the org's limits, keep them with their time, and return them."""
    with orgs.client_for(org, purpose="health", patient=False) as client:
        return keep_limits(org, client.limits())


def keep_limits(org: Org, limits: Mapping[str, Limit]) -> dict[str, dict[str, int]]:
    """Keep an org's limits with their time, and return them as plain values."""
    plain = _plain(limits)
    _write(org, limits=plain, limits_at=timezone.now())
    return plain


def _plain(limits: Mapping[str, Limit]) -> dict[str, dict[str, int]]:
    return {
        name: {"max": one.maximum, "remaining": one.remaining}
        for name, one in limits.items()
    }


def _write(org: Org, **values: Any) -> None:
    Org.objects.filter(pk=org.pk).update(**values)
    for name, value in values.items():
        setattr(org, name, value)


def _back_to_work(org: Org) -> None:
    org.refresh_from_db(fields=["status", "status_code", "status_text", "status_at"])
    if org.status in {Org.Status.NEEDS_RECONNECT, Org.Status.UNKNOWN}:
        org.set_status(Org.Status.CONNECTED)
