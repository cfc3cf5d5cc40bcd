"""What is done with many orgs at once: connect, fetch, pause, go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sfconnector import orgs, sync
from sfconnector.admin.base import SFAdmin
from sfconnector.audit import Actor
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import Org, SyncPlan
from sfconnector.wording import words_of

SECONDS = 15
"""After so long the page answers; what is left is done by another press."""
MOST_TOLD = 10


class ManyOrgs(SFAdmin[Org]):
    """Actions of the list of orgs."""

    @admin.action(
        description=gettext_lazy("Connect the selected orgs"), permissions=["connect"]
    )
    def connect_orgs(self, request: HttpRequest, queryset: QuerySet[Org]) -> None:
        """Connect those that need no person; name those that do."""
        alone = [org for org in queryset if not org.grant_type.needs_person]
        by = Actor.of(request)

        def connect(org: Org) -> None:
            orgs.connect_headless(org, by=by)
            self.note(request, org, _("Connected without a person."))

        done = _each(request, alone, connect)
        text = ngettext(
            "%(count)d org is connected.", "%(count)d orgs are connected.", done
        )
        messages.success(request, text % {"count": done})
        others = [str(org) for org in queryset if org.grant_type.needs_person]
        if others:
            text = ngettext(
                "%(count)d org needs a person who logs in at Salesforce: %(names)s. "
                "Open it and press Connect, or send an invitation.",
                "%(count)d orgs need a person who logs in at Salesforce: %(names)s. "
                "Open each and press Connect, or send invitations.",
                len(others),
            )
            names = ", ".join(others[:MOST_TOLD])
            if len(others) > MOST_TOLD:
                names += ", …"
            messages.warning(request, text % {"count": len(others), "names": names})

    @admin.action(
        description=gettext_lazy("Run all plans of the selected orgs now"),
        permissions=["sync"],
    )
    def run_plans(self, request: HttpRequest, queryset: QuerySet[Org]) -> None:
        """Queue a run of each plan that is switched on and not paused."""
        by = Actor.of(request)

        def run(plan: SyncPlan) -> None:
            sync.request_run(plan, trigger="person", by=by)
            self.note(request, plan, _("Asked for a run."))

        plans = _plans(queryset).filter(is_enabled=True, paused_at=None)
        done = _each(request, plans, run)
        text = ngettext("%(count)d run is queued.", "%(count)d runs are queued.", done)
        messages.success(request, text % {"count": done})

    @admin.action(
        description=gettext_lazy("Pause all plans of the selected orgs"),
        permissions=["sync"],
    )
    def pause_plans(self, request: HttpRequest, queryset: QuerySet[Org]) -> None:
        """Stop the schedule of each plan."""

        def pause(plan: SyncPlan) -> None:
            plan.pause("")
            self.note(request, plan, _("Paused."))

        done = _each(request, _plans(queryset).filter(paused_at=None), pause)
        text = ngettext(
            "%(count)d plan is paused.", "%(count)d plans are paused.", done
        )
        messages.success(request, text % {"count": done})

    @admin.action(
        description=gettext_lazy("Resume all plans of the selected orgs"),
        permissions=["sync"],
    )
    def resume_plans(self, request: HttpRequest, queryset: QuerySet[Org]) -> None:
        """Let the schedule of each paused plan go on."""

        def resume(plan: SyncPlan) -> None:
            plan.resume()
            self.note(request, plan, _("Resumed."))

        done = _each(request, _plans(queryset).exclude(paused_at=None), resume)
        text = ngettext("%(count)d plan goes on.", "%(count)d plans go on.", done)
        messages.success(request, text % {"count": done})


def _plans(queryset: QuerySet[Org]) -> QuerySet[SyncPlan]:
    keys = list(queryset.values_list("pk", flat=True))
    plans = SyncPlan.objects.filter(org__in=keys).select_related("org")
    return plans.order_by("org__alias", "pk")


def _each(request: HttpRequest, rows: Iterable[Any], do: Callable[[Any], None]) -> int:
    """Do something with each row as long as there is time; tell what went wrong."""
    waiting, refused, done = list(rows), [], 0
    end = time.monotonic() + SECONDS
    while waiting and time.monotonic() < end:
        row = waiting.pop(0)
        try:
            do(row)
        except SFConnectorError as error:
            refused.append(f"{row}: {words_of(error)}")
        else:
            done += 1
    for line in refused[:MOST_TOLD]:
        messages.error(request, line)
    if len(refused) > MOST_TOLD:
        more = len(refused) - MOST_TOLD
        text = ngettext(
            "%(count)d more was refused.", "%(count)d more were refused.", more
        )
        messages.error(request, text % {"count": more})
    if waiting:
        text = ngettext(
            "%(count)d is left: choose the rest and press once more.",
            "%(count)d are left: choose the rest and press once more.",
            len(waiting),
        )
        messages.warning(request, text % {"count": len(waiting)})
    return done
