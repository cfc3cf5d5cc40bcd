"""All orgs at one look: totals, a card for each, those that need a person first."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from django.core.paginator import Paginator
from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from sfconnector import clock
from sfconnector.health import unanswered
from sfconnector.models import (
    ApiUsage,
    ApiUsageDay,
    Org,
    SObject,
    SyncPlan,
    SyncRun,
)

DAYS = 14
PER_PAGE = 24
YESTERDAY = timedelta(days=1)
Keys: TypeAlias = QuerySet[Org, Any]
"""The keys of the orgs of an overview, as a part of other queries: a list of a thousand
would have to be written, sent and read each time."""
UNSHOWN = (
    *("limits", "api_versions", "uuid", "catalog_modified", "catalog_at", "silences"),
    *("scopes_granted", "user_id", "user_display_name", "connected_at", "last_used_at"),
    *("round_rung_at", "round_until", "rounds_refused_until", "tasks_declined"),
    *("purge_requested_at", "purge_objects", "created_at", "updated_at", "status_at"),
    *("usage__org", "usage__seen_at", "usage__exhausted_until"),
)
"""Columns of orgs that no overview shows; with a thousand orgs they take their time."""
TROUBLED = (Org.Status.NEEDS_RECONNECT, Org.Status.UNKNOWN, Org.Status.DETACHED)


@dataclasses.dataclass(slots=True, kw_only=True)
class Card:
    """One org as the overview shows it."""

    org: Org
    usage: ApiUsage | None = None
    days: list[int] = dataclasses.field(default_factory=list)
    """Our calls of the last days, the oldest first; only of the cards of a page."""
    runs: list[SyncRun] = dataclasses.field(default_factory=list)
    """What works or waits now; only of the cards of a page."""
    plans: int = 0
    """Plans that are switched on."""
    troubled: int = 0
    answered: int = 0
    """Plans of endpoints and queries that have an answer."""
    records: int = 0
    failed: int = 0
    """Runs that failed within the last 24 hours."""
    fresh_at: datetime | None = None
    oldest_at: datetime | None = None
    """Last success of the plan with a schedule whose data are the oldest."""
    unread: int = 0
    """Plans with a schedule that never succeeded."""
    is_silent: bool = False
    """It needs a person, or does not answer."""

    @property
    def fine(self) -> int:
        """Return how many of the plans are well."""
        return self.plans - self.troubled

    @property
    def is_healthy(self) -> bool:
        """Tell whether the org is connected and nothing waits for a person."""
        return self.org.is_connected and not self.has_problem

    @property
    def has_problem(self) -> bool:
        """Tell whether something waits for a person."""
        return self.is_silent or self.troubled > 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The figures of all orgs together."""

    orgs: int
    healthy: int
    plans: int
    fine: int
    troubled: int
    records: int
    failed: int
    fresh_at: datetime | None
    oldest: Card | None
    """The org with the oldest data of a plan with a schedule."""
    calls_today: int
    """Our calls since midnight UTC."""
    fullest: Card | None
    """The org that has used the largest part of its API calls."""

    @property
    def oldest_at(self) -> datetime | None:
        """Return the age of the oldest data of a plan with a schedule."""
        return self.oldest.oldest_at if self.oldest else None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """What the overview shows of some orgs."""

    totals: Totals
    orgs: list[Org]
    """All of them, those with a problem first."""
    cards: list[Card]
    """Those of the page that was asked for."""
    page: Any
    found: int
    """Orgs that the search found."""


def board(orgs: QuerySet[Org], *, search: str = "", page: str = "1") -> Board:
    """Return the overview of some orgs, in nine queries for any number of them.

    ``search`` leaves those cards whose names hold it; the totals stay those of all.
    ``page`` is what the address says; what is no page is the first or the last.
    """
    cards = _bare_cards(orgs)
    today = timezone.now().date()
    keys = orgs.order_by().values("pk")
    _add_plans(cards, keys)
    _add_records(cards, keys)
    _add_failures(cards)
    ordered = sorted(cards.values(), key=lambda one: (not one.has_problem, _name(one)))
    found = [card for card in ordered if _is_found(card.org, search)]
    shown = Paginator(found, PER_PAGE).get_page(page)
    _add_days(list(shown), today)
    _add_runs(list(shown))
    return Board(
        totals=_totals(ordered, _calls_of(cards, today)),
        orgs=[card.org for card in ordered],
        cards=list(shown),
        page=shown,
        found=len(found),
    )


def healthy(orgs: QuerySet[Org]) -> list[int]:
    """Return the keys of the orgs that the overview calls healthy, in two queries."""
    cards = _bare_cards(orgs)
    _add_plans(cards, orgs.order_by().values("pk"))
    return [pk for pk, card in cards.items() if card.is_healthy]


def _bare_cards(orgs: QuerySet[Org]) -> dict[int, Card]:
    rows = orgs.select_related("usage").defer(*UNSHOWN)
    return {org.pk: _bare(org) for org in rows}


def _bare(org: Org) -> Card:
    is_silent = org.status in TROUBLED or bool(unanswered(org))
    return Card(org=org, usage=getattr(org, "usage", None), is_silent=is_silent)


def _name(card: Card) -> str:
    return str(card.org).casefold()


def _is_found(org: Org, search: str) -> bool:
    words = search.casefold().split()
    names = (org.alias, org.label, org.org_name, org.org_id, org.connected_username)
    text = " ".join(filter(None, names)).casefold()
    return all(word in text for word in words)


def _add_plans(cards: Mapping[int, Card], keys: Keys) -> None:
    on = Q(is_enabled=True)
    timed = on & ~Q(schedule=SyncPlan.Schedule.MANUAL)
    failing = on & (Q(failures_in_a_row__gt=0) | ~Q(paused_reason=""))
    answered = ~Q(kind=SyncPlan.Kind.OBJECT) & Q(last_success_at__isnull=False)
    rows = SyncPlan.objects.filter(org__in=keys).order_by().values("org")
    found: Iterable[Any] = rows.annotate(
        plans=Count("pk", filter=on),
        troubled=Count("pk", filter=failing),
        answered=Count("pk", filter=answered),
        fresh_at=Max("last_success_at"),
        oldest_at=Min("last_success_at", filter=timed),
        unread=Count("pk", filter=timed & Q(last_success_at=None)),
    )
    for row in found:
        if card := cards.get(row.pop("org")):  # else the org was added meanwhile
            for name, value in row.items():
                setattr(card, name, value)


def _add_records(cards: Mapping[int, Card], keys: Keys) -> None:
    # Of all objects few are cached; what an index finds them by is the total.
    rows = SObject.objects.filter(org__in=keys, total_count__gt=0).order_by()
    for pk, count in rows.values_list("org").annotate(n=Sum("live_count")):
        if card := cards.get(pk):
            card.records = count


def _add_failures(cards: Mapping[int, Card]) -> None:
    """Count the runs that failed since yesterday."""
    failed = SyncRun.objects.filter(
        state=SyncRun.State.FAILED,
        org__in=list(cards),
        queued_at__gte=clock.now() - YESTERDAY,
    )
    for pk, count in failed.order_by().values_list("org").annotate(n=Count("pk")):
        cards[pk].failed = count


def _add_days(cards: Iterable[Card], today: date) -> None:
    by_org = {card.org.pk: card for card in cards}
    first = today - timedelta(days=DAYS - 1)
    calls: dict[int, dict[date, int]] = defaultdict(dict)
    for line in ApiUsageDay.objects.filter(org__in=list(by_org), day__gte=first):
        calls[line.org_id][line.day] = line.calls
    for pk, days in calls.items():
        dates = (first + timedelta(days=n) for n in range(DAYS))
        by_org[pk].days = [days.get(day, 0) for day in dates]


def _add_runs(cards: Iterable[Card]) -> None:
    by_org = {card.org.pk: card for card in cards}
    active = SyncRun.objects.active().filter(org__in=list(by_org))
    told = ("state", "org", "plan__name", "plan__sobject", "plan__path", "plan__soql")
    # Without an order: SQLite would go through all runs to keep one.
    for run in active.order_by().select_related("plan").only(*told):
        by_org[run.org_id].runs.append(run)


def _calls_of(cards: Mapping[int, Card], today: date) -> int:
    lines = ApiUsageDay.objects.filter(org__in=list(cards), day=today)
    return lines.aggregate(n=Sum("calls"))["n"] or 0


def _totals(cards: Sequence[Card], calls_today: int) -> Totals:
    used = [card for card in cards if card.usage and card.usage.maximum]
    return Totals(
        orgs=len(cards),
        healthy=sum(card.is_healthy for card in cards),
        plans=sum(card.plans for card in cards),
        fine=sum(card.fine for card in cards),
        troubled=sum(card.troubled for card in cards),
        records=sum(card.records for card in cards),
        failed=sum(card.failed for card in cards),
        fresh_at=max((c.fresh_at for c in cards if c.fresh_at), default=None),
        oldest=min((c for c in cards if c.oldest_at), key=_oldest, default=None),
        calls_today=calls_today,
        fullest=max(used, key=_share, default=None),
    )


def _oldest(card: Card) -> Any:
    return card.oldest_at


def _share(card: Card) -> float:
    return card.usage.used / card.usage.maximum if card.usage else 0.0
