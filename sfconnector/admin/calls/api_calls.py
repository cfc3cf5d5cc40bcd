"""Traffic in the admin: each call as a line."""

from __future__ import annotations

from collections.abc import Iterable
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

from sfconnector.admin.base import OrgFilter, ReadOnlyAdmin
from sfconnector.admin.calls.chips import status_chip, to_the_second
from sfconnector.models import ApiCall


class PurposeFilter(admin.SimpleListFilter):
    """What calls were made for; the choices are fixed, so the table is not read."""

    title = _("purpose")
    parameter_name = "purpose"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, Any]]:
        """Offer the purposes that the app's verbs name."""
        return (
            ("sync", _("Fetches")),
            ("catalog", _("Objects and fields")),
            ("forecast", _("Forecasts")),
            ("health", _("Tests")),
            ("connect", _("Connecting")),
            ("refresh", _("Token refreshes")),
            ("explorer", _("Explorer")),
            ("command", _("Commands")),
        )

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ApiCall]
    ) -> QuerySet[ApiCall]:
        """Narrow to the chosen purpose."""
        return queryset.filter(purpose=self.value()) if self.value() else queryset


class AnswerFilter(admin.SimpleListFilter):
    """How calls were answered."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(
        self, request: HttpRequest, model_admin: Any
    ) -> Iterable[tuple[str, Any]]:
        """Offer what one looks for."""
        return (
            ("ok", _("Answered well")),
            ("refused", _("Refused")),
            ("none", _("No answer")),
        )

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ApiCall]
    ) -> QuerySet[ApiCall]:
        """Narrow to the chosen answers."""
        narrowed: dict[str, dict[str, Any]] = {
            "ok": {"status__lt": 400},
            "refused": {"status__gte": 400},
            "none": {"status__isnull": True},
        }
        return queryset.filter(**narrowed.get(self.value() or "", {}))


@admin.register(ApiCall)
class ApiCallAdmin(ReadOnlyAdmin[ApiCall]):
    """Each HTTP exchange as one line, without secrets and bodies."""

    empty_hint = _(
        "No call was made yet. Each one to Salesforce is noted here, without secrets."
    )
    list_display = [
        "moment",
        "answered",
        "request",
        "org",
        "purpose",
        "took",
        "size",
        "run",
    ]
    list_filter = [("org", OrgFilter), PurposeFilter, AnswerFilter]
    list_select_related = ["org", "run"]
    search_fields = ["path", "request_id", "error_code"]
    search_help_text = _("Path, error code or Salesforce's request id.")

    def change_context(
        self, request: HttpRequest, obj: ApiCall | None
    ) -> dict[str, Any]:
        """Name the page by the call, whose query the page shows decoded."""
        if obj is None:
            return {}
        title = f"{obj.method} {obj.path.partition('?')[0]}"
        return {"title": title[:120], "subtitle": None}

    @admin.display(description=_("call"))
    def request(self, call: ApiCall) -> str:
        """Show method and path without letting a query fill the page."""
        cell = {"method": call.method, "path": call.path}
        return render_to_string("sfconnector/cells/call.html", cell)

    @admin.display(description=_("time"), ordering="pk")
    def moment(self, call: ApiCall) -> str:
        """Show when it was sent, to the second."""
        return to_the_second(call.at)

    @admin.display(description=_("answer"), ordering="status")
    def answered(self, call: ApiCall) -> str:
        """Show the status, and what it was refused with."""
        chip = SafeString(status_chip(call.status))
        if not call.error_code:
            return chip
        return format_html(
            '{}<span class="sf-trouble">{}</span>', chip, call.error_code
        )

    @admin.display(description=_("took"), ordering="duration_ms")
    def took(self, call: ApiCall) -> str:
        """Show how long it took."""
        seconds = formats.number_format(call.duration_ms / 1000, 2, use_l10n=True)
        return f"{seconds} s"

    @admin.display(description=_("received"), ordering="response_bytes")
    def size(self, call: ApiCall) -> str:
        """Show how much came."""
        return filesizeformat(call.response_bytes)
