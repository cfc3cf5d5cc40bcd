"""Run a plan now; full reload; pause and resume."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from sfconnector import permissions, sync
from sfconnector.admin.base import Deed, Done, done
from sfconnector.audit import Actor
from sfconnector.models import SyncPlan


class RunNowPage(Deed[SyncPlan]):
    """Queue a run and go to it; the work is a worker's."""

    verb = "run"
    permission = permissions.SYNC

    def do(self, request: HttpRequest, row: SyncPlan, *, by: Actor) -> Done:
        """Queue, or show the run that is active already."""
        full = "full" in request.POST
        if "backfill" in request.POST:
            run, full = sync.backfill(row, by=by), True
        else:
            run = sync.request_run(row, by=by, full=full)
        url = reverse(
            "admin:sfconnector_syncrun_change",
            args=[run.pk],
            current_app=self.admin.admin_site.name,
        )
        noted = _("Asked for a full reload.") if full else _("Asked for a run.")
        return done(noted=noted, leads_to=url)


class PausePage(Deed[SyncPlan]):
    """Stop a plan's schedule."""

    verb = "pause"
    permission = permissions.SYNC

    def do(self, request: HttpRequest, row: SyncPlan, *, by: Actor) -> Done:
        """Pause and say so."""
        row.pause("")
        return done(_("“%(plan)s” is paused.") % {"plan": row}, noted=_("Paused."))


class ResumePage(Deed[SyncPlan]):
    """Let a plan's schedule go on."""

    verb = "resume"
    permission = permissions.SYNC

    def do(self, request: HttpRequest, row: SyncPlan, *, by: Actor) -> Done:
        """Resume and say so."""
        row.resume()
        return done(_("“%(plan)s” goes on.") % {"plan": row}, noted=_("Resumed."))
