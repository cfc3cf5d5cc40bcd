"""The dashboard: everything that the app's index page in the admin shows."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.db.models import OuterRef, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from sfconnector import orgs as connections
from sfconnector import permissions
from sfconnector.health import beats
from sfconnector.models import (
    ApiUsageDay,
    Org,
    SObject,
    SyncPlan,
    SyncRun,
)

register = template.Library()

DAYS = 14
TROUBLED = (Org.Status.NEEDS_RECONNECT, Org.Status.UNKNOWN, Org.Status.DETACHED)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that waits for a person."""

    org: Org
    title: str
    text: str
    url_name: str
    pk: int
    action: str
    can_reconnect: bool = False


@dataclasses.dataclass(slots=True, kw_only=True)
class Card:
    """One org as the dashboard shows it."""

    org: Org
    usage: Any = None
    days: list[int] = dataclasses.field(default_factory=list)
    runs: list[SyncRun] = dataclasses.field(default_factory=list)
    plans: int = 0
    records: int = 0
    fresh_at: datetime | None = None
    has_problem: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """All orgs that a person may see, their problems first."""

    cards: list[Card]
    problems: list[Problem]
    silence: str
    can: Mapping[str, bool]
    callback_url: str
    scopes: str
    has_app: bool


@register.simple_tag(takes_context=True)
def sfconnector_dashboard(context: template.Context) -> Dashboard:
    """Return the dashboard of the person who asks, in a fixed number of queries."""
    user = context["request"].user
    can = {
        "view": user.has_perm("sfconnector.view_org"),
        "add": user.has_perm("sfconnector.add_org"),
        "add_app": user.has_perm("sfconnector.add_connectedapp"),
        "connect": user.has_perm(permissions.full(permissions.CONNECT)),
        "sync": user.has_perm(permissions.full(permissions.SYNC)),
        "records": user.has_perm(permissions.full(permissions.VIEW_RECORDS)),
        "explore": user.has_perm(permissions.full(permissions.EXPLORE)),
        "plans": user.has_perm("sfconnector.view_syncplan"),
        "runs": user.has_perm("sfconnector.view_syncrun"),
    }
    shown = _orgs_of(user) if can["view"] else []
    plans = _plans_of(shown)
    return Dashboard(
        cards=_cards(shown, plans),
        problems=list(_problems(shown, plans, can)),
        silence=_silence() if plans else "",
        can=can,
        callback_url=connections.callback_url(),
        scopes=" ".join(_scopes()),
        has_app=can["add_app"] and _has_app(),
    )


def _scopes() -> Iterable[str]:
    from sfconnector import conf

    return conf.current().scopes


def _has_app() -> bool:
    from sfconnector.models import ConnectedApp

    return ConnectedApp.objects.exists()


def _orgs_of(user: Any) -> list[Org]:
    rows = Org.objects.present().visible_to(user).select_related("usage")
    return list(rows.defer("limits", "api_versions"))


def _plans_of(shown: list[Org]) -> list[SyncPlan]:
    """Return the plans of some orgs, each with what its last failed run said."""
    failed = SyncRun.objects.filter(plan=OuterRef("pk"), state=SyncRun.State.FAILED)
    last = failed.order_by("-pk")
    plans = SyncPlan.objects.filter(org__in=shown).annotate(
        last_error=Subquery(last.values("error_text")[:1]),
        last_remedy=Subquery(last.values("remedy")[:1]),
    )
    return list(plans) if shown else []


def _cards(shown: list[Org], plans: list[SyncPlan]) -> list[Card]:
    cards = {org.pk: Card(org=org, usage=getattr(org, "usage", None)) for org in shown}
    for plan in plans:
        card = cards[plan.org_id]
        card.plans += 1
        card.has_problem = card.has_problem or is_troubled(plan)
        card.fresh_at = max(
            filter(None, (card.fresh_at, plan.last_success_at)), default=None
        )
    _count_calls(cards)
    for run in SyncRun.objects.active().filter(org__in=shown).select_related("plan"):
        cards[run.org_id].runs.append(run)
    counts = SObject.objects.filter(org__in=shown, live_count__gt=0)
    sums = counts.order_by().values_list("org_id").annotate(rows=Sum("live_count"))
    for pk, rows in sums:
        cards[pk].records = rows
    for card in cards.values():
        card.has_problem = card.has_problem or card.org.status in TROUBLED
    return sorted(
        cards.values(), key=lambda card: (not card.has_problem, str(card.org))
    )


def _count_calls(cards: dict[int, Card]) -> None:
    today = timezone.now().date()
    first = today - timedelta(days=DAYS - 1)
    calls: dict[int, dict[Any, int]] = defaultdict(dict)
    for line in ApiUsageDay.objects.filter(org__in=list(cards), day__gte=first):
        calls[line.org_id][line.day] = line.calls
    for pk, days in calls.items():
        cards[pk].days = [days.get(first + timedelta(days=n), 0) for n in range(DAYS)]


def is_troubled(plan: SyncPlan) -> bool:
    """Tell whether a plan has just failed or was paused by the app, with a reason."""
    return plan.is_enabled and bool(plan.paused_reason or plan.failures_in_a_row)


def _problems(
    shown: list[Org], plans: list[SyncPlan], can: Mapping[str, bool]
) -> Iterable[Problem]:
    by_key = {org.pk: org for org in shown}
    for org in shown:
        if org.status in TROUBLED:
            yield _org_problem(org, can)
        else:
            yield from _findings(org)
    for plan in plans if can["plans"] else ():
        if is_troubled(plan):
            yield _plan_problem(plan, by_key[plan.org_id])


def _org_problem(org: Org, can: Mapping[str, bool]) -> Problem:
    return Problem(
        org=org,
        title=str(org.get_status_display()),
        text=org.status_text,
        url_name="admin:sfconnector_org_change",
        pk=org.pk,
        action=_("Open the org"),
        can_reconnect=can["connect"] and org.status != Org.Status.DETACHED,
    )


def _findings(org: Org) -> Iterable[Problem]:
    """Yield what the doctor found that stops work."""
    for found in org.findings:
        if found.get("level") == "red":
            yield Problem(
                org=org,
                title=str(found.get("title", "")),
                text=f"{found.get('text', '')} {found.get('remedy', '')}".strip(),
                url_name="admin:sfconnector_org_change",
                pk=org.pk,
                action=_("Open the org"),
            )


def _plan_problem(plan: Any, org: Org) -> Problem:
    title = (
        _("Plan “%(plan)s” is paused") if plan.paused_at else _("Plan “%(plan)s” fails")
    )
    return Problem(
        org=org,
        title=title % {"plan": plan},
        text=plan.paused_reason
        or f"{plan.last_error or ''} {plan.last_remedy or ''}".strip()
        or _("Its last run failed; the run says why."),
        url_name="admin:sfconnector_syncplan_change",
        pk=plan.pk,
        action=_("Open the plan"),
    )


def _silence() -> str:
    """Return a sentence when scheduler or worker was not heard of for long."""
    for kind, name in ((beats.TICK, _("scheduler")), (beats.WORKER, _("worker"))):
        last = beats.last_beat(kind)
        if last is None:
            return _(
                "The %(name)s has never run. Start the worker and beat of this site, "
                "otherwise nothing is fetched."
            ) % {"name": name}
        if timezone.now() - last > beats.silent_after(kind):
            since = timezone.localtime(last).strftime("%Y-%m-%d %H:%M")
            return _(
                "The %(name)s has been silent since %(since)s. Start the worker and "
                "beat of this site, otherwise nothing is fetched."
            ) % {"name": name, "since": since}
    return ""
