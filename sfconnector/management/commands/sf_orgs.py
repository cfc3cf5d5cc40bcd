"""``manage.py sf_orgs``: the orgs with status, user and freshness."""

from __future__ import annotations

from typing import Any

from sfconnector.management.command import VerbCommand
from sfconnector.models import Org


class Command(VerbCommand):
    """List the orgs; asks Salesforce nothing."""

    help = "List the orgs with status, connected user and freshness."

    def work(self, **_options: Any) -> list[dict[str, Any]]:
        """Read what is known of each org."""
        return [_line(org) for org in Org.objects.present()]

    def show(self, result: list[dict[str, Any]]) -> None:
        """Print one line per org."""
        names = ("alias", "status", "type", "username", "last_used_at", "note")
        self.table([[line[name] for name in names] for line in result], head=names)


def _line(org: Org) -> dict[str, Any]:
    kinds = {None: "", True: "sandbox", False: "production"}
    return {
        "alias": org.alias,
        "label": org.label,
        "status": org.status,
        "type": kinds[org.is_sandbox],
        "org_id": org.org_id,
        "org_name": org.org_name,
        "edition": org.org_type,
        "username": org.connected_username,
        "instance_url": org.instance_url,
        "flow": org.flow,
        "connected_at": org.connected_at or "",
        "last_used_at": org.last_used_at or "",
        "note": org.status_text,
    }
