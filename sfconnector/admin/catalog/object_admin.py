"""Objects and fields of each org in the admin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sfconnector import permissions
from sfconnector.admin.base import OrgFilter, ReadOnlyAdmin
from sfconnector.admin.catalog.compare_page import ComparePage
from sfconnector.admin.catalog.describe_page import DescribePage
from sfconnector.admin.catalog.suggest_page import SuggestPage
from sfconnector.models import SchemaChange, SField, SObject, SyncPlan

FEW_CHANGES = 20


class UseFilter(admin.SimpleListFilter):
    """Which objects are cached, or could be."""

    title = _("use")
    parameter_name = "use"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, Any]]:
        """Offer the questions that people ask of 1,300 objects."""
        return (
            ("cached", _("With cached records")),
            ("described", _("Fields known")),
            ("queryable", _("Can be fetched")),
            ("gone", _("No longer in the org")),
        )

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[SObject]
    ) -> QuerySet[SObject]:
        """Narrow to the chosen use."""
        narrowed: dict[str, dict[str, Any]] = {
            "cached": {"total_count__gt": 0},
            "described": {"described_at__isnull": False},
            "queryable": {"queryable": True, "is_present": True},
            "gone": {"is_present": False},
        }
        return queryset.filter(**narrowed.get(self.value() or "", {}))


@admin.register(SObject)
class SObjectAdmin(ReadOnlyAdmin[SObject]):
    """Objects as describe global lists them; an object's page shows its fields."""

    has_own_layout = True
    empty_hint = _(
        "No object is known yet. Open a connected org and press Discover objects."
    )
    pages = (DescribePage, SuggestPage, ComparePage)
    list_display = [
        "name",
        "label",
        "org",
        "cached",
        "described",
        "signs",
    ]
    list_filter = [("org", OrgFilter), UseFilter, "custom"]
    list_select_related = ["org"]
    search_fields = ["name", "label"]
    search_help_text = _("API name or label.")
    ordering = ["name", "org_id"]  # as an index has them, the same names together
    quick_orders = ["name"]
    window_note = _(
        "There are many: only objects with cached records were searched, filtered and "
        "sorted. Choose an org to look at all of its objects."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[SObject]:
        """Leave the describe itself out: it is read for one object only."""
        return super().get_queryset(request).defer("describe", "describe_error")

    def window(self, rows: QuerySet[Any]) -> Q | None:
        """Look at what is cached: of all orgs' objects nobody looks for the newest."""
        return Q(total_count__gt=0) if super().window(rows) else None

    def change_context(
        self, request: HttpRequest, obj: SObject | None
    ) -> dict[str, Any]:
        """Show the fields, the drift and what can be done."""
        return {} if obj is None else self._about(request, obj)

    def _about(self, request: HttpRequest, row: SObject) -> dict[str, Any]:
        plans = SyncPlan.objects.filter(
            org=row.org_id, kind=SyncPlan.Kind.OBJECT, sobject=row.name
        )
        fields = SField.objects.filter(sobject=row).order_by("position")
        targets = {name for field in fields for name in field.reference_to}
        known = SObject.objects.filter(org=row.org_id, name__in=targets)
        return {
            "sfields": fields,
            "links": {
                other.name: self.url("change", other.pk) for other in known.only("name")
            },
            "schema_changes": SchemaChange.objects.filter(sobject=row)[:FEW_CHANGES],
            "plan": plans.first(),
            "can_sync": self.has_sync_permission(request),
            "can_plan": request.user.has_perm("sfconnector.add_syncplan"),
            "can_browse": self.has_codename(request, permissions.VIEW_RECORDS),
            "title": row.label or row.name,
            "subtitle": None,
        }

    @admin.display(description=_("cached records"), ordering="live_count")
    def cached(self, row: SObject) -> SafeString | str:
        """Show how many records are cached, with the way to them."""
        if not row.total_count:
            return "–"
        url = reverse(
            "admin:sfconnector_record_browse",
            args=[row.org.alias, row.name],
            current_app=self.admin_site.name,
        )
        return format_html('<a href="{}">{}</a>', url, f"{row.live_count:,}")

    @admin.display(description=_("signs"))
    def signs(self, row: SObject) -> SafeString:
        """Say what sets the object apart from the many ordinary ones."""
        told = (
            (row.custom, _("Custom"), "quiet"),
            (not row.queryable, _("Cannot be fetched"), "warn"),
            (not row.is_present, _("No longer in the org"), "bad"),
        )
        chips = ((_chip(text, tone),) for applies, text, tone in told if applies)
        return format_html_join(" ", "{}", chips)

    @admin.display(description=_("fields read"), ordering="described_at")
    def described(self, row: SObject) -> str:
        """Show the age of the describe."""
        cell = {"moment": row.described_at, "never": "–"}
        return render_to_string("sfconnector/cells/age.html", cell)


def _chip(text: object, tone: str) -> str:
    cell = {"text": text, "tone": tone, "icon": ""}
    return render_to_string("sfconnector/cells/chip.html", cell)
