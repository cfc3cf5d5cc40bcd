"""Disconnect an org, after a page that says what that means for what was cached."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions, retention
from sfconnector.admin.base import Deed, Done
from sfconnector.audit import Actor
from sfconnector.models import Org, SyncPlan
from sfconnector.wording import told

Lines = list[tuple[str, int]]


class DisconnectPage(Deed[Org]):
    """Ask, then revoke at Salesforce, forget the tokens, and keep or purge the rest."""

    verb = "disconnect"
    methods = ("GET", "POST")
    permission = permissions.CONNECT
    template = "sfconnector/org_disconnect.html"

    def ask(self, request: HttpRequest, row: Org) -> HttpResponse | None:
        """Show what stays and what goes, either way."""
        if request.method == "POST":
            return None
        there = retention.belongings(row)
        return self.render(
            request,
            title=_("Disconnect %(org)s?") % {"org": row},
            org=row,
            can_purge=_may_purge(request),
            plans=SyncPlan.objects.filter(org=row, is_enabled=True).count(),
            stays_if_kept=[*cached(there), *about(there)],
            goes_if_purged=cached(there),
            stays_if_purged=about(there),
        )

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Disconnect, and purge where that was chosen."""
        purges = _may_purge(request) and request.POST.get("cached") == "purge"
        if purges:
            retention.refuse_protected(row)
        came = disconnect(row, by=by)
        if not purges:
            return came
        retention.request_purge(row, by=by)
        text = _("A worker deletes what was cached of “%(org)s”.") % {"org": row}
        return Done(
            noted=(*came.noted, _("Asked to purge what is cached.")),
            said=(*came.said, (messages.INFO, text)),
        )


def _may_purge(request: HttpRequest) -> bool:
    return request.user.has_perm("sfconnector.delete_org")


def disconnect(org: Org, *, by: Actor) -> Done:
    """Disconnect an org and say what came of it."""
    ended = orgs.disconnect(org, by=by)
    noted = (_("Disconnected."),)
    if ended.warning:
        return Done(noted=noted, said=((messages.WARNING, told(ended.warning)),))
    if ended.revoked:
        text = _("“%(org)s” is disconnected; Salesforce revoked the tokens.")
    else:
        text = _("“%(org)s” is disconnected; there were no tokens to revoke.")
    return Done(noted=noted, said=((messages.SUCCESS, text % {"org": org}),))


def cached(there: retention.Belongings) -> Lines:
    """Return what a purge deletes, with counts."""
    return [
        (_("Cached records"), there.records),
        (_("Changes in their history"), there.history),
        (_("Cached answers"), there.answers),
    ]


def about(there: retention.Belongings) -> Lines:
    """Return what only the deletion of the org deletes, with counts."""
    return [
        (_("Plans"), there.plans),
        (_("Runs"), there.runs),
        (_("API call lines"), there.calls),
        (_("Calls of the explorer"), there.saved_calls),
        (_("Saved views of record lists"), there.saved_views),
    ]
