"""``manage.py sf_orgs``: the orgs with status, user, freshness; copies decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.management.base import CommandParser

from sfconnector import health, orgs
from sfconnector.management.command import VerbCommand, find_org
from sfconnector.models import Org


class Command(VerbCommand):
    """List the orgs; asks Salesforce nothing."""

    help = (
        "List the orgs with status, connected user and freshness. In a copy of the "
        "database, "
        "--adopt takes the tokens over and --detach forgets them. After a backup was "
        "restored, --restored has each org asked before its refresh token is used."
    )

    def take(self, parser: CommandParser) -> None:
        """Take what to do with orgs whose tokens belong to another deployment."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--adopt", metavar="ALIAS", help="An alias, or all.")
        choice.add_argument("--detach", metavar="ALIAS", help="An alias, or all.")
        choice.add_argument("--restored", metavar="ALIAS", help="An alias, or all.")

    def work(self, **options: Any) -> list[dict[str, Any]]:
        """Decide copies when asked to, then read what is known of each org."""
        for decide in ("adopt", "detach"):
            for org in _named(options.get(decide), every=orgs.undecided):
                getattr(orgs, decide)(org)
        for org in _named(options.get("restored"), every=Org.objects.present):
            orgs.hold_restored(org)
        return [_line(org) for org in Org.objects.present()]

    def show(self, result: list[dict[str, Any]]) -> None:
        """Print one line per org."""
        names = ("alias", "status", "type", "username", "last_used_at", "note")
        shown = [_without_praise(line) for line in result]
        self.table([[line[name] for name in names] for line in shown], head=names)


def _named(alias: str | None, *, every: Callable[[], Iterable[Org]]) -> Iterable[Org]:
    if alias == "all":
        return every()
    return [find_org(alias)] if alias else []


def _without_praise(line: dict[str, Any]) -> dict[str, Any]:
    """Let no org that does not answer stand there as connected."""
    is_silent = line["status"] == Org.Status.CONNECTED and line["note"]
    return {**line, "status": line["note"].lower()} if is_silent else line


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
        "note": org.status_text or health.unanswered(org),
    }
