"""Cached records, the digests of the pages they came in, and their history."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sfconnector.models.fields import RawJSONField
from sfconnector.models.orgs import Org


class RecordQuerySet(models.QuerySet["Record"]):
    """The vocabulary in which the app asks for records."""

    def of(self, org: Org, sobject: str) -> Self:
        """Return the cached records of one object of one org."""
        return self.filter(org=org, sobject=sobject)

    def live(self) -> Self:
        """Return the records that exist in the org as far as the cache knows."""
        return self.filter(state=Record.State.LIVE)


class Record(models.Model):
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
    org = models.ForeignKey(
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

    def __getitem__(self, field: str) -> object:
        """Return the value of a field by its API name; KeyError when not fetched."""
        value: object = self.data[field]
        return value


class PageDigest(models.Model):
    """What a page of a full pass looked like, so that an unchanged one is skipped."""

    org = models.ForeignKey(Org, on_delete=models.CASCADE, related_name="+")
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


class MissingRecord(models.Model):
    """A cached record that a full pass under way did not meet.

    What became of it is asked when the pass is through: a pass that ends early
    must not bury anything.
    """

    run = models.ForeignKey("SyncRun", on_delete=models.CASCADE, related_name="missing")
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


class FieldChange(models.Model):
    """A field of a cached record got another value (kept where a plan asks for it)."""

    id = models.BigAutoField(primary_key=True)
    org = models.ForeignKey(
        Org, on_delete=models.DO_NOTHING, related_name="+", db_index=False
    )
    sobject = models.CharField(max_length=80)
    record_id = models.CharField(max_length=18)
    field = models.CharField(max_length=120)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
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
