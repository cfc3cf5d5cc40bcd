"""Disconnect an org, after a page that says what that means for what was cached."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions, sync
from sfconnector.admin.base import Page, SFAdmin, client_address, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SyncPlan

Lines = list[tuple[str, int]]


class DisconnectPage(Page[Org]):
    """Ask, then revoke at Salesforce, forget the tokens, and keep or purge the rest."""

    verb = "disconnect"
    methods = ("GET", "POST")
    permission = permissions.CONNECT
    template = "sfconnector/org_disconnect.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the question, or do it."""
        org = self.find(request, arguments["pk"])
        can_purge = request.user.has_perm("sfconnector.delete_org")
        if request.method == "POST":
            purge = can_purge and request.POST.get("cached") == "purge"
            return self._do(request, org, purge=purge)
        there = sync.belongings(org)
        return self.render(
            request,
            title=_("Disconnect %(org)s?") % {"org": org},
            org=org,
            can_purge=can_purge,
            plans=SyncPlan.objects.filter(org=org, is_enabled=True).count(),
            stays_if_kept=[*cached(there), *about(there)],
            goes_if_purged=cached(there),
            stays_if_purged=about(there),
        )

    def _do(self, request: HttpRequest, org: Org, *, purge: bool) -> HttpResponse:
        done = disconnect(self.admin, request, org)
        if done and purge:
            address = client_address(request)
            sync.request_purge(org, user=request.user, client_address=address)
            self.admin.log_change(request, org, _("Asked to purge what is cached."))
            text = _("A worker deletes what was cached of “%(org)s”.")
            messages.info(request, text % {"org": org})
        return HttpResponseRedirect(self.admin.url("change", org.pk))


def disconnect(admin: SFAdmin[Org], request: HttpRequest, org: Org) -> bool:
    """Disconnect an org and tell the person what came of it; False when it failed."""
    try:
        done = orgs.disconnect(
            org, user=request.user, client_address=client_address(request)
        )
    except SFConnectorError as error:
        tell(request, error)
        return False
    admin.log_change(request, org, _("Disconnected."))
    if done.warning:
        messages.warning(request, done.warning)
    elif done.revoked:
        text = _("“%(org)s” is disconnected; Salesforce revoked the tokens.")
        messages.success(request, text % {"org": org})
    else:
        text = _("“%(org)s” is disconnected; there were no tokens to revoke.")
        messages.success(request, text % {"org": org})
    return True


def cached(there: sync.Belongings) -> Lines:
    """Return what a purge deletes, with counts."""
    return [
        (_("Cached records"), there.records),
        (_("Changes in their history"), there.history),
        (_("Cached answers"), there.answers),
    ]


def about(there: sync.Belongings) -> Lines:
    """Return what only the deletion of the org deletes, with counts."""
    return [
        (_("Plans"), there.plans),
        (_("Runs"), there.runs),
        (_("API call lines"), there.calls),
        (_("Calls of the explorer"), there.saved_calls),
    ]
