"""The list of an org's objects, as describe global tells it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import DataError
from django.utils import timezone

from sfconnector import clock, orgs, transactions
from sfconnector.audit import NOBODY, Actor
from sfconnector.exceptions import Corrupt
from sfconnector.models import Org, SObject
from sfconnector.salesforce.types import GlobalObject
from sfconnector.texts import gettext_noop as _

GLOBAL_FIELDS = (
    "label",
    "label_plural",
    "key_prefix",
    "custom",
    "queryable",
    "createable",
    "updateable",
    "deletable",
    "replicateable",
    "searchable",
    "is_present",
)
"""Columns of an SObject row that describe global tells."""

CHUNK = 500
USUAL = (
    "Account",
    "Contact",
    "Lead",
    "Opportunity",
    "Case",
    "Task",
    "Event",
    "Campaign",
    "Product2",
    "User",
)
"""The objects that most people ask for first, in this order."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What a describe global brought."""

    total: int
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    not_modified: bool = False
    """The org said that nothing changed since the last time."""


def discover(org: Org, *, by: Actor = NOBODY, force: bool = False) -> Discovery:
    """Read the list of objects; keep rows, counters and fields of known ones.

    Raises what the client raises. Objects that are no longer listed stay as rows
    (their records are still cached) with ``is_present`` off.
    """
    since = org.catalog_modified if not force else ""
    # A person looks at a page meanwhile: it does not wait for a second attempt.
    patient = not by.is_person
    with orgs.client_for(org, purpose="catalog", by=by, patient=patient) as client:
        answer = client.describe_global(if_modified_since=since or None)
    now = timezone.now()
    present = SObject.objects.filter(org=org, is_present=True)
    if answer is None:
        Org.objects.filter(pk=org.pk).update(catalog_at=now)
        return Discovery(total=present.count(), not_modified=True)
    with storing(_("list of objects")):
        discovery = _store_objects(org, answer.objects)
        Org.objects.filter(pk=org.pk).update(
            catalog_at=now, catalog_modified=answer.last_modified
        )
    org.catalog_at, org.catalog_modified = now, answer.last_modified
    return discovery


@contextmanager
def storing(what: str) -> Iterator[None]:
    """Store what the org told, all or nothing; Corrupt for what no row can hold."""
    try:
        with transactions.short():
            yield
    except DataError:
        message = _(
            "The org's {what} holds a name or a number that is far too long."
        ).format(what=what)
        raise Corrupt(message) from None


def _store_objects(org: Org, listed: Sequence[GlobalObject]) -> Discovery:
    known = {row.name: row for row in SObject.objects.filter(org=org).defer("describe")}
    added, changed = [], []
    for entry in listed:
        row = known.pop(entry.name, None)
        if row is None:
            added.append(_fill(SObject(org=org, name=entry.name), entry))
        elif _differs(row, entry):
            changed.append(_fill(row, entry))
    removed = [row for row in known.values() if row.is_present]
    for row in removed:
        row.is_present = False
    SObject.objects.bulk_create(added, batch_size=CHUNK)
    SObject.objects.bulk_update([*changed, *removed], GLOBAL_FIELDS, batch_size=CHUNK)
    return Discovery(
        total=len(listed),
        added=tuple(row.name for row in added),
        removed=tuple(row.name for row in removed),
        changed=tuple(row.name for row in changed),
    )


def _values(entry: GlobalObject) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in GLOBAL_FIELDS[:-1]}
    values["key_prefix"] = entry.key_prefix or ""
    values["is_present"] = True
    return values


def _fill(row: SObject, entry: GlobalObject) -> SObject:
    for name, value in _values(entry).items():
        setattr(row, name, value)
    return row


def _differs(row: SObject, entry: GlobalObject) -> bool:
    return any(getattr(row, name) != value for name, value in _values(entry).items())


def count(org: Org, *, names: Sequence[str]) -> dict[str, int]:
    """Ask how many records some objects have, keep it in their rows, and return it.

    One API call; the numbers are about right (Salesforce counts now and then), and
    names that the org does not have are left out. Raises what the client raises.
    """
    rows = SObject.objects.filter(org=org, is_present=True, name__in=names)
    known = list(rows.values_list("name", flat=True))
    if not known:
        return {}
    with orgs.client_for(org, purpose="catalog") as client:
        counts = client.record_counts(known)
    now = clock.now()
    for name, number in counts.items():
        SObject.objects.filter(org=org, name=name).update(
            counted_in_org=number, counted_at=now
        )
    return counts


def canonical_name(org: Org, name: str) -> str:
    """Return the API name as the org spells it, or the name as given when unknown."""
    rows = SObject.objects.filter(org=org, name__iexact=name.strip())
    # Not the row itself: its describe may have a megabyte.
    return rows.values_list("name", flat=True).first() or name.strip()
