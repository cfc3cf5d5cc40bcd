"""Delete an org with what is cached of it, or keep both; after its alias was typed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from sfconnector import permissions, retention
from sfconnector.admin.base import Deed, Done
from sfconnector.admin.orgs.pages.disconnect import about, cached, disconnect
from sfconnector.audit import Actor
from sfconnector.models import AuditEvent, Org
from sfconnector.wording import told


class RemovePage(Deed[Org]):
    """Ask, then hide the org and let a worker delete its rows in small steps."""

    verb = "remove"
    methods = ("GET", "POST")
    permission = permissions.CONNECT
    template = "sfconnector/org_remove.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Ask for the right to delete orgs as well."""
        may_delete = request.user.has_perm("sfconnector.delete_org")
        return super().is_allowed(request) and may_delete

    def ask(self, request: HttpRequest, row: Org) -> HttpResponse | None:
        """Show what goes and what stays, until the alias is typed."""
        is_posted = request.method == "POST"
        if is_posted and request.POST.get("alias", "").strip() == row.alias:
            return None
        there = retention.belongings(row)
        return self.render(
            request,
            title=_("Delete %(org)s?") % {"org": row},
            org=row,
            goes=[*cached(there), *about(there)],
            stays=[(_("Lines of the audit trail"), _trail(row))],
            is_keeping=_is_keeping(request),
            is_wrong=is_posted,
        )

    def do(self, request: HttpRequest, row: Org, *, by: Actor) -> Done:
        """Keep what is cached and disconnect, or let all of it go."""
        if _is_keeping(request):
            return disconnect(row, by=by)
        ended = retention.request_removal(row, by=by)
        self.admin.log_deletions(request, Org.objects.filter(pk=row.pk))
        text = _("“%(org)s” is gone from here; a worker deletes what was cached of it.")
        said = [(messages.SUCCESS, text % {"org": row})]
        if ended.warning:
            said.append((messages.WARNING, told(ended.warning)))
        return Done(said=said, leads_to=self.admin.url("changelist"))


def _is_keeping(request: HttpRequest) -> bool:
    """Tell what is chosen; nothing goes that nobody chose to purge."""
    return request.POST.get("cached") != "purge"


def _trail(org: Org) -> int:
    return AuditEvent.objects.filter(org=org).count()
