"""Run a plan now; full reload; pause and resume."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sfconnector import permissions, sync
from sfconnector.admin.base import Page, tell
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import SyncPlan


class RunNowPage(Page[SyncPlan]):
    """Queue a run and go to it; the work is a worker's."""

    verb = "run"
    permission = permissions.SYNC

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Queue, or show the run that is active already."""
        plan = self.find(request, arguments["pk"])
        full = "full" in request.POST
        try:
            if "backfill" in request.POST:
                run, full = sync.backfill(plan, user=request.user), True
            else:
                run = sync.request_run(plan, user=request.user, full=full)
        except SFConnectorError as error:
            tell(request, error)
            return HttpResponseRedirect(self.admin.url("change", plan.pk))
        done = _("Asked for a full reload.") if full else _("Asked for a run.")
        self.admin.log_change(request, plan, done)
        url = reverse(
            "admin:sfconnector_syncrun_change",
            args=[run.pk],
            current_app=self.admin.admin_site.name,
        )
        return HttpResponseRedirect(url)


class PausePage(Page[SyncPlan]):
    """Stop a plan's schedule."""

    verb = "pause"
    permission = permissions.SYNC

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Pause and say so."""
        plan = self.find(request, arguments["pk"])
        plan.pause("")
        self.admin.log_change(request, plan, _("Paused."))
        messages.success(request, _("“%(plan)s” is paused.") % {"plan": plan})
        return HttpResponseRedirect(self.admin.url("change", plan.pk))


class ResumePage(Page[SyncPlan]):
    """Let a plan's schedule go on."""

    verb = "resume"
    permission = permissions.SYNC

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Resume and say so."""
        plan = self.find(request, arguments["pk"])
        plan.resume()
        self.admin.log_change(request, plan, _("Resumed."))
        messages.success(request, _("“%(plan)s” goes on.") % {"plan": plan})
        return HttpResponseRedirect(self.admin.url("change", plan.pk))
