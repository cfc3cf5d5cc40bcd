"""Connect or reconnect an org: off to Salesforce, or at once without a person."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions
from sfconnector.admin.base import Page, client_address, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org


def session_nonce(request: HttpRequest) -> str:
    """Return the random value that ties an OAuth flow to this browser session."""
    nonce = request.session.get(orgs.SESSION_KEY)
    if not nonce:
        nonce = request.session[orgs.SESSION_KEY] = secrets.token_urlsafe(32)
    return str(nonce)


class ConnectPage(Page[Org]):
    """Begin a connection."""

    verb = "connect"
    permission = permissions.CONNECT

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Send the browser to Salesforce's log-in page, or connect without one."""
        org = self.find(request, arguments["pk"])
        try:
            if org.flow == Org.Flow.WEB_SERVER:
                return self._to_salesforce(request, org)
            orgs.connect_headless(
                org,
                user=request.user,
                replace_identity="replace_identity" in request.POST,
                client_address=client_address(request),
            )
        except SFConnectorError as error:
            tell(request, error)
        else:
            self.admin.log_change(request, org, _("Connected without a person."))
            messages.success(request, _("“%(org)s” is connected.") % {"org": org})
        return HttpResponseRedirect(self.admin.url("change", org.pk))

    def _to_salesforce(self, request: HttpRequest, org: Org) -> HttpResponse:
        begun = orgs.begin(
            org,
            user=request.user,
            session_nonce=session_nonce(request),
            admin_site=self.admin.admin_site.name,
            client_address=client_address(request),
            replace_identity="replace_identity" in request.POST,
            archive="archive" in request.POST,
        )
        self.admin.log_change(request, org, _("Began to connect at Salesforce."))
        return HttpResponseRedirect(begun.authorize_url)
