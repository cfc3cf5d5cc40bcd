"""The ledger of API calls: who may spend how much of an org, and when it frees.

Salesforce counts calls of the last 24 hours over the whole org and tells the count
with nearly every answer (``Sforce-Limit-Info``). Background work stops at a share of
it, so that people and other programs are never shut out.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest

from sfconnector import clock, conf
from sfconnector.models import ApiCall, ApiUsage, ApiUsageDay, Org, SyncRun
from sfconnector.texts import gettext_noop

STALE_AFTER = timedelta(minutes=10)
"""A count older than this proves nothing: the window rolls. One call tells anew."""
PARK_FOR = timedelta(minutes=15)
"""How long work rests when the share is spent; the window frees call by call."""
SETTLE = timedelta(minutes=1)
"""Parallel answers carry counts out of order; within this time the higher one wins."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What background work may still spend on an org."""

    calls: int | None
    """Calls left, None when the org's limit is not known yet."""
    reason: str = ""
    """Why nothing is left, as a sentence."""
    frees_at: datetime | None = None
    """When to ask again; set exactly when ``calls`` is 0."""

    @property
    def is_spent(self) -> bool:
        """Tell whether work must rest."""
        return self.calls == 0


def note(org: Org, *, used: int, maximum: int) -> None:
    """Remember what the org just said about its API calls of the last 24 hours."""
    now = clock.now()
    newer = Q(used__lte=used) | Q(seen_at__lt=now - SETTLE) | Q(seen_at=None)
    fresh = ApiUsage.objects.filter(newer | ~Q(maximum=maximum), org=org)
    if not fresh.update(used=used, maximum=maximum, seen_at=now):
        ApiUsage.objects.get_or_create(
            org=org, defaults={"used": used, "maximum": maximum, "seen_at": now}
        )


def count(org: Org, *, calls: int, highest_used: int | None) -> None:
    """Add our own calls to today's line of the org (UTC)."""
    today = clock.now().date()
    line = ApiUsageDay.objects.filter(org=org, day=today)
    values: dict[str, Any] = {"calls": F("calls") + calls}
    if highest_used is not None:
        values["highest_used"] = Greatest("highest_used", highest_used)
    if not line.update(**values):
        _, created = ApiUsageDay.objects.get_or_create(
            org=org,
            day=today,
            defaults={"calls": calls, "highest_used": highest_used or 0},
        )
        if not created:
            line.update(**values)


def exhausted(org: Org, *, until: datetime | None = None) -> datetime:
    """Remember that the org refused calls for its daily limit; return when to retry."""
    frees_at = until or clock.now() + PARK_FOR
    ApiUsage.objects.update_or_create(org=org, defaults={"exhausted_until": frees_at})
    return frees_at


def allowance(org: Org, *, run: SyncRun | None = None) -> Allowance:
    """Return how many calls background work may still make, for a run or at all."""
    usage = ApiUsage.objects.filter(org=org).first()
    return Allowance(calls=None) if usage is None else _of(usage, run=run)


def left() -> dict[str, int]:
    """Return how many calls are left for background work, by the aliases of orgs.

    Of those whose limit is known.
    """
    usages = ApiUsage.objects.filter(org__deletion_requested_at=None)
    found = {one.org.alias: _of(one).calls for one in usages.select_related("org")}
    return {alias: calls for alias, calls in found.items() if calls is not None}


def _of(usage: ApiUsage, *, run: SyncRun | None = None) -> Allowance:
    now = clock.now()
    if usage.exhausted_until and usage.exhausted_until > now:
        return Allowance(
            calls=0,
            reason=gettext_noop(
                "The org has used up its API calls of the last 24 hours."
            ),
            frees_at=usage.exhausted_until,
        )
    return _within_shares(usage, run=run, now=now)


def _within_shares(usage: ApiUsage, *, run: SyncRun | None, now: datetime) -> Allowance:
    if not usage.maximum or usage.seen_at is None or usage.seen_at < now - STALE_AFTER:
        return Allowance(calls=None)
    settings = conf.current()
    left = int(usage.maximum * settings.daily_share) - usage.used
    if left <= 0:
        reason = gettext_noop(
            "{used} of {most} API calls are used; background work stops at {share:.0%}."
        ).format(used=usage.used, most=usage.maximum, share=settings.daily_share)
        return Allowance(calls=0, reason=reason, frees_at=usage.seen_at + PARK_FOR)
    if run is None:
        return Allowance(calls=left)
    most = int(usage.maximum * settings.run_share)
    of_run = most - run.api_calls
    yesterday = now - timedelta(days=1)
    if of_run <= 0 and run.started_at and run.started_at < yesterday:
        # A run that rested for a day may spend that day's share.
        of_run = most - ApiCall.objects.filter(run=run, at__gt=yesterday).count()
    if of_run <= 0:
        reason = gettext_noop(
            "This run has made {made} API calls; one run may make "
            "{share:.0%} of the org's {most}."
        ).format(made=run.api_calls, share=settings.run_share, most=usage.maximum)
        return Allowance(calls=0, reason=reason, frees_at=now + timedelta(days=1))
    return Allowance(calls=min(left, of_run))
