"""``manage.py sf_orgs``: the orgs with status, user and freshness; copies decided."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from sfconnector import orgs
from sfconnector.management.command import VerbCommand, find_org
from sfconnector.models import Org


class Command(VerbCommand):
    """List the orgs; asks Salesforce nothing."""

    help = (
        "List the orgs with status, connected user and freshness. In a copy of the "
        "database, "
        "--adopt takes the tokens over and --detach forgets them."
    )

    def take(self, parser: CommandParser) -> None:
        """Take what to do with orgs whose tokens belong to another deployment."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--adopt", metavar="ALIAS", help="An alias, or all.")
        choice.add_argument("--detach", metavar="ALIAS", help="An alias, or all.")

    def work(self, **options: Any) -> list[dict[str, Any]]:
        """Decide copies when asked to, then read what is known of each org."""
        for decide in ("adopt", "detach"):
            for org in _chosen(options.get(decide)):
                getattr(orgs, decide)(org)
        return [_line(org) for org in Org.objects.present()]

    def show(self, result: list[dict[str, Any]]) -> None:
        """Print one line per org."""
        names = ("alias", "status", "type", "username", "last_used_at", "note")
        self.table([[line[name] for name in names] for line in result], head=names)


def _chosen(alias: str | None) -> list[Org]:
    if alias == "all":
        return orgs.undecided()
    return [find_org(alias)] if alias else []


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
