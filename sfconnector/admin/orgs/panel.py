"""What the org page shows of an org: facts, limits, plans, runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sfconnector import orgs, overview
from sfconnector.admin.base.limits import Limit, limits_in
from sfconnector.audit import Actor
from sfconnector.models import Credential, Org, SyncRun
from sfconnector.models.credentials import IDLE_LIMIT

"""Days without use after which Salesforce's usual policy ends a refresh token."""
FEW = 8
"""Plans and runs listed on the org page; the full lists are one click away."""


PINNED = {
    "DailyApiRequests": gettext_lazy("API calls, 24 hours"),
    "DataStorageMB": gettext_lazy("Data storage, MB"),
    "FileStorageMB": gettext_lazy("File storage, MB"),
    "DailyBulkV2QueryJobs": gettext_lazy("Bulk query jobs, 24 hours"),
    "DailyBulkApiBatches": gettext_lazy("Bulk batches, 24 hours"),
}
"""The limits that are always shown, in their order."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrgFacts:
    """Everything on the org page besides the form."""

    facts: list[tuple[str, Any]]
    limits: list[Limit]
    pinned: list[tuple[str, Limit]]
    """Those that matter each day, with plain names."""
    other_limits: list[Limit]
    sides: overview.Sides
    runs: list[SyncRun]
    credential: Credential | None
    idle_days_left: int | None
    last_used_at: datetime | None
    scopes: tuple[str, ...]


def facts_of(org: Org, *, by: Actor) -> OrgFacts:
    """Gather the org page from the database alone; nothing is asked of Salesforce.

    ``by`` is who looks: of other rows only those are named that they may know of.
    """
    credential = (
        Credential.objects.filter(org=org)
        .defer("access_token_enc", "refresh_token_enc")
        .first()
    )
    limits = limits_in(org.limits)
    runs = SyncRun.objects.filter(org=org).select_related("plan", "org")
    return OrgFacts(
        facts=list(_identity(org, by)),
        limits=limits,
        pinned=[(str(PINNED[one.name]), one) for one in _pinned(limits)],
        other_limits=[one for one in limits if one.name not in PINNED],
        sides=overview.sides(org),
        runs=list(runs[:FEW]),
        credential=credential,
        idle_days_left=_idle_days_left(org, credential),
        last_used_at=_last_used(org, credential),
        scopes=tuple(org.scopes_granted.split()),
    )


def _pinned(limits: list[Limit]) -> list[Limit]:
    by_name = {limit.name: limit for limit in limits}
    return [by_name[name] for name in PINNED if name in by_name]


def _identity(org: Org, by: Actor) -> Iterable[tuple[str, Any]]:
    yield _("Org"), org.org_name
    yield _("Org id"), org.org_id
    yield _("Also kept here as"), ", ".join(one.alias for one in orgs.twins(org, by))
    yield _("Edition"), org.org_type
    yield _("Connected as"), _person(org)
    yield _("Instance"), org.instance_name
    yield _("Instance URL"), org.instance_url
    yield _("API versions"), _versions(org.api_versions)
    yield _("Log in at"), org.login_url


def _person(org: Org) -> str:
    names = [org.user_display_name, org.connected_username]
    return " · ".join(filter(None, names))


def _versions(versions: Any) -> str:
    names = [_version(entry) for entry in versions or ()]
    if not names:
        return ""
    if len(names) == 1:
        return names[0]
    return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}


def _version(entry: Any) -> str:
    return str(entry.get("version", "")) if isinstance(entry, dict) else str(entry)


def _last_used(org: Org, credential: Credential | None) -> datetime | None:
    moments = (org.last_used_at, credential.last_used_at if credential else None)
    return max(filter(None, moments), default=None)


def _idle_days_left(org: Org, credential: Credential | None) -> int | None:
    """Return the days left to a refresh token that ``tokens.keep_alive`` looks after.

    None for one that needs a person first, and where there is none.
    """
    if credential is None or not org.is_connected:
        return None
    if not Credential.objects.renewable().filter(pk=credential.pk).exists():
        return None
    return max(0, (credential.used_at + IDLE_LIMIT - timezone.now()).days)
