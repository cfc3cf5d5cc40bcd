"""Plans and runs in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from sfconnector import gateway, permissions, sync
from sfconnector.admin.base import OrgFilter, visible_orgs
from sfconnector.admin.base.page import refuse_nul
from sfconnector.admin.cron.cron_input import CronPage
from sfconnector.admin.cron.cron_words import schedule_in_words
from sfconnector.admin.sync.fields_page import FieldsPage
from sfconnector.admin.sync.narrowing import HealthFilter
from sfconnector.admin.sync.plan_buttons import PausePage, ResumePage, RunNowPage
from sfconnector.admin.sync.plan_checks import REFUSAL, know_object
from sfconnector.admin.sync.plan_deletion import DeletablePlans
from sfconnector.admin.sync.plan_form import SyncPlanForm
from sfconnector.admin.sync.plan_versions import version_of
from sfconnector.admin.sync.preview_page import PreviewPage
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import CachedResponse, PlanSet, SObject, SyncPlan, SyncRun
from sfconnector.wording import words_of

FEW = 10


@admin.register(SyncPlan)
class SyncPlanAdmin(DeletablePlans):
    """Plans: what is read, how often, and how the last run went."""

    form = SyncPlanForm
    empty_hint = _("Nothing is fetched yet. Add a plan: what to read, and how often.")
    empty_step = "syncplan_add"
    pages = (RunNowPage, PausePage, ResumePage, PreviewPage, CronPage, FieldsPage)
    list_display = ["label", "org", "kind", "when", "state", "next_run", "last_result"]
    list_filter = [("org", OrgFilter), "kind", "is_enabled", HealthFilter, "schedule"]
    list_select_related = ["org"]
    search_fields = ["name", "sobject", "path", "soql", "org__alias", "org__label"]
    search_help_text = _("Name, object, path, SOQL or org.")
    ordering = ["org__alias", "sobject", "pk"]
    actions = ["run_now", "full_reload", "pause_plans", "resume_plans", "make_set"]
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

    class Media:
        css = {"all": ["sfconnector/plans.css"]}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Get to know the object of a plan first: no call goes out in a transaction."""
        may_save = self.has_add_permission(request) or self.has_change_permission(
            request
        )
        if request.method == "POST" and may_save:
            refuse_nul(request, {})
            setattr(request, REFUSAL, know_object(request))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self,
        request: HttpRequest,
        obj: SyncPlan | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - the signature is Django's
        **kwargs: Any,
    ) -> Any:
        """Tell the form what the org said of the object."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, REFUSAL, "")
        return form

    def get_fieldsets(self, request: HttpRequest, obj: SyncPlan | None = None) -> Any:
        """Show of a task of the project its name and schedule: the rest is code."""
        if obj is None or obj.kind != SyncPlan.Kind.TASK:
            return super().get_fieldsets(request, obj)
        return [self.fieldsets[0], self.fieldsets[2]]

    def get_readonly_fields(
        self, request: HttpRequest, obj: SyncPlan | None = None
    ) -> Any:
        """Leave a task of the project where it is."""
        fixed = super().get_readonly_fields(request, obj)
        if obj is None or obj.kind != SyncPlan.Kind.TASK:
            return fixed
        return [*fixed, "org", "kind"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SyncPlan]:
        """Add the state of the last run in the same query."""
        last = SyncRun.objects.filter(plan=OuterRef("pk")).order_by("-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(
                last_run_id=Subquery(last.values("pk")[:1]),
                last_run_state=Subquery(last.values("state")[:1]),
                last_run_error=Subquery(last.values("error_text")[:1]),
            )
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask for the right to word calls as well: a plan sends them by itself."""
        may_plan = gateway.may_plan(Actor.of(request))
        return may_plan and super().has_add_permission(request)

    def has_change_permission(
        self, request: HttpRequest, obj: SyncPlan | None = None
    ) -> bool:
        """Ask for the same to change one."""
        may_plan = gateway.may_plan(Actor.of(request))
        return may_plan and super().has_change_permission(request, obj)

    def save_model(
        self, request: HttpRequest, obj: SyncPlan, form: Any, change: Any
    ) -> None:
        """Remember who made the plan and when it runs next."""
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
        sync.schedule_anew(obj)
        gateway.note_plan(obj, by=Actor.of(request))

    def change_context(
        self, request: HttpRequest, obj: SyncPlan | None
    ) -> dict[str, Any]:
        """Show state, last runs and answers above the form."""
        context: dict[str, Any] = {"can_sync": self.has_sync_permission(request)}
        if obj is None:
            # Asked here: in a template, ``form.fields`` is the form's field "fields".
            return {**context, "has_orgs": visible_orgs(request).exists()}
        runs = SyncRun.objects.filter(plan=obj).select_related("plan", "org")
        answers = CachedResponse.objects.filter(plan=obj).defer("body")
        rows = SObject.objects.filter(org=obj.org_id, name=obj.sobject)
        return {
            **context,
            "version": version_of(obj),
            "runs": runs[:FEW],
            "failing": _failing(obj),
            "plan_sets": _sets_of(request, obj),
            "can_view_sets": request.user.has_perm("sfconnector.view_planset"),
            "looks": sync.looks_at(obj),
            "unread_fields": sync.unread_fields(obj),
            "answers": answers[:FEW],
            "sobject_row": rows.defer("describe").first(),
            "can_browse": self.has_codename(request, permissions.VIEW_RECORDS),
            "title": str(obj)[:80],
            "subtitle": None,
        }

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with a quarter of an hour, for whoever chooses *every … minutes*."""
        return {"every_minutes": 15, **super().get_changeform_initial_data(request)}

    def _request(
        self, request: HttpRequest, queryset: QuerySet[SyncPlan], *, full: bool
    ) -> None:
        queued = 0
        for plan in queryset:
            try:
                sync.request_run(
                    plan, trigger="person", by=Actor.of(request), full=full
                )
            except SFConnectorError as error:
                messages.error(request, f"{plan}: {words_of(error)}")
            else:
                self.log_change(request, plan, gettext("Asked for a run."))
                queued += 1
        text = ngettext(
            "%(count)d run is queued.", "%(count)d runs are queued.", queued
        )
        site = self.admin_site.name
        runs = reverse("admin:sfconnector_syncrun_changelist", current_app=site)
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

    def has_make_set_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may make a set of plans."""
        may_add = request.user.has_perm("sfconnector.add_planset")
        return may_add and gateway.may_plan(Actor.of(request))

    @admin.action(
        description=_("Make a set of the selected plans"), permissions=["make_set"]
    )
    def make_set(
        self, request: HttpRequest, queryset: QuerySet[SyncPlan]
    ) -> HttpResponse | None:
        """Make a set that other orgs can be given, and show it."""
        name = gettext("Set of %(day)s") % {
            "day": f"{timezone.now():%Y-%m-%d %H:%M:%S}"
        }
        try:
            made = sync.set_from(list(queryset), name=name, by=Actor.of(request))
        except SFConnectorError as error:
            messages.error(request, words_of(error))
            return None
        messages.success(
            request, gettext("The set is made. Give it a name, then apply it to orgs.")
        )
        site = self.admin_site.name
        url = "admin:sfconnector_planset_change"
        return HttpResponseRedirect(reverse(url, args=[made.pk], current_app=site))

    def _tell_count(self, request: HttpRequest, count: int, what: str) -> None:
        text = ngettext(
            "%(count)d plan: %(what)s.", "%(count)d plans: %(what)s.", count
        )
        messages.success(request, text % {"count": count, "what": what})

    @admin.display(description=_("plan"), ordering="sobject")
    def label(self, plan: SyncPlan) -> SafeString:
        """Show the name over what is read."""
        if plan.sobject:
            read = format_html("<strong>{}</strong>", plan.sobject)
        else:
            cell = {"path": plan.path, "query": plan.soql}
            read = SafeString(render_to_string("sfconnector/cells/call.html", cell))
        if not plan.name:
            return read
        return format_html("<strong>{}</strong><br>{}", plan.name, read)

    @admin.display(description=_("schedule"))
    def when(self, plan: SyncPlan) -> str:
        """Say how often it runs."""
        is_manual = plan.schedule == SyncPlan.Schedule.MANUAL
        return "–" if is_manual else schedule_in_words(plan)

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
        run = SyncRun(
            pk=plan.last_run_id,
            state=plan.last_run_state,
            error_text=plan.last_run_error or "",
        )
        url = reverse(
            "admin:sfconnector_syncrun_change",
            args=[run.pk],
            current_app=self.admin_site.name,
        )
        chip = SafeString(
            render_to_string("sfconnector/cells/run_state.html", {"run": run})
        )
        return format_html('<a href="{}">{}</a>', url, chip)


def _sets_of(request: HttpRequest, plan: SyncPlan) -> list[PlanSet]:
    """Return the sets that the plan's org was given and that name its object."""
    if plan.kind != SyncPlan.Kind.OBJECT:
        return []
    sets = PlanSet.objects.visible_to(request.user).filter(
        applied__org=plan.org_id, members__sobject__iexact=plan.sobject
    )
    return list(sets.distinct())


def _failing(plan: SyncPlan) -> SyncPlan | None:
    """Return the plan with what its last failed run said, None when all is well."""
    if not plan.is_troubled or plan.paused_at:
        return None
    return SyncPlan.objects.with_last_error().filter(pk=plan.pk).first()
