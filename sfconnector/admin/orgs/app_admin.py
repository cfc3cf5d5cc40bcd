"""Connected apps in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from sfconnector import orgs
from sfconnector.admin.base import SFAdmin, visible_apps, visible_orgs
from sfconnector.admin.orgs.app_form import ConnectedAppForm
from sfconnector.admin.orgs.audit_note import note_change
from sfconnector.admin.orgs.pages.keys import KeysPage
from sfconnector.models import ConnectedApp


@admin.register(ConnectedApp)
class ConnectedAppAdmin(SFAdmin[ConnectedApp]):
    """Consumer keys; the secrets behind them can be replaced but not read."""

    org_path = ""
    form = ConnectedAppForm
    empty_hint = gettext_lazy(
        "No connected app yet. Create one in Salesforce, then enter its key here."
    )
    empty_step = "connectedapp_add"
    pages = (KeysPage,)
    filter_horizontal = ["visible_to"]
    list_display = ["name", "short_key", "has_secret", "org_count", "updated_at"]
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "consumer_key", "consumer_secret", "scopes"]}),
        (
            gettext_lazy("JWT bearer"),
            {"fields": ["private_key"], "classes": ["collapse"]},
        ),
        (
            gettext_lazy("More"),
            {"fields": ["visible_to"], "classes": ["collapse"]},
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
        """Return visible apps, with the number of their visible orgs."""
        rows = super().get_queryset(request).filter(pk__in=visible_apps(request))
        seen = Q(orgs__in=visible_orgs(request))
        return rows.annotate(orgs_connected=Count("orgs", filter=seen)).order_by("name")

    def has_change_permission(
        self, request: HttpRequest, obj: ConnectedApp | None = None
    ) -> bool:
        """Refuse to change an app that serves an org hidden from the person."""
        return super().has_change_permission(request, obj) and _is_own(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: ConnectedApp | None = None
    ) -> bool:
        """Refuse likewise: what keeps the app is not for this person to see."""
        return super().has_delete_permission(request, obj) and _is_own(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """List what hangs on some apps, unless an org among it is hidden."""
        chosen = [obj.pk for obj in objs]
        own = ConnectedApp.objects.changeable_by(request.user)
        if own.filter(pk__in=chosen).count() < len(chosen):
            kept = gettext("Orgs that you may not see use one of them.")
            return [], {}, set(), [kept]
        return super().get_deleted_objects(objs, request)

    def change_context(
        self, request: HttpRequest, obj: ConnectedApp | None
    ) -> dict[str, Any]:
        """Show the callback URL and the scopes beside the form."""
        return {"callback_url": orgs.callback_url()}

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: Any
    ) -> None:
        """Note that the app was added, or what was changed of it."""
        super().save_related(request, form, formsets, change)
        note_change(request, form.instance, form, is_new=not change)

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


def _is_own(request: HttpRequest, app: ConnectedApp | None) -> bool:
    """Tell whether no org that the app serves is hidden from the person."""
    if app is None:
        return True
    return ConnectedApp.objects.changeable_by(request.user).filter(pk=app.pk).exists()
