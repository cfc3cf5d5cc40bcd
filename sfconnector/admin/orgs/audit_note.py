"""Writes into the audit trail what people change of apps and orgs in the admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from sfconnector import audit
from sfconnector.audit import Actor
from sfconnector.models import ConnectedApp, Org

_WORTH_IT = {
    "app", "environment", "my_domain", "flow", "username", "visible_to",
    "consumer_key", "consumer_secret", "remove_secret", "private_key",
    "scopes",
}  # fmt: skip
"""Fields that decide who reaches what; a secret's name is noted, never its value."""


def note_change(
    request: HttpRequest, row: Org | ConnectedApp, form: Any, *, is_new: bool
) -> None:
    """Note that a row was added, or which of the weighty fields a form changed."""
    changed = sorted(_WORTH_IT & set(form.changed_data))
    if not changed and not is_new:
        return
    org = row if isinstance(row, Org) else None
    detail: dict[str, Any] = {"changed": changed, "name": str(row)}
    if org is None:
        detail["app"] = row.pk
    if "visible_to" in changed:
        detail["visible_to"] = sorted(group.name for group in row.visible_to.all())
    audit.append(
        f"{'org' if org else 'app'}.{'added' if is_new else 'changed'}",
        by=Actor.of(request),
        org=org,
        detail=detail,
    )
