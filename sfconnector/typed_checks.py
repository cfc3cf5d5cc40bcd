"""System checks of typed views: what they lack, and what fits none of their columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.core.checks import Warning as Caution
from django.db import DatabaseError
from django.db.models import Model

from sfconnector import links, transactions, typed
from sfconnector.exceptions import SFConnectorError
from sfconnector.models import ObjectView

LOOKED_AT = 10_000
"""Records of an object that a check reads: ``migrate`` runs it, too."""
NAMED = 8


def check_views(
    databases: Sequence[str] | None = None, **_options: Any
) -> list[CheckMessage]:
    """Say where typed views and records differ (asks the database)."""
    if not databases or transactions.alias() not in databases:
        return []
    return [*_unless_away(_found), *_unless_away(_gone)]


def _unless_away(look: Callable[[], Iterable[CheckMessage]]) -> list[CheckMessage]:
    """Look for what is to be said; nothing where tables are not there yet."""
    try:
        with transactions.atomic():  # a query that fails must spoil no transaction
            return list(look())
    except (SFConnectorError, DatabaseError):
        return []


def _gone() -> list[CheckMessage]:
    return links_to_nothing(links.links())


def links_to_nothing(
    fields: Iterable[tuple[type[Model], links.RecordLink]],
) -> list[CheckMessage]:
    """Say which links of a host lead to records that are not in the cache."""
    found = []
    for model, field in fields:
        count = links.leading_nowhere(model, field)[:LOOKED_AT].count()
        if count:
            label = f"{model._meta.label}.{field.name}"  # noqa: SLF001 - documented by Django
            found.append(gone(label, count))
    return found


def _found() -> Iterator[CheckMessage]:
    for view, names in typed.behind():
        yield behind(view.sobject, names)
    for layout in typed.mixed():
        for name, types in layout.mixed.items():
            yield mixed(f"{layout.sobject}.{name}", types)
    for label, reasons in typed.differing_models():
        yield other_model(label, reasons)
    for sobject in ObjectView.objects.values_list("sobject", flat=True):
        counts = typed.unfit(sobject, within=LOOKED_AT)
        if counts:
            yield unfit(sobject, counts)


def behind(sobject: str, names: Sequence[str]) -> CheckMessage:
    """W501: a view is older than what the orgs describe."""
    message = f"The typed view of {sobject} differs from its fields: {_some(names)}."
    return Caution(message, hint="Run “manage.py sf_views”.", id="sfconnector.W501")


def mixed(field: str, types: Sequence[str]) -> CheckMessage:
    """W502: one column for two types."""
    message = f"Orgs type {field} differently ({', '.join(types)}): its column is text."
    hint = "Filter it as text, or give the field one type in every org."
    return Caution(message, hint=hint, id="sfconnector.W502")


def unfit(sobject: str, counts: dict[str, int]) -> CheckMessage:
    """W503: values that a guarded cast made NULL."""
    told = _some([f"{name} ({count:,})" for name, count in counts.items()])
    message = f"Values of {sobject} do not fit their columns and are NULL: {told}."
    hint = "“manage.py sf_views --count” counts all; fetch the object whole."
    return Caution(message, hint=hint, id="sfconnector.W503")


def other_model(label: str, reasons: Sequence[str]) -> CheckMessage:
    """W504: a generated model and its org differ."""
    message = f"The model {label} differs from its records: {_some(reasons)}."
    hint = "Run “manage.py sf_views”, then “manage.py sf_models” as its file says."
    return Caution(message, hint=hint, id="sfconnector.W504")


def gone(field: str, count: int) -> CheckMessage:
    """W505: links that lead to nothing."""
    message = f"{count:,} rows link by {field} to records that are not in the cache."
    hint = "Fetch the object, or empty the links; forms and pages call them gone."
    return Caution(message, hint=hint, id="sfconnector.W505")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
