"""Adopt or detach an org whose tokens belong to another deployment."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions
from sfconnector.admin.base import Page, client_address, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org


class AdoptPage(Page[Org]):
    """Make the tokens this deployment's own: the other one is gone."""

    verb = "adopt"
    permission = permissions.CONNECT

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Adopt and go back to the org."""
        org = self.find(request, arguments["pk"])
        back = HttpResponseRedirect(self.admin.url("change", org.pk))
        try:
            orgs.adopt(org, user=request.user, client_address=client_address(request))
        except SFConnectorError as error:
            tell(request, error)
            return back
        self.admin.log_change(request, org, _("Adopted the connection here."))
        messages.success(request, _("This site uses the connection from now on."))
        return back


class DetachPage(Page[Org]):
    """Forget the tokens in this copy; nothing is revoked."""

    verb = "detach"
    permission = permissions.CONNECT

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Detach and go back to the org."""
        org = self.find(request, arguments["pk"])
        back = HttpResponseRedirect(self.admin.url("change", org.pk))
        try:
            orgs.detach(org, user=request.user, client_address=client_address(request))
        except SFConnectorError as error:
            tell(request, error)
            return back
        self.admin.log_change(request, org, _("Detached this copy."))
        messages.success(
            request, _("This copy has forgotten the tokens; the other site goes on.")
        )
        return back
