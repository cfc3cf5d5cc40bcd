"""Invite somebody without an account here to connect an org."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import orgs, permissions
from sfconnector.admin.base import Page, row_key, tell
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Invitation, Org


class InvitePage(Page[Org]):
    """Make a link, show it once; list those that are open and revoke them."""

    verb = "invite"
    methods = ("GET", "POST")
    permission = permissions.CONNECT
    template = "sfconnector/org_invite.html"

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the page, after making or revoking a link."""
        org = self.find(request, arguments["pk"])
        if request.method != "POST":
            return self._show(request, org)
        if "revoke" in request.POST:
            return self._revoke(request, org)
        try:
            made = orgs.invite(org, by=Actor.of(request))
        except SFConnectorError as error:
            tell(request, error)
            return HttpResponseRedirect(self.admin.url("change", org.pk))
        self.admin.note(request, org, _("Made an invitation to connect."))
        return self._show(request, org, made=made)

    def _revoke(self, request: HttpRequest, org: Org) -> HttpResponse:
        pk = row_key(request.POST["revoke"])
        found = Invitation.objects.filter(org=org, pk=pk).first()
        if found is not None and orgs.revoke_invitation(found, by=Actor.of(request)):
            self.admin.note(request, org, _("Revoked an invitation."))
        return HttpResponseRedirect(self.admin.url("invite", org.pk))

    def _show(self, request: HttpRequest, org: Org, **context: Any) -> HttpResponse:
        waiting = Invitation.objects.open().filter(org=org).select_related("created_by")
        return self.render(
            request,
            title=_("Invite to connect %(org)s") % {"org": org},
            org=org,
            waiting=waiting,
            **context,
        )
