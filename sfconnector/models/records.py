"""Cached records, the digests of the pages they came in, and their history."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _

from sfconnector.exceptions import InvalidRequest
from sfconnector.models.fields import (
    ExactJSONField,
    ForeignKey,
    RawJSONField,
    one_line_only,
)
from sfconnector.models.orgs import Org
from sfconnector.models.primary import PrimaryModel, PrimaryQuerySet, admin_page
from sfconnector.texts import gettext_noop

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

NAME = re.compile(r"[A-Za-z]\w{0,119}", re.ASCII)
LONGEST = 3
"""Letters of what Salesforce puts behind a name, as in ``Tier__c`` or ``Tier__pc``."""
COMPARED = frozenset(
    {
        "exact", "gt", "gte", "lt", "lte", "in", "iexact", "icontains", "startswith",
        "istartswith", "endswith", "iendswith",
    }
)  # fmt: skip


class RecordQuerySet(PrimaryQuerySet["Record"]):
    """The vocabulary in which the app asks for records."""

    def of(self, org: Org, sobject: str) -> Self:
        """Return the cached records of one object of one org."""
        return self.filter(org=org, sobject=sobject)

    def where(self, **conditions: Any) -> Self:
        """Keep the records whose fields meet every condition.

        Fields have their API names, with Django's comparisons behind:
        ``where(Industry="Energy", AnnualRevenue__gt=50_000, Tier__c=None)``. A field
        that is empty, or was not fetched, meets ``None`` and nothing else: databases
        differ, on SQLite it would be above every number, on PostgreSQL below. (SQLite
        takes also the text "null" for empty.) Raises InvalidRequest for no field.
        """
        rows = self
        for given, value in conditions.items():
            name, how = _parted(given)
            # Aliased: ``data__Tier__c`` would be read as two steps into the JSON.
            key = f"where_{len(rows.query.annotations)}"
            rows = rows.alias(**{key: KeyTransform(name, "data")})
            rows = rows.filter(_condition(key, how, value))
        return rows

    def live(self) -> Self:
        """Return the records that exist in the org as far as the cache knows."""
        return self.filter(state=Record.State.LIVE)

    def for_user(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """Return those of orgs that a user may know of."""
        return self.filter(org__in=Org.objects.for_user(user))


def _parted(given: str) -> tuple[str, str]:
    """Part ``Revenue__c__gt`` into the field and how it is compared.

    Raises InvalidRequest for what cannot be the name of a field.
    """
    name, _, how = given.rpartition("__")
    if how not in COMPARED | {"isnull"}:
        name, how = given, "exact"
    _, _, suffix = name.rpartition("__")
    is_odd = not suffix or ("__" in name and len(suffix) > LONGEST)
    if is_odd or not NAME.fullmatch(name):
        raise InvalidRequest(
            gettext_noop("{name!r} cannot be the API name of a field.").format(
                name=name[:80]
            ),
            remedy=gettext_noop("Behind a field may stand: {names}, isnull.").format(
                names=", ".join(sorted(COMPARED))
            ),
        )
    return name, how


def _condition(key: str, how: str, value: Any) -> Q:
    """Return the condition on what ``key`` stands for; nothing empty meets another."""
    empty = Q(**{key: None}) | Q(**{f"{key}__isnull": True})
    if how == "isnull" or value is None:
        return empty if value in (None, True) else ~empty
    return Q(**{f"{key}__{how}": value}) & ~empty


class Record(PrimaryModel):
    """One record of one object of one org, whole as the org sent it.

    Nothing in a row changes unless the record changed, so a fetch that finds
    nothing new writes nothing.
    """

    class State(models.IntegerChoices):
        LIVE = 0, _("live")
        DELETED = 1, _("deleted")  # in the org's recycle bin
        GONE = 2, _("gone")  # purged there: no longer to be read at all
        OUT_OF_FILTER = 3, _("out of filter")  # exists, but the plan's filter left it
        HIDDEN = 4, _("hidden")  # exists, but our user may no longer see it

    id = models.BigAutoField(primary_key=True)
    # No constraint: the database would look the org up for each row, a third of
    # the time of filling the table on PostgreSQL. A batch commits with its run's row,
    # which has the constraint, and an org with records refuses to be deleted.
    org = ForeignKey(
        Org,
        on_delete=models.DO_NOTHING,
        related_name="records",
        db_constraint=False,
        db_index=False,
        verbose_name=_("org"),
    )
    sobject = models.CharField(_("object"), max_length=80)
    record_id = models.CharField(_("record id"), max_length=18)
    """18 characters; collated "C" on PostgreSQL so that ranges are byte ranges."""
    state = models.SmallIntegerField(
        _("state"), choices=State.choices, default=State.LIVE
    )
    system_modstamp = models.DateTimeField(_("changed in Salesforce"), null=True)
    content_hash = models.BigIntegerField(editable=False)
    """Hash of the record's JSON: formula fields change without a new SystemModstamp."""
    data = RawJSONField(_("data"))

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record")
        verbose_name_plural = _("records")
        # org_id, not org: a relation would sort by the org's alias, which is a join.
        ordering = ["org_id", "sobject", "record_id"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_record_unique",
                fields=["org", "sobject", "record_id"],
            )
        ]
        indexes = [
            models.Index(  # of deleted ones alone: what lives costs nothing
                name="sfconnector_record_in_bin",
                fields=["org", "sobject", "system_modstamp"],
                condition=models.Q(state=1),
            )
        ]

    def __str__(self) -> str:
        return f"{self.sobject} {self.record_id}"

    def get_absolute_url(self) -> str:
        """Return the record's page in the admin."""
        return admin_page(self)

    def __getitem__(self, field: str) -> object:
        """Return the value of a field by its API name; KeyError when not fetched."""
        value: object = self.data[field]
        return value


class PageDigest(PrimaryModel):
    """What a page of a full pass looked like, so that an unchanged one is skipped."""

    org = ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
    sobject = models.CharField(max_length=80)
    definition = models.CharField(max_length=32)
    """Digest of the query and the field list that the page answered."""
    position = models.IntegerField()
    digest = models.CharField(max_length=64)
    first_id = models.CharField(max_length=18)
    last_id = models.CharField(max_length=18)
    row_count = models.IntegerField()

    class Meta:
        verbose_name = _("page digest")
        verbose_name_plural = _("page digests")
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_pagedigest_unique",
                fields=["org", "sobject", "definition", "position"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.sobject} page {self.position}"


class MissingRecord(PrimaryModel):
    """A cached record that a full pass under way did not meet.

    What became of it is asked when the pass is through: a pass that ends early
    must not bury anything.
    """

    run = ForeignKey("SyncRun", on_delete=models.CASCADE, related_name="missing")
    record_id = models.CharField(max_length=18)

    class Meta:
        verbose_name = _("missing record")
        verbose_name_plural = _("missing records")
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_missing_unique", fields=["run", "record_id"]
            )
        ]

    def __str__(self) -> str:
        return self.record_id


class FieldChange(PrimaryModel):
    """A field of a cached record got another value (kept where a plan asks for it)."""

    id = models.BigAutoField(primary_key=True)
    org = ForeignKey(Org, on_delete=models.DO_NOTHING, related_name="+", db_index=False)
    sobject = models.CharField(max_length=80)
    record_id = models.CharField(max_length=18)
    field = models.CharField(max_length=120)
    before = ExactJSONField(null=True)
    after = ExactJSONField(null=True)
    changed_at = models.DateTimeField(null=True)
    """The record's SystemModstamp with the new value, when the org tells one."""
    seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("field change")
        verbose_name_plural = _("field changes")
        indexes = [
            models.Index(
                name="sfconnector_change_record",
                fields=["org", "sobject", "record_id", "seen_at"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"


class ObjectView(PrimaryModel):
    """The SQL view of one object, over the records of every org."""

    sobject = models.CharField(_("object"), max_length=80, unique=True)
    name = models.CharField(_("name in the database"), max_length=80)
    columns = models.JSONField(default=dict)
    """Kind and column of each field by its API name, as the view was made."""
    left_out = models.JSONField(default=dict)
    """Why fields have no column, by their API names."""
    made_at = models.DateTimeField(_("made"), auto_now=True)

    class Meta:
        verbose_name = _("typed view")
        verbose_name_plural = _("typed views")
        ordering = ["sobject"]

    def __str__(self) -> str:
        return self.name


class SavedView(PrimaryModel):
    """Filters, search, order and columns of a record list that a person keeps."""

    user = ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    org = ForeignKey(
        Org, on_delete=models.CASCADE, related_name="saved_views", db_index=True
    )
    sobject = models.CharField(_("object"), max_length=80)
    name = models.CharField(_("name"), max_length=120, validators=[one_line_only])
    query = models.TextField(_("what the list shows"))
    """The query string of the list, as the list itself writes it."""

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_savedview_unique",
                fields=["user", "org", "sobject", "name"],
            )
        ]

    def __str__(self) -> str:
        # Django's own pages list it when its person is deleted: no word of the org.
        return f"saved view {self.pk}"
