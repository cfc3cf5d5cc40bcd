"""Deleting plans: with their runs and answers, never by the admin's collector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector import retention
from sfconnector.admin.base import SFAdmin
from sfconnector.models import CachedResponse, SyncPlan, SyncRun


class DeletablePlans(SFAdmin[SyncPlan]):
    """Says what goes with a plan by counting, and deletes it in small steps."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what goes, how much of it, and which rows of the host forbid it.

        Django's own would load every run, and refuse for want of a permission that
        nobody holds: runs are not deleted one by one.
        """
        plans = [plan.pk for plan in objs]
        runs = SyncRun.objects.filter(plan__in=plans).count()
        answers = CachedResponse.objects.filter(plan__in=plans).count()
        counts = {
            self.opts.verbose_name_plural: len(plans),
            _("runs"): runs,
            _("cached answers"): answers,
        }
        lines = [str(plan) for plan in objs]
        text = ngettext("%(count)d run", "%(count)d runs", runs)
        lines.append(text % {"count": runs})
        text = ngettext("%(count)d cached answer", "%(count)d cached answers", answers)
        lines.append(text % {"count": answers})
        if any(plan.kind == SyncPlan.Kind.TASK for plan in objs):
            lines.append(_("The project's tasks get no new plan for these orgs."))
        lines.append(_("Cached records stay until their org is purged."))
        held = [
            f"{plan}: {told}" for plan in objs for told in retention.holders_of(plan)
        ]
        return lines, counts, set(), held

    def delete_model(self, request: HttpRequest, obj: SyncPlan) -> None:
        """Delete one plan."""
        retention.delete_plan(obj)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[SyncPlan] | Iterable[SyncPlan]
    ) -> None:
        """Delete several, each by itself."""
        for plan in queryset:
            retention.delete_plan(plan)
