"""Writes into the audit trail what people change of apps and orgs in the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from sfconnector import audit
from sfconnector.admin.base import client_address
from sfconnector.models import ConnectedApp, Org

_WORTH_IT = {
    "app", "environment", "my_domain", "flow", "username", "visible_to",
    "consumer_key", "consumer_secret", "remove_secret", "private_key",
    "scopes",
}  # fmt: skip
"""Fields that decide who reaches what; a secret's name is noted, never its value."""


def note_change(request: HttpRequest, row: Org | ConnectedApp, form: Any) -> None:
    """Note which of the weighty fields a form changed, when any."""
    changed = sorted(_WORTH_IT & set(form.changed_data))
    if not changed:
        return
    org = row if isinstance(row, Org) else None
    detail: dict[str, Any] = {"changed": changed, "name": str(row)}
    if org is not None and "visible_to" in changed:
        detail["visible_to"] = sorted(group.name for group in org.visible_to.all())
    audit.append(
        "org.changed" if org else "app.changed",
        user=request.user,
        org=org,
        detail=detail,
        client_address=client_address(request),
    )
