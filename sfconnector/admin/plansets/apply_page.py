"""Which orgs have a set, which differ from it; apply it to those that are ticked."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sfconnector import permissions, sync
from sfconnector.admin.base import Page, row_key, visible_orgs
from sfconnector.admin.cron.cron_words import schedule_in_words
from sfconnector.audit import Actor
from sfconnector.models import Org, PlanSet, SyncPlan
from sfconnector.wording import told

SECONDS = 15
"""After so long the page answers; what is left is applied by another press."""
MOST_REFUSALS = 10
SCHEDULE = {"schedule", "every_minutes", "cron"}
"""Columns that say together when a plan runs."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One org, and how its plans lie beside the set."""

    org: Org
    is_applied: bool
    found: list[tuple[sync.Difference, str]]
    """Each difference with its columns in words."""


class ApplyPage(Page[PlanSet]):
    """Show the drift between a set and the orgs, and apply the set."""

    verb = "apply"
    methods = ("GET", "POST")
    permission = permissions.SYNC
    template = "sfconnector/plan_set_apply.html"

    def is_allowed(self, request: HttpRequest) -> bool:
        """Let in who may add plans and change them."""
        may = request.user.has_perm
        plans = may("sfconnector.add_syncplan") and may("sfconnector.change_syncplan")
        return plans and super().is_allowed(request)

    def answer(self, request: HttpRequest, **arguments: Any) -> HttpResponse:
        """Show the orgs, or apply the set to those that were chosen."""
        plan_set = self.find(request, arguments["pk"])
        orgs = list(visible_orgs(request).order_by("alias"))
        if request.method == "POST":
            keys = _chosen(request)
            chosen = [org for org in orgs if org.pk in keys]
            self._apply(request, plan_set, chosen)
            return HttpResponseRedirect(self.admin.url(self.verb, plan_set.pk))
        word = request.GET.get("q", "").strip()
        shown = [org for org in orgs if word.lower() in str(org).lower()]
        applied = set(plan_set.applied.values_list("org_id", flat=True))
        differ = sync.differences(plan_set, shown)
        rows = [
            Row(
                org=org,
                is_applied=org.pk in applied,
                found=[(one, _words(plan_set, one)) for one in differ[org.pk]],
            )
            for org in shown
        ]
        return self.render(
            request,
            title=_("Apply “%(set)s”") % {"set": plan_set.name},
            plan_set=plan_set,
            rows=rows,
            keys=",".join(str(org.pk) for org in shown),
            word=word,
            has_orgs=bool(orgs),
            members=plan_set.members.all(),
        )

    def _apply(
        self, request: HttpRequest, plan_set: PlanSet, chosen: list[Org]
    ) -> None:
        by = Actor.of(request)
        applied = set(plan_set.applied.values_list("org_id", flat=True))
        differ = sync.differences(plan_set, chosen)
        wanted = [org for org in chosen if differ[org.pk] or org.pk not in applied]
        if not chosen:
            messages.error(request, _("Tick the orgs that shall have these plans."))
            return
        done: list[sync.Applied] = []
        end = time.monotonic() + SECONDS
        while wanted and time.monotonic() < end:
            done.append(sync.apply_set(plan_set, org=wanted.pop(0), by=by))
        if done:
            self.admin.note(request, plan_set, _("Applied to orgs."))
        _tell(request, done, left=len(wanted))


def _chosen(request: HttpRequest) -> set[int]:
    """Return the keys that were pressed for: those shown to the person, or ticked.

    All those shown come in one field: Django takes no more than a thousand.
    """
    shown = request.POST.get("shown")
    keys = request.POST.getlist("org") if shown is None else shown.split(",")
    return {row_key(key) for key in keys}


def _tell(request: HttpRequest, done: list[sync.Applied], *, left: int) -> None:
    made = sum(len(one.made) for one in done)
    changed = sum(len(one.changed) for one in done)
    text = ngettext(
        "Applied to %(count)d org: %(made)d plans made, %(changed)d changed.",
        "Applied to %(count)d orgs: %(made)d plans made, %(changed)d changed.",
        len(done),
    )
    given = {"count": len(done), "made": made, "changed": changed}
    messages.success(request, text % given)
    refused = [
        f"{one.org}, {name}: {told(error)} {told(error.remedy)}"
        for one in done
        for name, error in one.refused
    ]
    for line in refused[:MOST_REFUSALS]:
        messages.error(request, line)
    more = len(refused) - MOST_REFUSALS
    if more > 0:
        text = ngettext(
            "%(count)d more was refused.", "%(count)d more were refused.", more
        )
        messages.error(request, text % {"count": more})
    if left:
        text = ngettext(
            "%(count)d org is left: press once more.",
            "%(count)d orgs are left: press once more.",
            left,
        )
        messages.warning(request, text % {"count": left})


def _words(plan_set: PlanSet, one: sync.Difference) -> str:
    """Say what would change: a schedule from what to what, the rest by its name."""
    if one.plan is None:
        return ""
    fields = SyncPlan._meta.concrete_fields  # noqa: SLF001 - documented by Django
    labels = {field.attname: str(field.verbose_name) for field in fields}
    told = [labels[name] for name in one.columns if name not in SCHEDULE]
    if len(told) < len(one.columns):
        now, then = schedule_in_words(one.plan), schedule_in_words(plan_set)
        told.append(f"{now} → {then}")
    return ", ".join(told)
