"""The conditions that people should know of: how each is seen, and its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sfconnector.models import ApiUsage, Credential, Org, SyncPlan
from sfconnector.models.credentials import IDLE_LIMIT
from sfconnector.texts import gettext_noop as _

NEEDS_RECONNECT = "needs_reconnect"
IDLE = "idle"
FAILING = "failing"
BUDGET = "budget"
IDLE_NOTICE = timedelta(days=7)
FAILURES = 3
"""Failed runs in a row after which people are told of a plan."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A condition that people should know of while it lasts."""

    org: Org
    kind: str
    text: str
    subject: str = ""


def troubles(now: datetime) -> Iterator[Trouble]:
    """Give every trouble that lasts at a moment."""
    orgs = Org.objects.present()
    for org in orgs.filter(status__in=(Org.Status.NEEDS_RECONNECT, "detached")):
        if org.status_code != "detached":
            yield Trouble(org, NEEDS_RECONNECT, org.status_text)
    yield from _idle(now)
    failing = SyncPlan.objects.filter(
        failures_in_a_row__gte=FAILURES, is_enabled=True, org__in=orgs
    )
    for plan in failing.select_related("org"):
        text = _("{plan} failed {count} times in a row.").format(
            plan=plan, count=plan.failures_in_a_row
        )
        reason = f" {plan.paused_reason}" if plan.paused_reason else ""
        yield Trouble(plan.org, FAILING, text + reason, subject=str(plan.uuid))
    spent = ApiUsage.objects.filter(exhausted_until__gt=now, org__in=orgs)
    for usage in spent.select_related("org"):
        text = _("The org's daily API calls are used up ({usage}); runs wait.").format(
            usage=usage
        )
        yield Trouble(usage.org, BUDGET, text)


def _idle(now: datetime) -> Iterator[Trouble]:
    rows = Credential.objects.idle(now - IDLE_LIMIT + IDLE_NOTICE)
    for row in rows.filter(org__status=Org.Status.CONNECTED).select_related("org"):
        ends = row.used_at + IDLE_LIMIT
        text = _(
            "The refresh token was last used on {used_at:%Y-%m-%d}; a usual "
            "policy ends it on {ends:%Y-%m-%d}. Test the connection before."
        ).format(used_at=row.used_at, ends=ends)
        yield Trouble(row.org, IDLE, text)
