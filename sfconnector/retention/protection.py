"""Rows of the host that forbid a deletion: said before it starts."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import CASCADE, ForeignObjectRel, Model

from sfconnector.exceptions import ConfigurationError
from sfconnector.models import CachedResponse, FieldChange, Org, Record, SyncPlan
from sfconnector.models.primary import protecting
from sfconnector.texts import gettext_noop as _

PURGED: dict[Any, str] = {
    Record: "org",
    FieldChange: "org",
    CachedResponse: "plan__org",
}
"""What a purge deletes, and how its rows name the org."""
REMOVED: dict[Any, str] = {**PURGED, Org: "pk"}
DELETED: dict[Any, str] = {SyncPlan: "pk"}
"""Likewise, how they name the plan."""


def refuse_protected(row: Org | SyncPlan, ways: dict[Any, str] = PURGED) -> None:
    """Raise ConfigurationError where rows of the host hold what is to be deleted.

    A worker would stop at the first of them, each time anew.
    """
    told = ", ".join(holders(row, ways))
    if not told:
        return
    message = _("What is stored of {row} is protected by rows of this project: {told}.")
    remedy = _(
        "Delete those rows or take their link away, or let the link be "
        "on_delete=SET_NULL or CASCADE; then try again."
    )
    raise ConfigurationError(message.format(row=row, told=told), remedy=remedy)


def holders(row: Org | SyncPlan, ways: dict[Any, str]) -> list[str]:
    """Say which rows of the host, and how many, hold what is to be deleted.

    That is the rows of some models that name an org or a plan in these ways, and what
    goes with them.
    """
    held: Counter[str] = Counter()
    for model, way in _with_what_goes_along(ways).items():
        for relation in protecting(model):
            name = str(relation.related_model._meta.verbose_name_plural)  # noqa: SLF001 - documented by Django
            held[name] += _count(relation, way, row)
    return [f"{count} {name}" for name, count in held.items() if count]


def _with_what_goes_along(ways: dict[Any, str]) -> dict[type[Model], str]:
    found = dict(ways)
    waiting = list(found)
    for model in waiting:  # which grows
        for relation in model._meta.get_fields(include_hidden=True):  # noqa: SLF001 - documented by Django
            if not isinstance(relation, ForeignObjectRel):
                continue
            other = relation.related_model
            if relation.on_delete is CASCADE and other not in found:
                found[other] = f"{relation.field.name}__{found[model]}"
                waiting.append(other)
    return found


def _count(relation: ForeignObjectRel, way: str, row: Model) -> int:
    rows = relation.related_model._base_manager.all()  # noqa: SLF001 - documented by Django
    return rows.filter(**{f"{relation.field.name}__{way}": row.pk}).count()
