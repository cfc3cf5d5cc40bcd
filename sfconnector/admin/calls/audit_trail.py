"""The audit trail in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from sfconnector import conf
from sfconnector.admin.base import ReadOnlyAdmin, visible_apps, visible_orgs
from sfconnector.admin.calls.chips import chip, to_the_second
from sfconnector.models import AuditEvent, PlanSet

OUTCOME_SIGNS = {"ok": ("good", "check"), "refused": ("warn", "stop")}


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin[AuditEvent]):
    """Who did what and when; nobody changes or deletes a line."""

    empty_hint = _("Nothing was done yet. What people do is noted here for good.")
    org_path = ""
    list_display = ["moment", "who", "action", "org_alias", "result", "client_address"]
    list_filter = ["action", "outcome"]
    search_fields = ["user_name", "org_alias", "action"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """Return lines of visible orgs, apps and sets, and those that concern none."""
        rows = super().get_queryset(request)
        is_superuser = getattr(request.user, "is_superuser", False)
        if is_superuser and not conf.current().visible_orgs:
            return rows
        of_nothing = Q(org=None, org_alias="")
        for beginning, key, seen in (
            ("app.", "app", visible_apps(request)),
            ("plan_set.", "plan_set", PlanSet.objects.visible_to(request.user)),
        ):
            keys = list(seen.values_list("pk", flat=True))
            is_seen = Q(**{f"detail__{key}__in": keys})
            of_nothing &= ~Q(action__startswith=beginning) | is_seen
        return rows.filter(Q(org__in=visible_orgs(request)) | of_nothing)

    @admin.display(description=_("time"), ordering="at")
    def moment(self, event: AuditEvent) -> str:
        """Show when, to the second."""
        return to_the_second(event.at)

    @admin.display(description=_("who"), ordering="user_name")
    def who(self, event: AuditEvent) -> str:
        """Name the person, or the app itself."""
        return event.user_name or "–"

    @admin.display(description=_("outcome"), ordering="outcome")
    def result(self, event: AuditEvent) -> str:
        """Show the outcome."""
        tone, icon = OUTCOME_SIGNS.get(event.outcome, ("bad", "cross"))
        return chip(event.outcome, tone, icon)
