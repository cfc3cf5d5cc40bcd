"""The doctor: looks at everything that keeps a connection alive."""

from __future__ import annotations

from django.utils import timezone

from sfconnector.health.findings import Finding
from sfconnector.models import Org


def doctor(org: Org | None = None) -> list[Finding]:
    """Examine one org, or the site and all orgs; keep each org's findings."""
    found: list[Finding] = []
    for one in [org] if org else Org.objects.present():
        mine = _status(one)
        Org.objects.filter(pk=one.pk).update(
            findings=[finding.as_dict() for finding in mine],
            findings_at=timezone.now(),
        )
        found += mine
    return found


def _status(org: Org) -> list[Finding]:
    if org.is_connected:
        title = "Connected"
        return [Finding(level="green", code="connected", title=title, org=org.alias)]
    return [
        Finding(
            level="red",
            code=org.status,
            title=org.get_status_display(),
            text=org.status_text,
            remedy="Open the org in the admin and connect it.",
            org=org.alias,
        )
    ]
