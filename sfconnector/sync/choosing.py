"""What a run reads and how: fields by the describe, full or changes, REST or Bulk."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from sfconnector import catalog, conf
from sfconnector.exceptions import InvalidRequest, SalesforceError
from sfconnector.models import Org, SObject, SyncPlan
from sfconnector.salesforce import soql
from sfconnector.sync import plan as planning
from sfconnector.sync.plan import Field, Shape
from sfconnector.sync.work import Work

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

DESCRIBE_AGE = timedelta(days=1)
"""A describe older than this is asked for again before a run."""
LOG_DAYS = 14
"""Deletions older than this may no longer be listed by the org (15 days)."""


def described(
    org: Org, sobject: str, *, force: bool = False, user: Person = None
) -> SObject:
    """Return an object's row with its fields, asking the org when they are old."""
    name = catalog.canonical_name(org, sobject)
    row = SObject.objects.filter(org=org, name=name).defer("describe").first()
    fresh = timezone.now() - DESCRIBE_AGE
    if not force and row and row.described_at and row.described_at > fresh:
        return row
    return catalog.describe(org, sobject=name, user=user)


def shape_of(plan: SyncPlan, row: SObject) -> Shape:
    """Return what a plan reads, given the object's describe."""
    if not row.queryable:
        raise InvalidRequest(
            f"{row.name} cannot be queried.",
            remedy="Choose another object, or read it by an endpoint plan.",
        )
    ignores_new = plan.drift_policy == SyncPlan.DriftPolicy.IGNORE
    return planning.shape(
        row.name,
        fields_of(row),
        chosen=plan.fields,
        where=plan.where,
        with_deleted=plan.include_deleted,
        only=plan.fields_read if ignores_new else None,
    )


def fields_of(row: SObject) -> list[Field]:
    """Return an object's fields as the choice wants them."""
    return [
        Field(
            field.name,
            field.type,
            field.filterable,
            field.sortable,
            field.is_masked,
            field.compound_field_name,
            field.relationship_name,
        )
        for field in row.sfields.defer("describe")
    ]


def definition_of(plan: SyncPlan) -> str:
    """Return the digest of what the plan asks for; another one forces a full pass."""
    return planning.plan_definition(
        sobject=plan.sobject.lower(),
        where=plan.where,
        chosen=plan.fields,
        with_deleted=plan.include_deleted,
    )


def must_be_full(plan: SyncPlan, shape: Shape, now: datetime) -> str:
    """Return why the next run reads everything, "" when changes are enough."""
    age = timedelta(days=plan.full_every_days)
    covered = plan.deleted_covered_until
    reasons = {
        "The object has no field that tells what changed.": not shape.cursor_field,
        "Nothing was read completely yet.": (
            not plan.cursor_value or plan.cursor_field != shape.cursor_field
        ),
        "The field list or the filter was changed.": (
            plan.definition != definition_of(plan)
        ),
        "Fields were added.": bool(set(shape.fields) - set(plan.fields_read)),
        # Their values must leave the cache: every record is written anew without them.
        "Fields were masked.": bool(set(shape.masked) & set(plan.fields_read)),
        f"The last full pass is {plan.full_every_days} days old.": bool(age)
        and (plan.last_full_at is None or plan.last_full_at + age < now),
        "Deletions are only listed for 15 days.": bool(covered)
        and planning.parse_stamp(covered) < now - timedelta(days=LOG_DAYS),
    }
    return next((text for text, is_so in reasons.items() if is_so), "")


def api_of_full(work: Work) -> str:
    """Choose between ``rest`` and ``bulk`` for a full pass."""
    mode, shape = work.plan.mode, work.shape
    if mode != SyncPlan.Mode.AUTO:
        return mode
    if not planning.bulk_can_read(shape):
        return "rest"
    if not soql.fits(shape.full(after_id="0" * 18)):
        return "bulk"
    return "bulk" if _how_many(work) >= conf.current().bulk_threshold else "rest"


def _how_many(work: Work) -> int:
    """Return how many records to expect: what is cached, else what the org counts."""
    row = SObject.objects.get(org=work.org, name=work.shape.sobject)
    if row.total_count and not work.shape.where:
        return row.total_count
    try:
        number = work.client.count(work.shape.sobject, where=work.shape.where)
    except SalesforceError as error:
        work.log(f"The org does not count this object: {error}")
        return conf.current().bulk_threshold
    SObject.objects.filter(pk=row.pk).update(counted_in_org=number)
    return number
