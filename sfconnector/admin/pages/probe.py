"""Test a connection with one call and say how it went."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import health, permissions
from sfconnector.admin.base import Page, client_address, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org


class ProbePage(Page[Org]):
    """Ask the org who we are and how much of its limits is used."""

    verb = "test"
    permission = permissions.CONNECT

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Test, refresh the limits and findings, go back to the org."""
        org = self.find(request, arguments["pk"])
        try:
            health.probe(org, user=request.user, client_address=client_address(request))
            health.refresh_limits(org)
        except SFConnectorError as error:
            tell(request, error)
        else:
            messages.success(request, _("“%(org)s” answers.") % {"org": org})
        self.admin.log_change(request, org, _("Tested the connection."))
        health.doctor(org)
        return HttpResponseRedirect(self.admin.url("change", org.pk))
