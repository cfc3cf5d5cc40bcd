"""The describes of objects: read when they changed, and kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from sfconnector import exceptions, orgs, signals
from sfconnector.audit import NOBODY, Actor
from sfconnector.catalog.fields import store_fields
from sfconnector.catalog.objects import canonical_name, storing
from sfconnector.models import Org, SObject
from sfconnector.salesforce.types import ObjectDescribe
from sfconnector.texts import gettext_noop

TRUSTED = timedelta(hours=20)
"""For so long an org is believed that a describe did not change. Its stamp is of the
schema: what our user may see of it changes without it."""
FLAGS = (
    "custom",
    "queryable",
    "createable",
    "updateable",
    "deletable",
    "replicateable",
    "searchable",
)
"""Columns of an SObject row that describe global tells as well."""

DESCRIBED = (
    "label",
    "label_plural",
    "key_prefix",
    "describe",
    "described_at",
    "describe_modified",
    "describe_error",
)
"""Columns of an SObject row that a describe tells besides."""
STAMPS = ("name", "described_at", "describe_modified")


def describe(
    org: Org, *, sobject: str, by: Actor = NOBODY, force: bool = False
) -> SObject:
    """Read one object's describe if it changed, store its fields, return its row.

    Raises what the client raises; the reason stays readable in ``describe_error``.
    """
    name = canonical_name(org, sobject)
    row = SObject.objects.filter(org=org, name=name).first()
    since = _believed(row) if row and not force else ""
    try:
        # A person looks at a page meanwhile: it does not wait for a second attempt.
        patient = not by.is_person
        with orgs.client_for(org, purpose="catalog", by=by, patient=patient) as client:
            answer = client.describe(name, if_modified_since=since or None)
    except exceptions.SalesforceError as error:
        SObject.objects.filter(org=org, name=name).update(describe_error=str(error))
        if isinstance(error, exceptions.NotFound):
            raise _undescribed(name, error) from error
        raise
    return _take(org, name=name, answer=answer)


def _undescribed(name: str, error: exceptions.NotFound) -> exceptions.NotFound:
    """Say which object it was: the org's own words name none."""
    return exceptions.NotFound(
        gettext_noop(
            "The org does not describe {name} to the connected user ({error})."
        ).format(name=name, error=error),
        remedy=gettext_noop(
            "Check the API name; if {name} exists, its administrator gives the "
            "connected user access to it. Then discover the objects again."
        ).format(name=name),
        status=error.status,
        code=error.code,
        request_id=error.request_id,
    )


def refresh(
    org: Org, *, names: Iterable[str] | None = None, by: Actor = NOBODY
) -> tuple[str, ...]:
    """Read again the describes that changed, 25 to a call; return their names.

    Without ``names``, every object that was described before is asked for. An object
    that the org refuses keeps its old describe and says why in ``describe_error``.
    """
    rows = SObject.objects.filter(org=org, is_present=True).exclude(described_at=None)
    if names is not None:
        rows = SObject.objects.filter(org=org, name__in=list(names))
    stamps = {row.name: _believed(row) for row in rows.only(*STAMPS)}
    if not stamps:
        return ()
    known = {name: stamp for name, stamp in stamps.items() if stamp}
    changed = []
    with orgs.client_for(org, purpose="catalog", by=by) as client:
        for name, answer in client.describe_many(list(stamps), if_modified_since=known):
            if isinstance(answer, exceptions.SFConnectorError):
                row = SObject.objects.filter(org=org, name=name)
                row.update(describe_error=str(answer))
                continue
            _take(org, name=name, answer=answer)
            if answer is not None:
                changed.append(name)
    return tuple(changed)


def _believed(row: SObject) -> str:
    """Return since when a describe may count as unchanged, "" when it is read whole."""
    is_young = row.described_at and row.described_at > timezone.now() - TRUSTED
    return row.describe_modified if is_young else ""


def _take(org: Org, *, name: str, answer: ObjectDescribe | None) -> SObject:
    now = timezone.now()
    if answer is None:  # its age stays that of what was read
        rows = SObject.objects.filter(org=org, name=name)
        rows.update(describe_error="")
        return rows.get()
    with storing(gettext_noop("describe of {name}").format(name=name)):
        row, _ = SObject.objects.get_or_create(org=org, name=answer.name)
        changes = store_fields(row, answer)
        row.describe = {
            key: value for key, value in answer.raw.items() if key != "fields"
        }
        row.label, row.label_plural = answer.label, answer.label_plural
        row.key_prefix = answer.key_prefix or ""
        for flag in FLAGS:
            setattr(row, flag, getattr(answer, flag))
        row.described_at, row.describe_modified = now, answer.last_modified
        row.describe_error = ""
        # The counters are the sync's: a run may be moving them at this moment.
        row.save(update_fields=[*DESCRIBED, *FLAGS])
    if changes:
        signals.schema_changed.send_robust(
            SObject, org=org, sobject=row.name, changes=changes
        )
    return row
