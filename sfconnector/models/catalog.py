"""The catalog: which objects and fields each org has, and how that changed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from sfconnector.models.fields import ForeignKey
from sfconnector.models.orgs import Org
from sfconnector.models.primary import PrimaryModel, admin_page


class SObject(PrimaryModel):
    """One object of one org as describe global lists it, with our own counters."""

    org = ForeignKey(Org, on_delete=models.CASCADE, related_name="sobjects")
    name = models.CharField(_("API name"), max_length=80)
    label = models.CharField(_("label"), max_length=255, blank=True, default="")
    label_plural = models.CharField(max_length=255, blank=True, default="")
    key_prefix = models.CharField(_("key prefix"), max_length=3, blank=True, default="")
    custom = models.BooleanField(_("custom"), default=False)
    queryable = models.BooleanField(_("queryable"), default=True)
    createable = models.BooleanField(_("createable"), default=False)
    updateable = models.BooleanField(_("updateable"), default=False)
    deletable = models.BooleanField(_("deletable"), default=False)
    replicateable = models.BooleanField(_("replicateable"), default=False)
    searchable = models.BooleanField(_("searchable"), default=False)
    is_present = models.BooleanField(_("present"), default=True)
    """False when the last describe global no longer listed it."""
    describe = models.JSONField(_("describe"), null=True, blank=True)
    """The describe answer without its fields (they are SField rows)."""
    described_at = models.DateTimeField(_("described"), null=True)
    describe_modified = models.CharField(max_length=40, blank=True, default="")
    """Last-Modified of the describe, as the org wrote it."""
    describe_error = models.TextField(blank=True, default="")
    columns = models.JSONField(_("columns"), default=list, blank=True)
    """Fields that the record list shows, in order; empty means a sensible choice."""
    wanted_indexes = models.JSONField(_("wanted indexes"), default=list, blank=True)
    """Fields that somebody wants to sort, filter and search many records by."""
    indexed_fields = models.JSONField(_("indexed fields"), default=list, blank=True)
    """Those whose index is built; ``search:`` before a name: texts inside of it."""
    live_count = models.BigIntegerField(_("records"), default=0)
    """Cached records that are neither deleted nor hidden, kept by the sync."""
    total_count = models.BigIntegerField(_("records, deleted included"), default=0)
    counted_in_org = models.BigIntegerField(null=True)
    """What the org itself last said; null when never asked."""
    counted_at = models.DateTimeField(null=True)
    """When it said so; null for counts that were kept before this was."""
    synced_at = models.DateTimeField(_("last fetch"), null=True)

    class Meta:
        verbose_name = _("object")
        verbose_name_plural = _("objects")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_sobject_unique", fields=["org", "name"]
            )
        ]
        indexes = [
            models.Index(name="sfconnector_sobject_name", fields=["name", "org"]),
            models.Index(name="sfconnector_sobject_cached", fields=["total_count"]),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the object's page in the admin."""
        return admin_page(self)


class SField(PrimaryModel):
    """One field of one object."""

    sobject = ForeignKey(SObject, on_delete=models.CASCADE, related_name="sfields")
    name = models.CharField(_("API name"), max_length=120)
    label = models.CharField(_("label"), max_length=255, blank=True, default="")
    type = models.CharField(_("type"), max_length=40)
    length = models.IntegerField(_("length"), default=0)
    position = models.IntegerField(_("position"), default=0)
    custom = models.BooleanField(_("custom"), default=False)
    calculated = models.BooleanField(_("formula"), default=False)
    nillable = models.BooleanField(_("may be empty"), default=True)
    filterable = models.BooleanField(default=True)
    sortable = models.BooleanField(default=True)
    external_id = models.BooleanField(_("external id"), default=False)
    name_field = models.BooleanField(default=False)
    compound_field_name = models.CharField(max_length=120, blank=True, default="")
    relationship_name = models.CharField(max_length=120, blank=True, default="")
    reference_to = models.JSONField(_("refers to"), default=list, blank=True)
    is_masked = models.BooleanField(_("masked"), default=False)
    """Never fetched nor shown. What may be seen is asked of ``catalog``, not here."""
    is_hidden = True
    """Set by ``catalog.fields_of``, which knows; until then it is not to be shown."""
    describe = models.JSONField(_("describe"), default=dict, blank=True)
    """The field's describe as the org wrote it."""

    class Meta:
        verbose_name = _("field")
        verbose_name_plural = _("fields")
        ordering = ["sobject", "position"]
        constraints = [
            models.UniqueConstraint(
                name="sfconnector_sfield_unique", fields=["sobject", "name"]
            )
        ]
        indexes = [
            models.Index(  # few are, and every worded call asks which
                name="sfconnector_sfield_masked",
                fields=["sobject"],
                condition=models.Q(is_masked=True),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SchemaChange(PrimaryModel):
    """One difference between two describes of an object."""

    sobject = ForeignKey(SObject, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(_("field"), max_length=120, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=20)
    """added, removed or changed."""
    attribute = models.CharField(_("attribute"), max_length=60, blank=True, default="")
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen"), auto_now_add=True)

    class Meta:
        verbose_name = _("schema change")
        verbose_name_plural = _("schema changes")
        ordering = ["-seen_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.field} {self.kind}"
