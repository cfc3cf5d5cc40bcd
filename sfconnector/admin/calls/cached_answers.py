"""Cached answers in the admin: what plans of endpoints and of SOQL fetched."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from sfconnector import gateway
from sfconnector.admin.base import OrgFilter, ReadOnlyAdmin
from sfconnector.admin.calls.chips import status_chip
from sfconnector.models import CachedResponse


@admin.register(CachedResponse)
class CachedResponseAdmin(ReadOnlyAdmin[CachedResponse]):
    """What endpoint and SOQL plans fetched, each as a readable tree."""

    empty_hint = _(
        "No answer is cached yet. Plans of endpoints and SOQL keep theirs here."
    )
    empty_step = "syncplan_add"
    org_path = "plan__org"
    has_own_layout = True
    list_display = ["read", "org", "answered", "fetched", "size", "took"]
    list_filter = [("plan__org", OrgFilter), "status"]
    list_select_related = ["plan", "plan__org"]
    search_fields = ["plan__name", "plan__path", "plan__soql"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CachedResponse]:
        """Leave the bodies out of lists."""
        return super().get_queryset(request).defer("body")

    def change_context(
        self, request: HttpRequest, obj: CachedResponse | None
    ) -> dict[str, Any]:
        """Say which answers of the same plan there are besides."""
        if obj is None:
            return {}
        others = self.get_queryset(request).filter(plan=obj.plan_id)
        return {
            "answers": others[:10],
            "shown": gateway.shown(obj),
            "title": str(obj.plan),
            "subtitle": None,
        }

    @admin.display(description=_("plan"), ordering="plan")
    def read(self, answer: CachedResponse) -> str:
        """Show what the plan asks."""
        plan = answer.plan
        cell = {"path": plan.path, "query": plan.soql}
        asked = SafeString(render_to_string("sfconnector/cells/call.html", cell))
        if not plan.name:
            return asked
        return format_html("<strong>{}</strong><br>{}", plan.name, asked)

    @admin.display(description=_("received"), ordering="byte_count")
    def size(self, answer: CachedResponse) -> str:
        """Show how much came."""
        return filesizeformat(answer.byte_count)

    @admin.display(description=_("took"), ordering="duration_ms")
    def took(self, answer: CachedResponse) -> str:
        """Show how long it took."""
        seconds = formats.number_format(answer.duration_ms / 1000, 2, use_l10n=True)
        return f"{seconds} s"

    @admin.display(description=_("org"), ordering="plan__org")
    def org(self, answer: CachedResponse) -> str:
        """Name the org."""
        return str(answer.plan.org)

    @admin.display(description=_("status"), ordering="status")
    def answered(self, answer: CachedResponse) -> str:
        """Show the status."""
        return status_chip(answer.status)

    @admin.display(description=_("fetched"), ordering="fetched_at")
    def fetched(self, answer: CachedResponse) -> str:
        """Show the age."""
        cell = {"moment": answer.fetched_at}
        return render_to_string("sfconnector/cells/age.html", cell)
