"""Asks an org: does the connection work, and how much of its limits is used."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from sfconnector import audit, orgs
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org
from sfconnector.salesforce.types import Limit


@dataclasses.dataclass(frozen=True, slots=True)
class Probe:
    """A connection that answered."""

    duration_ms: int
    api_versions: tuple[str, ...]


def probe(
    org: Org,
    *,
    by: Actor = NOBODY,
) -> Probe:
    """Test a connection by one call that needs the token; raise what it refuses.

    It tries although the org needs a reconnection: what an administrator has put
    right in Salesforce shows here, and a success puts the org back to work.
    """
    started = time.monotonic()
    try:
        with orgs.client_for(
            org, purpose="health", by=by, patient=False, insist=True
        ) as client:
            limits = client.limits()
            versions = tuple(one.version for one in client.versions())
    except SFConnectorError as error:
        audit.append(
            "org.test",
            by=by,
            org=org,
            outcome="failed",
            detail={"code": error.code, "error": str(error)},
        )
        org.refresh_from_db()
        raise
    _write(org, api_versions=list(versions))
    keep_limits(org, limits)
    _back_to_work(org)
    audit.append("org.test", by=by, org=org)
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
    org.reopen(Org.Status.NEEDS_RECONNECT, Org.Status.UNKNOWN)
