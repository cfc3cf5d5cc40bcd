"""Delete an org with everything cached of it, after its alias was typed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import permissions, sync
from sfconnector.admin.base import Page, client_address
from sfconnector.models import Org


class RemovePage(Page[Org]):
    """Ask, then hide the org and let a worker delete its rows in small steps."""

    verb = "remove"
    methods = ("GET", "POST")
    permission = permissions.CONNECT
    template = "sfconnector/org_remove.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Ask for the right to delete orgs as well."""
        may_delete = request.user.has_perm("sfconnector.delete_org")
        return super().is_allowed(request) and may_delete

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show what goes, or do it."""
        org = self.find(request, arguments["pk"])
        typed = request.POST.get("alias", "").strip()
        if request.method == "POST" and typed == org.alias:
            return self._remove(request, org)
        return self.render(
            request,
            title=_("Delete %(org)s?") % {"org": org},
            org=org,
            belongings=sync.belongings(org),
            is_wrong=request.method == "POST",
        )

    def _remove(self, request: HttpRequest, org: Org) -> HttpResponse:
        self.admin.log_deletions(request, Org.objects.filter(pk=org.pk))
        ended = sync.request_removal(
            org, user=request.user, client_address=client_address(request)
        )
        text = _("“%(org)s” is gone from here; a worker deletes what was cached of it.")
        messages.success(request, text % {"org": org})
        if ended.warning:
            messages.warning(request, ended.warning)
        return HttpResponseRedirect(self.admin.url("changelist"))
