"""Orgs and connected apps in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from sfconnector import health, orgs, permissions
from sfconnector.admin.base import (
    AppFilter,
    ModelForm,
    visible_apps,
    visible_orgs,
)
from sfconnector.admin.explorer.call_page import ExplorePage
from sfconnector.admin.explorer.memory_pages import CompletePage, ForgetPage
from sfconnector.admin.explorer.query_page import QueryPage
from sfconnector.admin.orgs.audit_note import note_change
from sfconnector.admin.orgs.healthy import HealthFilter
from sfconnector.admin.orgs.many_orgs import ManyOrgs
from sfconnector.admin.orgs.new_org_form import APP_FIELDS, NewOrgForm
from sfconnector.admin.orgs.org_form import OrgForm
from sfconnector.admin.orgs.pages.adoption import AdoptPage, DetachPage
from sfconnector.admin.orgs.pages.connect import ConnectPage
from sfconnector.admin.orgs.pages.count import CountPage
from sfconnector.admin.orgs.pages.disconnect import DisconnectPage
from sfconnector.admin.orgs.pages.discover import DiscoverPage
from sfconnector.admin.orgs.pages.fetch import FetchPage, FetchStatePage
from sfconnector.admin.orgs.pages.import_orgs import ImportPage
from sfconnector.admin.orgs.pages.invite import InvitePage
from sfconnector.admin.orgs.pages.probe import ProbePage
from sfconnector.admin.orgs.pages.remove import RemovePage
from sfconnector.admin.orgs.pages.storage import StoragePage
from sfconnector.admin.orgs.panel import facts_of
from sfconnector.admin.orgs.unused import UnusedFilter
from sfconnector.admin.records.browsing import salesforce_url
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SyncPlan
from sfconnector.wording import words_of

SAVED = "_sfconnector_saved_org"
"""Where the request keeps the org that *Save and connect* has saved."""


@admin.register(Org)
class OrgAdmin(ManyOrgs):
    """Orgs: how each is reached, how it is, and what can be done with it."""

    org_path = ""
    form = OrgForm
    empty_hint = gettext_lazy(
        "No org yet. Add one, press Connect and log in at Salesforce."
    )
    empty_step = "org_add"
    pages = (
        ConnectPage,
        AdoptPage,
        DetachPage,
        DisconnectPage,
        InvitePage,
        ProbePage,
        DiscoverPage,
        CountPage,
        FetchPage,
        FetchStatePage,
        ExplorePage,
        QueryPage,
        ForgetPage,
        RemovePage,
        CompletePage,
        StoragePage,
        ImportPage,
    )
    list_display = ["name", "chip", "fresh", "api_use"]
    list_filter = [
        HealthFilter,
        "status",
        "is_sandbox",
        UnusedFilter,
        ("app", AppFilter),
    ]
    list_select_related = ["usage"]
    search_fields = ["alias", "label", "org_name", "org_id", "connected_username"]
    search_help_text = gettext_lazy("Alias, label, org name, org id or user.")
    filter_horizontal = ["visible_to"]
    actions = [
        "test_connections",
        "connect_orgs",
        "run_plans",
        "pause_plans",
        "resume_plans",
    ]
    fieldsets = [
        (None, {"fields": ["alias", "label", "app"]}),
        (
            gettext_lazy("Log-in"),
            {"fields": ["environment", "my_domain", "flow", "username"]},
        ),
        (
            gettext_lazy("More"),
            {"fields": ["api_version", "visible_to"], "classes": ["collapse"]},
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Org]:
        """Return the orgs that this person may know of, with figures of their plans."""
        plans = SyncPlan.objects.filter(org=OuterRef("pk")).order_by()
        # One row for an org: a scalar subquery takes no more.
        fresh = plans.values("org").annotate(n=Max("last_success_at"))
        troubled = plans.troubled().values("org").annotate(n=Count("pk"))
        return (
            super()
            .get_queryset(request)
            .filter(pk__in=visible_orgs(request))
            .annotate(
                fresh_at=Subquery(fresh.values("n")),
                troubled=Subquery(troubled.values("n")),
            )
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        """Refuse: an org's records are removed in batches, not by a cascade."""
        return False

    @method_decorator(sensitive_post_parameters("consumer_secret"))
    def changeform_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Save; after *Save and connect* go on to Salesforce, once all is committed."""
        answer = super().changeform_view(request, *args, **kwargs)
        saved: Org | None = getattr(request, SAVED, None)
        if saved is None or not self.has_connect_permission(request):
            return answer
        return ConnectPage(self).answer(request, pk=saved.pk)

    def get_form(
        self,
        request: HttpRequest,
        obj: Org | None = None,
        change: bool = False,  # noqa: FBT001, FBT002 - the signature is Django's
        **kwargs: Any,
    ) -> type[ModelForm[Org]]:
        """Tell the form who fills it in; a new org may bring its app along."""
        if obj is None and self._takes_app(request):
            kwargs["form"] = NewOrgForm
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = Actor.of(request)  # type: ignore[attr-defined]  # made anew per request
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Org | None = None) -> Any:
        """Show key and secret of a new app beside the choice of a known one."""
        found = super().get_fieldsets(request, obj)
        if obj is not None or not self._takes_app(request):
            return found
        (title, first), *others = found
        fields = [*first["fields"], *APP_FIELDS]
        return [(title, {**first, "fields": fields}), *others]

    def _takes_app(self, request: HttpRequest) -> bool:
        return request.user.has_perm("sfconnector.add_connectedapp")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Choose the connected app where there is only one."""
        apps = list(visible_apps(request).values_list("pk", flat=True)[:2])
        given: dict[str, Any] = {**super().get_changeform_initial_data(request)}
        return {"app": apps[0], **given} if len(apps) == 1 else given

    def change_context(self, request: HttpRequest, obj: Org | None) -> dict[str, Any]:
        """Put the facts of the org above its form."""
        orgs.nonce_of(request.session)  # there before the button that needs it
        context = {
            "callback_url": orgs.callback_url(),
            "can_connect": self.has_connect_permission(request),
            "can_sync": self.has_sync_permission(request),
            "can_remove": request.user.has_perm("sfconnector.delete_org"),
            "can_explore": self.has_codename(request, permissions.EXPLORE),
            "can_fetch": FetchPage(self).is_allowed(request),
            "can_browse": self.has_codename(request, permissions.VIEW_RECORDS),
        }
        if obj is None:
            return context
        return {
            **context,
            "facts": facts_of(obj, by=Actor.of(request)),
            "salesforce_url": salesforce_url(obj),
            "title": str(obj),
            "subtitle": None,
        }

    def response_post_save_add(
        self, request: HttpRequest, obj: Org
    ) -> HttpResponseRedirect:
        """Stay on the new org's page: the next step is to connect it."""
        if "_connect" in request.POST:
            setattr(request, SAVED, obj)
        return HttpResponseRedirect(self.url("change", obj.pk))

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        """Note what was added, or changed of the org, groups included."""
        super().save_related(request, form, formsets, change)
        app_form = getattr(form, "app_form", None)
        if app_form is not None:
            app = app_form.instance
            app.visible_to.set(form.instance.visible_to.all())
            note_change(request, app, app_form, is_new=True)
        note_change(request, form.instance, form, is_new=not change)

    @admin.action(
        description=gettext_lazy("Test the selected connections"),
        permissions=["connect"],
    )
    def test_connections(self, request: HttpRequest, queryset: QuerySet[Org]) -> None:
        """Probe each org once and sum up."""
        answered = 0
        for org in queryset:
            try:
                health.probe(org, by=Actor.of(request))
            except SFConnectorError as error:
                messages.error(request, f"{org}: {words_of(error)}")
            else:
                answered += 1
        text = ngettext("%(count)d org answers.", "%(count)d orgs answer.", answered)
        messages.info(request, text % {"count": answered})

    @admin.display(description=gettext_lazy("org"), ordering="alias")
    def name(self, org: Org) -> str:
        """Show label, alias and the user whose rights are used."""
        return _cell("name", org)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def chip(self, org: Org) -> str:
        """Show status, type and what is wrong."""
        return _cell("status", org)

    @admin.display(description=gettext_lazy("data from"), ordering="fresh_at")
    def fresh(self, org: Org) -> str:
        """Show the age of the last successful fetch."""
        return _cell("fresh", org)

    @admin.display(description=gettext_lazy("API use"))
    def api_use(self, org: Org) -> str:
        """Show the calls of the last 24 hours."""
        return _cell("usage", org)


def _cell(name: str, org: Org) -> str:
    return render_to_string(f"sfconnector/cells/org_{name}.html", {"org": org})
