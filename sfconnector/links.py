"""A field by which rows of a host lead to cached records: by org and Salesforce id.

No constraint holds such a link. It survives a reload, a deletion and a purge: what it
leads to is *gone* then, and is there again with the next fetch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

from sfconnector.link_forms import LinkField, called, with_hidden_names
from sfconnector.models import Org, Record

COLLATIONS = {"mysql": "ascii_bin", "postgresql": "C"}
"""As the ids of records are compared: else no index would be used in a join."""


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    """Where a row of a host leads to."""

    org_id: int
    record_id: str
    sobject: str
    record: Record | None
    """The cached record; None when there is none (any more)."""

    @property
    def is_gone(self) -> bool:
        """Tell whether the record is not in the cache, or was purged in the org."""
        return self.record is None or self.record.state == Record.State.GONE

    def __str__(self) -> str:
        return called(self.record) if self.record else self.record_id


if TYPE_CHECKING:
    Target = Link | Record | tuple[int, str] | models.Model | None
    _Base = models.CharField[Target, "Link | None"]
    _Descriptor = ForwardManyToOneDescriptor[Any]
else:
    _Base = models.CharField
    _Descriptor = ForwardManyToOneDescriptor


class RecordLink(_Base):
    """Leads to a record of one object: ``account = RecordLink(sobject="Account")``.

    Two columns hold it, ``account_org_id`` and ``account_record_id``. A value is set as
    a ``Record``, a generated model's row, or a pair of org and id, and read as a
    ``Link``. ``prefetch_related("account_cached")`` fetches the records of a list in
    one query. With ``model="crm.Account"`` queries go on into that generated model:
    ``filter(account_row__industry="Energy")``.
    """

    def __init__(
        self, *args: Any, sobject: str = "", model: str = "", **kwargs: Any
    ) -> None:
        self.sobject, self.leads_to = sobject, model
        kwargs.setdefault("max_length", 18)
        if kwargs.get("null"):
            kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Tell migrations what it leads to."""
        name, path, args, kwargs = super().deconstruct()
        kwargs["sobject"] = self.sobject
        return name, path, args, kwargs

    def get_attname(self) -> str:
        """Return the name of the plain id."""
        return f"{self.name}_record_id"

    def db_parameters(self, connection: Any) -> Any:
        """Compare ids as the records' own are compared."""
        found = super().db_parameters(connection)
        return {**found, "collation": COLLATIONS.get(connection.vendor)}

    def contribute_to_class(
        self,
        cls: type[models.Model],
        name: str,
        private_only: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> None:
        """Add the column of the org, and the ways to the record."""
        super().contribute_to_class(cls, name, private_only)
        # The models of migrations name the org's column themselves, and a child of an
        # abstract model adds its own.
        if cls.__module__ == "__fake__" or cls._meta.abstract:
            return
        org: Any = models.ForeignKey(
            Org,
            on_delete=models.DO_NOTHING,
            null=self.null,
            editable=False,
            related_name="+",
            db_constraint=False,
        )
        org.contribute_to_class(cls, f"{name}_org")
        _Cached(self.sobject, name).contribute_to_class(
            cls, f"{name}_cached", private_only=True
        )
        if self.leads_to:
            _way(self.leads_to, name).contribute_to_class(
                cls, f"{name}_row", private_only=True
            )
        setattr(cls, name, _Attribute(name, self.sobject))

    def get_prep_value(self, value: Any) -> Any:
        """Return the id of whatever leads to a record."""
        return super().get_prep_value(getattr(value, "record_id", value))

    def value_from_object(self, obj: models.Model) -> Any:
        """Return the link for a form."""
        return getattr(obj, self.name)

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """Take what a form gave: both columns."""
        setattr(instance, self.name, data)

    def formfield(self, **kwargs: Any) -> Any:
        """Return a field that finds a record by its id or its name."""
        given = {key: kwargs[key] for key in ("label", "initial") if key in kwargs}
        return LinkField(
            sobject=self.sobject,
            required=not self.blank,
            label=given.get("label", self.verbose_name),
            help_text=str(self.help_text),
        )

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Ask only that there is one where there must be."""
        super().validate(getattr(value, "record_id", value), model_instance)

    def to_python(self, value: Any) -> Any:
        """Leave a link as it is; its form has looked for the record."""
        return value


class _Attribute:
    """Reads both columns as a ``Link``, and sets both."""

    def __init__(self, name: str, sobject: str) -> None:
        self.name, self.sobject = name, sobject

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        record_id = getattr(row, f"{self.name}_record_id")
        org_id = getattr(row, f"{self.name}_org_id")
        if not record_id or org_id is None:
            return None
        return Link(org_id, record_id, self.sobject, self._record(row))

    def _record(self, row: Any) -> Record | None:
        try:
            found: Record | None = getattr(row, f"{self.name}_cached")
        except Record.DoesNotExist:
            return None
        return found

    def __set__(self, row: Any, value: Any) -> None:
        org_id, record_id = _pair(value)
        row._state.fields_cache.pop(f"{self.name}_cached", None)  # noqa: SLF001 - as Django's own descriptors do
        setattr(row, f"{self.name}_org_id", org_id)
        setattr(row, f"{self.name}_record_id", record_id)


def _pair(value: Any) -> tuple[int | None, str | None]:
    """Return org and id of what leads to a record. Raises TypeError for else."""
    if value is None or value == "":
        return None, None
    if hasattr(value, "record_id"):
        return value.org_id, value.record_id
    if isinstance(value, tuple) and len(value) == 2:
        org, record_id = value
        return getattr(org, "pk", org), str(record_id)
    message = "A link is set as a record, or as a pair of org and record id."
    raise TypeError(message)


class _CachedDescriptor(_Descriptor):
    """Reads cached records, one or those of a list, with what tells their names."""

    def get_queryset(self, **hints: Any) -> QuerySet[Record]:
        """Return the records to look in."""
        return with_hidden_names(super().get_queryset(**hints))


class _Cached(models.ForeignObject):  # type: ignore[type-arg]  # of Record, to none or one
    """The way from a link to its cached record: by org, object and id."""

    forward_related_accessor_class = _CachedDescriptor

    def __init__(self, sobject: str, name: str) -> None:
        self.sobject = sobject
        super().__init__(
            Record,
            on_delete=models.DO_NOTHING,
            from_fields=[f"{name}_org", name],
            to_fields=["org", "record_id"],
            null=True,
            editable=False,
            related_name="+",
        )

    def check(self, **_options: Any) -> list[Any]:
        """Skip a check: the unique key has the object in it, too."""
        return []

    def get_extra_restriction(self, alias: str, related_alias: str) -> Any:
        """Name the object: the unique key of records begins with org and object."""
        del related_alias
        field = Record._meta.get_field("sobject")  # noqa: SLF001 - documented by Django
        exact: Any = field.get_lookup("exact")
        return exact(field.get_col(alias), self.sobject)

    def get_extra_descriptor_filter(self, instance: models.Model) -> Any:
        """Name the object when one record is asked for."""
        del instance
        return {"sobject": self.sobject}


def _way(model: str, name: str) -> Any:
    return models.ForeignObject(
        model,
        on_delete=models.DO_NOTHING,
        from_fields=[f"{name}_org", name],
        to_fields=["org", "record_id"],
        null=True,
        editable=False,
        related_name="+",
    )


def links() -> Iterator[tuple[type[models.Model], RecordLink]]:
    """Yield the links of all models of the host, with their models."""
    for model in apps.get_models():
        for field in model._meta.local_fields:  # noqa: SLF001 - documented by Django
            if isinstance(field, RecordLink):
                yield model, field


def leading_nowhere(model: type[models.Model], field: RecordLink) -> QuerySet[Any]:
    """Return the rows whose record is not in the cache."""
    name = field.name
    record = Record.objects.filter(
        org=OuterRef(f"{name}_org"),
        sobject=field.sobject,
        record_id=OuterRef(f"{name}"),
    )
    rows = model._default_manager.filter(**{f"{name}__isnull": False})  # noqa: SLF001 - documented by Django
    return rows.filter(~Exists(record))
