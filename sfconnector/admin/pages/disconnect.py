"""Disconnect an org, after a page that says what that means."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions
from sfconnector.admin.base import Page, client_address, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SyncPlan


class DisconnectPage(Page[Org]):
    """Ask, then revoke at Salesforce and forget the tokens."""

    verb = "disconnect"
    methods = ("GET", "POST")
    permission = permissions.CONNECT
    template = "sfconnector/org_disconnect.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the question, or do it."""
        org = self.find(request, arguments["pk"])
        if request.method == "POST":
            return self._disconnect(request, org)
        return self.render(
            request,
            title=_("Disconnect %(org)s?") % {"org": org},
            org=org,
            can_remove=request.user.has_perm("sfconnector.delete_org"),
            plans=SyncPlan.objects.filter(org=org, is_enabled=True).count(),
        )

    def _disconnect(self, request: HttpRequest, org: Org) -> HttpResponse:
        back = HttpResponseRedirect(self.admin.url("change", org.pk))
        try:
            done = orgs.disconnect(
                org, user=request.user, client_address=client_address(request)
            )
        except SFConnectorError as error:
            tell(request, error)
            return back
        self.admin.log_change(request, org, _("Disconnected."))
        if done.warning:
            messages.warning(request, done.warning)
        else:
            messages.success(
                request,
                _("“%(org)s” is disconnected; Salesforce revoked the tokens.")
                % {"org": org},
            )
        return back
