"""Delete an org with what is cached of it, or keep both; after its alias was typed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from sfconnector import permissions, sync
from sfconnector.admin.base import Page, client_address
from sfconnector.admin.pages import disconnect
from sfconnector.models import AuditEvent, Org


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
        """Show what goes and what stays, or do it."""
        org = self.find(request, arguments["pk"])
        is_keeping = request.POST.get("cached") == "keep"
        typed = request.POST.get("alias", "").strip()
        if request.method == "POST" and typed == org.alias:
            return self._keep(request, org) if is_keeping else self._go(request, org)
        there = sync.belongings(org)
        return self.render(
            request,
            title=_("Delete %(org)s?") % {"org": org},
            org=org,
            goes=[*disconnect.cached(there), *disconnect.about(there)],
            stays=[(_("Lines of the audit trail"), _trail(org))],
            is_keeping=is_keeping,
            is_wrong=request.method == "POST",
        )

    def _keep(self, request: HttpRequest, org: Org) -> HttpResponse:
        disconnect.disconnect(self.admin, request, org)
        return HttpResponseRedirect(self.admin.url("change", org.pk))

    def _go(self, request: HttpRequest, org: Org) -> HttpResponse:
        self.admin.log_deletions(request, Org.objects.filter(pk=org.pk))
        ended = sync.request_removal(
            org, user=request.user, client_address=client_address(request)
        )
        text = _("“%(org)s” is gone from here; a worker deletes what was cached of it.")
        messages.success(request, text % {"org": org})
        if ended.warning:
            messages.warning(request, ended.warning)
        return HttpResponseRedirect(self.admin.url("changelist"))


def _trail(org: Org) -> int:
    return AuditEvent.objects.filter(org=org).count()
