"""Plans and runs in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sfconnector import permissions, sync
from sfconnector.admin.base import OrgFilter, ReadOnlyAdmin
from sfconnector.admin.pages.plan_preview import PreviewPage
from sfconnector.admin.pages.run_now import PausePage, ResumePage, RunNowPage
from sfconnector.admin.pages.run_progress import CancelPage, ProgressPage, figures
from sfconnector.admin.plan_deletion import DeletablePlans
from sfconnector.admin.plan_form import SyncPlanForm
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import CachedResponse, SObject, SyncPlan, SyncRun

FEW = 10


@admin.register(SyncPlan)
class SyncPlanAdmin(DeletablePlans):
    """Plans: what is read, how often, and how the last run went."""

    form = SyncPlanForm
    empty_hint = _("Nothing is fetched yet. Add a plan: what to read, and how often.")
    pages = (RunNowPage, PausePage, ResumePage, PreviewPage)
    list_display = ["label", "org", "kind", "when", "state", "next_run", "last_result"]
    list_filter = [("org", OrgFilter), "kind", "is_enabled", "schedule"]
    list_select_related = ["org"]
    search_fields = ["name", "sobject", "path", "soql", "org__alias", "org__label"]
    search_help_text = _("Name, object, path, SOQL or org.")
    ordering = ["org__alias", "sobject", "pk"]
    actions = ["run_now", "full_reload", "pause_plans", "resume_plans"]
    fieldsets = [
        (None, {"fields": ["org", "kind", "name"]}),
        (
            _("What to read"),
            {"fields": ["sobject", "fields", "where", "soql", "path"]},
        ),
        (
            _("When"),
            {"fields": ["is_enabled", "schedule", "every_minutes", "cron"]},
        ),
        (
            _("More"),
            {
                "fields": [
                    "mode",
                    "include_deleted",
                    "full_every_days",
                    "overlap_minutes",
                    "drift_policy",
                    "history_days",
                ],
                "classes": ["collapse"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncPlan]:
        """Add the state of the last run in the same query."""
        last = SyncRun.objects.filter(plan=OuterRef("pk")).order_by("-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(
                last_run_id=Subquery(last.values("pk")[:1]),
                last_run_state=Subquery(last.values("state")[:1]),
            )
        )

    def save_model(
        self, request: HttpRequest, obj: SyncPlan, form: Any, change: Any
    ) -> None:
        """Remember who made the plan and when it runs next."""
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        sync.schedule_anew(obj)

    def change_context(
        self, request: HttpRequest, obj: SyncPlan | None
    ) -> dict[str, Any]:
        """Show state, last runs and answers above the form."""
        context: dict[str, Any] = {"can_sync": self.has_sync_permission(request)}
        if obj is None:
            return context
        runs = SyncRun.objects.filter(plan=obj).select_related("plan", "org")
        answers = CachedResponse.objects.filter(plan=obj).defer("body")
        rows = SObject.objects.filter(org=obj.org_id, name=obj.sobject)
        return {
            **context,
            "runs": runs[:FEW],
            "unread_fields": sync.unread_fields(obj),
            "answers": answers[:FEW],
            "sobject_row": rows.defer("describe").first(),
            "can_browse": self.has_codename(request, permissions.VIEW_RECORDS),
            "title": str(obj)[:80],
            "subtitle": None,
        }

    def _request(
        self, request: HttpRequest, queryset: QuerySet[SyncPlan], *, full: bool
    ) -> None:
        queued = 0
        for plan in queryset:
            try:
                sync.request_run(plan, trigger="person", user=request.user, full=full)
            except SFConnectorError as error:
                messages.error(request, f"{plan}: {error} {error.remedy}")
            else:
                self.log_change(request, plan, gettext("Asked for a run."))
                queued += 1
        text = ngettext(
            "%(count)d run is queued.", "%(count)d runs are queued.", queued
        )
        runs = reverse("admin:sfconnector_syncrun_changelist")
        messages.success(
            request,
            format_html(
                '{} <a href="{}">{}</a>',
                text % {"count": queued},
                runs,
                gettext("Watch the runs."),
            ),
        )

    @admin.action(description=_("Run the selected plans now"), permissions=["sync"])
    def run_now(self, request: HttpRequest, queryset: QuerySet[SyncPlan]) -> None:
        """Queue a run of each."""
        self._request(request, queryset, full=False)

    @admin.action(
        description=_("Reload the selected plans fully"), permissions=["sync"]
    )
    def full_reload(self, request: HttpRequest, queryset: QuerySet[SyncPlan]) -> None:
        """Queue a full pass of each."""
        self._request(request, queryset, full=True)

    @admin.action(description=_("Pause the selected plans"), permissions=["sync"])
    def pause_plans(self, request: HttpRequest, queryset: QuerySet[SyncPlan]) -> None:
        """Stop the schedule of each."""
        for plan in queryset:
            plan.pause("")
            self.log_change(request, plan, gettext("Paused."))
        self._tell_count(request, len(queryset), gettext("paused"))

    @admin.action(description=_("Resume the selected plans"), permissions=["sync"])
    def resume_plans(self, request: HttpRequest, queryset: QuerySet[SyncPlan]) -> None:
        """Let the schedule of each go on."""
        for plan in queryset:
            plan.resume()
            self.log_change(request, plan, gettext("Resumed."))
        self._tell_count(request, len(queryset), gettext("resumed"))

    def _tell_count(self, request: HttpRequest, count: int, what: str) -> None:
        text = ngettext(
            "%(count)d plan: %(what)s.", "%(count)d plans: %(what)s.", count
        )
        messages.success(request, text % {"count": count, "what": what})

    @admin.display(description=_("plan"), ordering="sobject")
    def label(self, plan: SyncPlan) -> SafeString:
        """Show the name over what is read."""
        if not plan.name:
            return format_html("<strong>{}</strong>", str(plan)[:80])
        return format_html(
            '<strong>{}</strong><br><span class="sf-faint">{}</span>',
            plan.name,
            plan.target[:80],
        )

    @admin.display(description=_("schedule"))
    def when(self, plan: SyncPlan) -> str:
        """Say how often it runs."""
        if plan.schedule == SyncPlan.Schedule.EVERY and plan.every_minutes:
            text = ngettext(
                "every minute", "every %(count)d minutes", plan.every_minutes
            )
            return text % {"count": plan.every_minutes}
        if plan.schedule == SyncPlan.Schedule.CRON:
            return plan.cron
        return "–"

    @admin.display(description=_("state"))
    def state(self, plan: SyncPlan) -> str:
        """Show whether the schedule runs."""
        return render_to_string("sfconnector/cells/plan_state.html", {"plan": plan})

    @admin.display(description=_("next run"), ordering="next_run_at")
    def next_run(self, plan: SyncPlan) -> str:
        """Say when it runs next."""
        resting = plan.paused_at or not plan.is_enabled
        cell = {"moment": None if resting else plan.next_run_at, "never": "–"}
        return render_to_string("sfconnector/cells/age.html", cell)

    @admin.display(description=_("last result"), ordering="last_run_at")
    def last_result(self, plan: Any) -> SafeString | str:
        """Show how the last run went, with the way to it."""
        if not plan.last_run_id:
            return "–"
        run = SyncRun(pk=plan.last_run_id, state=plan.last_run_state)
        url = reverse(
            "admin:sfconnector_syncrun_change",
            args=[run.pk],
            current_app=self.admin_site.name,
        )
        chip = SafeString(
            render_to_string("sfconnector/cells/run_state.html", {"run": run})
        )
        return format_html('<a href="{}">{}</a>', url, chip)


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin[SyncRun]):
    """Runs: what happened, live while it happens."""

    has_own_layout = True
    empty_hint = _("No run yet. Open a plan and press Run now.")
    pages = (ProgressPage, CancelPage)
    list_display = [
        "number",
        "plan",
        "org",
        "chip",
        "queued",
        "took",
        "fetched",
        "created",
        "updated",
        "deleted",
        "api_calls",
    ]
    list_filter = [("org", OrgFilter), "state", "trigger", "is_full"]
    list_select_related = ["plan", "org"]
    search_fields = ["plan__name", "sobject", "error_code", "error_text"]

    def change_context(
        self, request: HttpRequest, obj: SyncRun | None
    ) -> dict[str, Any]:
        """Show progress, figures, the log and the calls."""
        if obj is None:
            return {}
        title = gettext("Run #%(number)d: %(plan)s")
        return {
            "figures": figures(obj),
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

    @admin.display(description=_("asked for"), ordering="queued_at")
    def queued(self, run: SyncRun) -> str:
        """Show when it was asked for."""
        cell = {"moment": run.queued_at}
        return render_to_string("sfconnector/cells/age.html", cell)

    @admin.display(description=_("time"))
    def took(self, run: SyncRun) -> str:
        """Show how long it worked."""
        return figures(run).get("seconds", "–")
