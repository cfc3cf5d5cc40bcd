"""Runs in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sfconnector import gateway, permissions
from sfconnector.admin.base import OrgFilter, ReadOnlyAdmin
from sfconnector.admin.sync.narrowing import SinceFilter
from sfconnector.admin.sync.run_progress import (
    CancelPage,
    ProgressPage,
    figures,
    grouped_warnings,
    throughput,
    waits_for,
)
from sfconnector.models import SyncRun

FEW = 10


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin[SyncRun]):
    """Runs: what happened, live while it happens."""

    has_own_layout = True
    empty_hint = _("No run yet. Open a plan and press Run now.")
    empty_step = "syncplan_changelist"
    pages = (ProgressPage, CancelPage)
    list_display = [
        "number",
        "plan",
        "org",
        "chip",
        "queued",
        "took",
        "counts",
        "api_calls",
    ]
    list_filter = [("org", OrgFilter), "state", SinceFilter, "trigger", "is_full"]
    list_select_related = ["plan", "org"]
    search_fields = ["plan__name", "sobject", "error_code", "error_text"]

    def change_context(
        self, request: HttpRequest, obj: SyncRun | None
    ) -> dict[str, Any]:
        """Show progress, figures, the log and the calls."""
        if obj is None:
            return {}
        title = gettext("Run #%(number)d: %(plan)s")
        answer = None if obj.plan.sobject else obj.answers.first()
        return {
            "figures": figures(obj),
            "warnings": grouped_warnings(obj),
            "waits": waits_for(obj),
            "throughput": throughput(obj),
            "answer": answer,
            "shown": gateway.shown(answer) if answer else None,
            "can_browse": self.has_codename(request, permissions.VIEW_RECORDS),
            "log": obj.log.all()[:500],
            "calls": obj.calls.all()[:50],
            "answers": obj.answers.defer("body")[:5],
            "can_sync": self.has_sync_permission(request),
            "title": title % {"number": obj.pk, "plan": str(obj.plan)[:60]},
            "subtitle": None,
        }

    @admin.display(description=_("run"), ordering="pk")
    def number(self, run: SyncRun) -> str:
        """Show the run's number."""
        return f"#{run.pk}"

    @admin.display(description=_("state"), ordering="state")
    def chip(self, run: SyncRun) -> str:
        """Show the state as text, icon and colour."""
        return render_to_string("sfconnector/cells/run_state.html", {"run": run})

    @admin.display(description=_("asked for"), ordering="pk")
    def queued(self, run: SyncRun) -> str:
        """Show when it was asked for."""
        cell = {"moment": run.queued_at}
        return render_to_string("sfconnector/cells/age.html", cell)

    @admin.display(description=_("records"), ordering="fetched")
    def counts(self, run: SyncRun) -> str:
        """Show what came and what it changed, as +12 ~3 −1 of 1,200."""
        return render_to_string("sfconnector/cells/run_counts.html", {"run": run})

    @admin.display(description=_("time"))
    def took(self, run: SyncRun) -> str:
        """Show how long it worked."""
        return figures(run).get("seconds", "–")
