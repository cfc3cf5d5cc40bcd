"""What the org page shows of an org: facts, limits, plans, runs."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from sfconnector.models import Credential, Org, SyncPlan, SyncRun

IDLE_DAYS = 30
"""Days without use after which Salesforce's usual policy ends a refresh token."""
FEW = 8
"""Plans and runs listed on the org page; the full lists are one click away."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One line of an org's ``/limits`` answer."""

    name: str
    used: int
    maximum: int

    @property
    def share(self) -> float:
        """Return the used part, 0 to 1."""
        return self.used / self.maximum if self.maximum else 0.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OrgFacts:
    """Everything on the org page besides the form."""

    facts: list[tuple[str, Any]]
    limits: list[Limit]
    plans: list[SyncPlan]
    runs: list[SyncRun]
    credential: Credential | None
    idle_days_left: int | None
    last_used_at: datetime | None
    scopes: tuple[str, ...]


def facts_of(org: Org) -> OrgFacts:
    """Gather the org page from the database alone; nothing is asked of Salesforce."""
    credential = (
        Credential.objects.filter(org=org)
        .defer("access_token_enc", "refresh_token_enc")
        .first()
    )
    plans = SyncPlan.objects.filter(org=org).select_related("org")
    runs = SyncRun.objects.filter(org=org).select_related("plan", "org")
    return OrgFacts(
        facts=list(_identity(org)),
        limits=limits_of(org),
        plans=list(plans[:FEW]),
        runs=list(runs[:FEW]),
        credential=credential,
        idle_days_left=_idle_days_left(org, credential),
        last_used_at=_last_used(org, credential),
        scopes=tuple(org.scopes_granted.split()),
    )


def limits_of(org: Org) -> list[Limit]:
    """Return the limits that have a maximum, the fullest first."""
    rows = (org.limits or {}).items()
    found = [limit for limit in (_limit(name, told) for name, told in rows) if limit]
    return sorted(found, key=lambda limit: (-limit.share, limit.name))


def _limit(name: str, told: Any) -> Limit | None:
    if not isinstance(told, dict):
        return None
    maximum, remaining = told.get("max"), told.get("remaining")
    if not isinstance(maximum, int) or not isinstance(remaining, int) or maximum <= 0:
        return None
    return Limit(name=name, used=max(0, maximum - remaining), maximum=maximum)


def _identity(org: Org) -> Iterable[tuple[str, Any]]:
    yield _("Org"), org.org_name
    yield _("Org id"), org.org_id
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
    if credential is None or not credential.issued_at:
        return None
    if org.flow != Org.Flow.WEB_SERVER or not org.is_connected:
        return None
    if not Credential.objects.filter(org=org).exclude(refresh_token_enc="").exists():
        return None
    moments = (credential.refreshed_at, credential.issued_at)
    used = max(moment for moment in moments if moment)
    left = used + timedelta(days=IDLE_DAYS) - timezone.now()
    return max(0, left.days)
