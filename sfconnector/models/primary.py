"""Rows are read where they are written: a replica may be behind, or hold nothing yet.

The rows of this app decide who may do what next (a claim, a lease, a token, a
checkpoint). Read from a replica, even one that is a moment behind, they let two do the
same thing or nobody do anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models, router
from django.urls import reverse

__all__ = ["PrimaryModel", "PrimaryQuerySet", "admin_page", "protecting"]

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


class PrimaryQuerySet(models.QuerySet[M_co]):
    """A query that asks the router where to write, also when it reads."""

    if TYPE_CHECKING:  # Django's own, which its stubs leave out
        _db: str | None
        _hints: dict[str, Any]

    @property
    def db(self) -> str:
        """Return the alias that was chosen by ``using``, else the one for writing."""
        return self._db or router.db_for_write(self.model, **self._hints)

    def unheld(self) -> Self:
        """Leave out what rows of the host protect: deleting it would fail."""
        found = self
        for relation in protecting(self.model):
            rows = relation.related_model._base_manager.using(self.db)  # noqa: SLF001 - documented by Django
            holding = rows.filter(**{relation.field.name: models.OuterRef("pk")})
            found = found.filter(~models.Exists(holding))
        return found


def protecting(model: type[models.Model]) -> Iterator[models.ForeignObjectRel]:
    """Yield the relations whose rows forbid the deletion of a model's rows."""
    for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 - documented by Django
        if isinstance(relation, models.ForeignObjectRel) and relation.on_delete in {
            models.PROTECT,
            models.RESTRICT,
        }:
            yield relation


if TYPE_CHECKING:
    from django.db.models import Model as PrimaryModel  # knows its manager by itself
else:

    class PrimaryModel(models.Model):
        """Every model of the app: related rows are read there too."""

        objects = PrimaryQuerySet.as_manager()

        class Meta:
            abstract = True
            # Django follows relations with the base manager; its own asks for reading.
            base_manager_name = "objects"


def admin_page(row: models.Model) -> str:
    """Return the page of a row on the default admin site.

    A host has its own pages by Django's ``ABSOLUTE_URL_OVERRIDES``.
    """
    name = f"admin:sfconnector_{row._meta.model_name}_change"  # noqa: SLF001 - documented by Django
    return reverse(name, args=[row.pk])
