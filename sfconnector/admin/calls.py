"""Traffic, cached answers and the audit trail in the admin: all read-only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from sfconnector.admin.base import OrgFilter, ReadOnlyAdmin, visible_orgs
from sfconnector.models import ApiCall, AuditEvent, CachedResponse

OUTCOME_SIGNS = {"ok": ("good", "check"), "refused": ("warn", "stop")}


def _chip(text: object, tone: str, icon: str) -> str:
    cell = {"text": text, "tone": tone, "icon": icon}
    return render_to_string("sfconnector/cells/chip.html", cell)


def _status_chip(status: int | None) -> str:
    """Show an HTTP status: text, icon and colour."""
    if status is None:
        return _chip(_("no answer"), "bad", "cross")
    if status < 400:
        return _chip(status, "good", "check")
    return _chip(status, "warn" if status in {401, 404, 429, 503} else "bad", "alert")


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
        "at",
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
    list_per_page = 100
    search_fields = ["path", "request_id", "error_code"]
    search_help_text = _("Path, error code or Salesforce's request id.")

    @admin.display(description=_("call"))
    def request(self, call: ApiCall) -> SafeString:
        """Show method and path without letting a query fill the page."""
        return format_html(
            '<span class="sf-mono sf-wrap">{} {}</span>',
            call.method,
            Truncator(call.path).chars(100),
        )

    @admin.display(description=_("answer"), ordering="status")
    def answered(self, call: ApiCall) -> str:
        """Show the status."""
        return _status_chip(call.status)

    @admin.display(description=_("time"), ordering="duration_ms")
    def took(self, call: ApiCall) -> str:
        """Show how long it took."""
        return f"{call.duration_ms:,} ms"

    @admin.display(description=_("received"), ordering="response_bytes")
    def size(self, call: ApiCall) -> str:
        """Show how much came."""
        return f"{call.response_bytes:,} B"


@admin.register(CachedResponse)
class CachedResponseAdmin(ReadOnlyAdmin[CachedResponse]):
    """What endpoint and SOQL plans fetched, each as a readable tree."""

    empty_hint = _(
        "No answer is cached yet. Plans of endpoints and SOQL keep theirs here."
    )
    org_path = "plan__org"
    has_own_layout = True
    list_display = ["plan", "org", "answered", "fetched", "byte_count", "duration_ms"]
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
        return {"answers": others[:10], "title": str(obj.plan), "subtitle": None}

    @admin.display(description=_("org"), ordering="plan__org")
    def org(self, answer: CachedResponse) -> str:
        """Name the org."""
        return str(answer.plan.org)

    @admin.display(description=_("status"), ordering="status")
    def answered(self, answer: CachedResponse) -> str:
        """Show the status."""
        return _status_chip(answer.status)

    @admin.display(description=_("fetched"), ordering="fetched_at")
    def fetched(self, answer: CachedResponse) -> str:
        """Show the age."""
        cell = {"moment": answer.fetched_at}
        return render_to_string("sfconnector/cells/age.html", cell)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin[AuditEvent]):
    """Who did what and when; nobody changes or deletes a line."""

    empty_hint = _("Nothing was done yet. What people do is noted here for good.")
    org_path = ""
    list_display = ["at", "who", "action", "org_alias", "result", "client_address"]
    list_filter = ["action", "outcome"]
    search_fields = ["user_name", "org_alias", "action"]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """Return lines of visible orgs, and those that concern no org."""
        rows = super().get_queryset(request)
        if getattr(request.user, "is_superuser", False):
            return rows
        return rows.filter(org__in=visible_orgs(request)) | rows.filter(
            org=None, org_alias=""
        )

    @admin.display(description=_("who"), ordering="user_name")
    def who(self, event: AuditEvent) -> str:
        """Name the person, or the app itself."""
        return event.user_name or "–"

    @admin.display(description=_("outcome"), ordering="outcome")
    def result(self, event: AuditEvent) -> str:
        """Show the outcome."""
        tone, icon = OUTCOME_SIGNS.get(event.outcome, ("bad", "cross"))
        return _chip(event.outcome, tone, icon)
