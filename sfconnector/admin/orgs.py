"""Orgs and connected apps in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from sfconnector import health, orgs, permissions
from sfconnector.admin.base import SFAdmin, client_address, visible_orgs
from sfconnector.admin.browsing import salesforce_url
from sfconnector.admin.changes import note_change
from sfconnector.admin.facts import facts_of
from sfconnector.admin.forms import ConnectedAppForm, OrgForm
from sfconnector.admin.pages.connect import ConnectPage
from sfconnector.admin.pages.copies import AdoptPage, DetachPage
from sfconnector.admin.pages.disconnect import DisconnectPage
from sfconnector.admin.pages.discover import DiscoverPage
from sfconnector.admin.pages.explorer import ExplorePage
from sfconnector.admin.pages.explorer_memory import CompletePage, ForgetPage
from sfconnector.admin.pages.explorer_query import QueryPage
from sfconnector.admin.pages.keys import KeysPage
from sfconnector.admin.pages.probe import ProbePage
from sfconnector.admin.pages.remove import RemovePage
from sfconnector.admin.pages.storage import StoragePage
from sfconnector.admin.unused import UnusedFilter
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import ConnectedApp, Org, SyncPlan


@admin.register(ConnectedApp)
class ConnectedAppAdmin(SFAdmin[ConnectedApp]):
    """Consumer keys; the secrets behind them can be replaced but not read."""

    org_path = ""
    form = ConnectedAppForm
    empty_hint = gettext_lazy(
        "No connected app yet. Create one in Salesforce, then enter its key here."
    )
    pages = (KeysPage,)
    list_display = ["name", "short_key", "has_secret", "org_count", "updated_at"]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "consumer_key", "consumer_secret", "scopes"]}),
        (
            gettext_lazy("JWT bearer"),
            {"fields": ["private_key"], "classes": ["collapse"]},
        ),
    ]

    @method_decorator(sensitive_post_parameters("consumer_secret", "private_key"))
    def changeform_view(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Keep what was typed out of the report of a crash."""
        return super().changeform_view(request, *args, **kwargs)

    def get_fieldsets(
        self, request: HttpRequest, obj: ConnectedApp | None = None
    ) -> Any:
        """Offer to remove the secret where one is kept, to those who may change it."""
        found = super().get_fieldsets(request, obj)
        is_kept = obj is not None and obj.is_confidential
        if not is_kept or not self.has_change_permission(request, obj):
            return found
        (title, first), *others = found
        fields = list(first["fields"])
        fields.insert(fields.index("consumer_secret") + 1, "remove_secret")
        return [(title, {**first, "fields": fields}), *others]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConnectedApp]:
        """Count the orgs of each app in the same query."""
        rows = super().get_queryset(request)
        return rows.annotate(orgs_connected=Count("orgs"))

    def change_context(
        self, request: HttpRequest, obj: ConnectedApp | None
    ) -> dict[str, Any]:
        """Show the callback URL and the scopes beside the form."""
        return {"callback_url": orgs.callback_url()}

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        """Note what was changed of the app."""
        super().save_related(request, form, formsets, change)
        note_change(request, form.instance, form)

    @admin.display(description=gettext_lazy("consumer key"))
    def short_key(self, app: ConnectedApp) -> str:
        """Show enough of the key to recognise it."""
        key = app.consumer_key
        return f"{key[:12]}…{key[-4:]}" if len(key) > 20 else key

    @admin.display(description=gettext_lazy("secret"), boolean=True)
    def has_secret(self, app: ConnectedApp) -> bool:
        """Tell whether a consumer secret is kept."""
        return app.is_confidential

    @admin.display(description=gettext_lazy("orgs"))
    def org_count(self, app: Any) -> int:
        """Say how many orgs use the app."""
        return int(app.orgs_connected)


@admin.register(Org)
class OrgAdmin(SFAdmin[Org]):
    """Orgs: how each is reached, how it is, and what can be done with it."""

    org_path = ""
    form = OrgForm
    empty_hint = gettext_lazy(
        "No org yet. Add one, press Connect and log in at Salesforce."
    )
    pages = (
        ConnectPage,
        AdoptPage,
        DetachPage,
        DisconnectPage,
        ProbePage,
        DiscoverPage,
        ExplorePage,
        QueryPage,
        ForgetPage,
        RemovePage,
        CompletePage,
        StoragePage,
    )
    list_display = ["name", "chip", "fresh", "api_use"]
    list_filter = ["status", "is_sandbox", UnusedFilter, "app"]
    list_select_related = ["usage"]
    list_per_page = 50
    search_fields = ["alias", "label", "org_name", "org_id", "connected_username"]
    search_help_text = gettext_lazy("Alias, label, org name, org id or user.")
    filter_horizontal = ["visible_to"]
    actions = ["test_connections"]
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
        plans = SyncPlan.objects.filter(org=OuterRef("pk")).order_by().values("org")
        failing = Q(failures_in_a_row__gt=0) | ~Q(paused_reason="")
        return (
            super()
            .get_queryset(request)
            .filter(pk__in=visible_orgs(request))
            .annotate(
                fresh_at=Subquery(plans.annotate(n=Max("last_success_at")).values("n")),
                troubled=Subquery(
                    plans.filter(failing, is_enabled=True)
                    .annotate(n=Count("pk"))
                    .values("n")
                ),
            )
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        """Refuse: an org's records are removed in batches, not by a cascade."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Choose the connected app where there is only one."""
        apps = list(ConnectedApp.objects.values_list("pk", flat=True)[:2])
        given: dict[str, Any] = {**super().get_changeform_initial_data(request)}
        return {"app": apps[0], **given} if len(apps) == 1 else given

    def change_context(self, request: HttpRequest, obj: Org | None) -> dict[str, Any]:
        """Put the facts of the org above its form."""
        context = {
            "callback_url": orgs.callback_url(),
            "can_connect": self.has_connect_permission(request),
            "can_sync": self.has_sync_permission(request),
            "can_remove": request.user.has_perm("sfconnector.delete_org"),
            "can_explore": self.has_codename(request, permissions.EXPLORE),
        }
        if obj is None:
            return context
        return {
            **context,
            "facts": facts_of(obj),
            "salesforce_url": salesforce_url(obj),
            "title": str(obj),
            "subtitle": None,
        }

    def response_post_save_add(
        self, request: HttpRequest, obj: Org
    ) -> HttpResponseRedirect:
        """Stay on the new org's page: the next step is to connect it."""
        return HttpResponseRedirect(self.url("change", obj.pk))

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        """Note what was changed of the org, groups included."""
        super().save_related(request, form, formsets, change)
        note_change(request, form.instance, form)

    @admin.action(
        description=gettext_lazy("Test the selected connections"),
        permissions=["connect"],
    )
    def test_connections(self, request: HttpRequest, queryset: QuerySet[Org]) -> None:
        """Probe each org once and sum up."""
        answered = 0
        for org in queryset:
            try:
                health.probe(
                    org, user=request.user, client_address=client_address(request)
                )
            except SFConnectorError as error:
                messages.error(request, f"{org}: {error} {error.remedy}")
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
