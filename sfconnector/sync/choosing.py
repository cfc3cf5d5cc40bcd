"""How a run reads: everything or the changes, by REST or by Bulk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q

from sfconnector import conf
from sfconnector.models import SyncPlan
from sfconnector.salesforce import soql
from sfconnector.sync import moments
from sfconnector.sync.shape import Api, Shape
from sfconnector.sync.shaping import definition_of

NOT_IN_BULK = frozenset(
    {
        "AcceptedEventRelation",
        "AssetTokenEvent",
        "AttachedContentNote",
        "Attachment",
        "CaseStatus",
        "ContractStatus",
        "DeclinedEventRelation",
        "EventWhoRelation",
        "FieldSecurityClassification",
        "OrderStatus",
        "PartnerRole",
        "QuoteTemplateRichTextData",
        "RecentlyViewed",
        "ServiceAppointmentStatus",
        "ShiftStatus",
        "SolutionStatus",
        "TaskPriority",
        "TaskStatus",
        "TaskWhoRelation",
        "UndecidedEventRelation",
        "WorkOrderLineItemStatus",
        "WorkOrderStatus",
        "WorkStepStatus",
    }
)
"""Objects that Bulk API 2.0 is known to refuse."""


TOGETHER = 5
"""Plans that one call of a round asks for: a composite holds so many queries."""
LONGEST_AHEAD = timedelta(minutes=30)
"""No plan is looked at in a round longer before its time than this."""


def for_rounds() -> Q:
    """Return which plans may be looked at in a round, as far as their rows tell.

    Those that read changes by REST, of which every change fits: a filter would hide
    what left it.
    """
    by_rest = (SyncPlan.Mode.AUTO, SyncPlan.Mode.REST)
    return Q(
        kind=SyncPlan.Kind.OBJECT, where="", mode__in=by_rest, full_wanted_at=None
    ) & ~Q(cursor_value="")


def may_come_early(plan: SyncPlan, now: datetime) -> bool:
    """Tell whether a plan that is due later may be looked at with those that are due.

    From half its interval on: it is looked at no more often than people chose.
    """
    if plan.schedule != SyncPlan.Schedule.EVERY or plan.next_run_at is None:
        return False
    half = timedelta(minutes=plan.every_minutes or 0) / 2
    return timedelta() < plan.next_run_at - now <= min(half, LONGEST_AHEAD)


def must_be_full(plan: SyncPlan, shape: Shape, now: datetime) -> str:
    """Return why the next run reads everything, "" when changes are enough."""
    age = timedelta(days=plan.full_every_days)
    covered = plan.deleted_covered_until
    # A day before the list ends: the pass itself may take hours.
    listed_from = now - timedelta(days=moments.LISTED_DAYS - 1)
    reasons = {
        "The object has no field that tells what changed.": not shape.cursor_field,
        "The first pass reads everything.": not plan.cursor_value,
        "Another field tells what changed.": plan.cursor_field != shape.cursor_field,
        "The field list or the filter was changed.": (
            plan.definition != definition_of(plan)
        ),
        "Fields were added.": bool(set(shape.fields) - set(plan.fields_read)),
        # Their values must leave the cache: every record is written anew without them.
        "Fields were masked.": bool(set(shape.masked) & set(plan.fields_read)),
        f"The last full pass is {plan.full_every_days} days old.": bool(age)
        and (plan.last_full_at is None or plan.last_full_at + age < now),
        f"Deletions are only listed for {moments.LISTED_DAYS} days.": bool(covered)
        and moments.parse_stamp(covered) < listed_from,
    }
    return next((text for text, is_so in reasons.items() if is_so), "")


def api_of(
    plan: SyncPlan, shape: Shape, *, is_full: bool, how_many: Callable[[], int]
) -> Api:
    """Choose between REST and Bulk; changes are many only once they were counted.

    ``how_many`` tells the number of records; it is called only when that matters.
    """
    if plan.mode != SyncPlan.Mode.AUTO:
        return "bulk" if plan.mode == SyncPlan.Mode.BULK else "rest"
    if not is_full or not bulk_can_read(shape):
        return "rest"
    is_long = not soql.fits(shape.full(after_id="0" * 18))
    if is_long or how_many() >= conf.current().bulk_threshold:
        return "bulk"
    return "rest"


def most_by_rest(plan: SyncPlan, shape: Shape) -> int | None:
    """Return the number of changes above which Bulk reads them; None for no bound."""
    if plan.mode != SyncPlan.Mode.AUTO or not bulk_can_read(shape):
        return None
    return conf.current().bulk_threshold


def bulk_can_read(shape: Shape) -> bool:
    """Tell whether Bulk API 2.0 may be tried for this shape."""
    return shape.sobject not in NOT_IN_BULK and not shape.sobject.endswith("__mdt")
