"""Sets of plans: what many orgs shall have alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sfconnector import audit, gateway, sync
from sfconnector.admin.base import SFAdmin, visible_orgs
from sfconnector.admin.cron.cron_words import schedule_in_words
from sfconnector.admin.plansets.apply_page import ApplyPage
from sfconnector.admin.plansets.set_form import PlanSetForm, PlanSetObjectForm
from sfconnector.audit import Actor
from sfconnector.models import PlanSet, PlanSetObject

if TYPE_CHECKING:
    Inline = admin.StackedInline[PlanSetObject, PlanSet]
else:
    Inline = admin.StackedInline  # takes its models in brackets only in the stubs

ELSEWHERE = {"_addanother", "_continue", IS_POPUP_VAR}
"""What a form sends that is not saved by its ordinary *Save*."""


class MemberInline(Inline):
    """The objects of a set."""

    model = PlanSetObject
    form = PlanSetObjectForm
    fields = ("sobject", "fields", "where")
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Tell the forms which orgs may be looked at for fields."""
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.form.visible = visible_orgs(request)
        return formset


@admin.register(PlanSet)
class PlanSetAdmin(SFAdmin[PlanSet]):
    """Sets: objects, fields and schedule, applied to chosen or all orgs."""

    org_path = ""
    form = PlanSetForm
    inlines = (MemberInline,)
    pages = (ApplyPage,)
    empty_hint = _(
        "A set gives many orgs the same plans. Tick plans of one org in the list of "
        "plans and choose “Make a set”, or add one here."
    )
    empty_step = "syncplan_changelist"
    list_display = ["name", "when", "object_count", "org_count"]
    search_fields = ["name", "members__sobject"]
    ordering = ["name"]
    fieldsets = [
        (None, {"fields": ["name"]}),
        (_("When"), {"fields": ["schedule", "every_minutes", "cron"]}),
    ]

    class Media:
        css = {"all": ["sfconnector/plans.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanSet]:
        """Return visible sets, with the number of their objects and visible orgs."""
        visible = PlanSet.objects.visible_to(request.user)
        rows = super().get_queryset(request).filter(pk__in=visible.values("pk"))
        seen = Q(applied__org__in=visible_orgs(request))
        return rows.annotate(
            objects_in_it=Count("members", distinct=True),
            orgs_with_it=Count("applied", filter=seen, distinct=True),
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Ask for the right to word calls as well: the plans send them."""
        may_plan = gateway.may_plan(Actor.of(request))
        return may_plan and super().has_add_permission(request)

    def has_change_permission(
        self, request: HttpRequest, obj: PlanSet | None = None
    ) -> bool:
        """Ask for the same to change one, and that no hidden org has it."""
        may_plan = gateway.may_plan(Actor.of(request)) and _is_own(request, obj)
        return may_plan and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: PlanSet | None = None
    ) -> bool:
        """Refuse for a set that an org has which is hidden from the person."""
        return super().has_delete_permission(request, obj) and _is_own(request, obj)

    def save_model(
        self, request: HttpRequest, obj: PlanSet, form: Any, change: Any
    ) -> None:
        """Remember who made the set."""
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        """Note what the set says from now on."""
        super().save_related(request, form, formsets, change)
        made = form.instance
        names = list(made.members.values_list("sobject", flat=True))
        detail = {"plan_set": made.pk, "set": made.name, "objects": names}
        action = "plan_set.changed" if change else "plan_set.made"
        audit.append(action, by=Actor.of(request), detail=detail)

    def response_add(
        self, request: HttpRequest, obj: PlanSet, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead on from the ordinary *Save*: by itself a set gives no org anything."""
        is_other = ELSEWHERE & request.POST.keys()
        if is_other or not self.has_view_permission(request, obj):
            return super().response_add(request, obj, post_url_continue)
        said = gettext("“%(set)s” is saved; no org has it yet.") % {"set": obj.name}
        if ApplyPage(self).is_allowed(request):
            url, text = self.url("apply", obj.pk), gettext("Apply it to orgs now")
            said = format_html('{} <a href="{}">{}</a>', said, url, text)
        messages.success(request, said)
        return HttpResponseRedirect(self.url("change", obj.pk))

    def change_context(
        self, request: HttpRequest, obj: PlanSet | None
    ) -> dict[str, Any]:
        """Say above the form how many orgs have the set, and how many differ."""
        if obj is None:
            return {}
        orgs = list(visible_orgs(request).filter(plan_sets__plan_set=obj))
        differ = sync.differences(obj, orgs)
        return {
            "applied_to": len(orgs),
            "differing": sum(1 for found in differ.values() if found),
            "can_apply": ApplyPage(self).is_allowed(request),
            "title": obj.name,
            "subtitle": None,
        }

    @admin.display(description=_("schedule"), ordering="schedule")
    def when(self, plan_set: PlanSet) -> str:
        """Say how often its plans run."""
        return str(capfirst(schedule_in_words(plan_set)))

    @admin.display(description=_("objects"), ordering="objects_in_it")
    def object_count(self, plan_set: Any) -> int:
        """Say how many objects it has."""
        return int(plan_set.objects_in_it)

    @admin.display(description=_("orgs"), ordering="orgs_with_it")
    def org_count(self, plan_set: Any) -> int:
        """Say how many orgs it was applied to."""
        return int(plan_set.orgs_with_it)


def _is_own(request: HttpRequest, plan_set: PlanSet | None) -> bool:
    """Tell whether no org that is hidden from the person has a set."""
    if plan_set is None or plan_set.pk is None:
        return True
    own = PlanSet.objects.changeable_by(request.user)
    return own.filter(pk=plan_set.pk).exists()
