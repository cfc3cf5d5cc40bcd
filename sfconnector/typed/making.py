"""Making, remaking and dropping the views."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper

from sfconnector import transactions
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import ObjectView
from sfconnector.texts import gettext_noop as _
from sfconnector.typed import finding, statements
from sfconnector.typed.casts import on_postgresql
from sfconnector.typed.layout import Layout, layout_of, planned

PATIENCE = "3s"


def make(sobjects: Iterable[str] | None = None) -> list[ObjectView]:
    """Make typed views anew: of some objects, or of every object with a plan.

    Without names, views of objects that no plan reads any more are dropped. Returns
    what was made. Raises InvalidRequest for an object that no org has described, and
    ConfigurationError where the database refuses: something else has the name, or views
    of others lie on top.
    """
    if sobjects is None:
        names = planned()
    else:
        names = sorted({finding.known_anywhere(name) for name in sobjects})
    if sobjects is None:
        drop(ObjectView.objects.exclude(sobject__in=names))
    return [_made(layout_of(name)) for name in names]


def remake(sobject: str) -> None:
    """Make the view of an object anew, where there is one."""
    if ObjectView.objects.filter(sobject=sobject).exists():
        _made(layout_of(sobject))


def drop(views: Iterable[ObjectView] | None = None) -> int:
    """Drop views and forget them; return how many. All of them by default."""
    rows = list(ObjectView.objects.all() if views is None else views)
    with _together():
        take_down(rows)
        ObjectView.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def take_down(rows: Iterable[ObjectView]) -> None:
    """Drop views that are to be made again: their rows stay."""
    connection = transactions.connection()
    for row in rows:
        _run(connection, _dropping(connection, row.name))


def put_back() -> None:
    """Make again every view that is remembered, from what is known now."""
    for row in ObjectView.objects.all():
        _made(layout_of(row.sobject))


def forget_functions() -> None:
    """Drop the functions of the casts, once nothing of ours is left to use them."""
    connection = transactions.connection()
    if connection.vendor == "postgresql":
        on_postgresql.drop_functions(connection)


def lay(layout: Layout) -> None:
    """Make one view in the database, in place of an earlier one."""
    connection = transactions.connection()
    statement = statements.create(layout, vendor=connection.vendor)
    with _together():
        if connection.vendor == "postgresql":
            _run(connection, f"SET LOCAL lock_timeout = '{PATIENCE}'")
            on_postgresql.make_functions(connection)
        _run(connection, _dropping(connection, layout.view))
        _run(connection, statement)


def _made(layout: Layout) -> ObjectView:
    with _together():
        lay(layout)
        values = {
            "name": layout.view,
            "columns": layout.kinds,
            "left_out": dict(layout.left_out),
        }
        row, _new = ObjectView.objects.update_or_create(
            sobject=layout.sobject, defaults=values
        )
    return row


def _together() -> AbstractContextManager[None]:
    """Keep a view and its row in step; MariaDB commits before each statement anyhow."""
    if transactions.connection().features.can_rollback_ddl:
        return transactions.short()
    return nullcontext()


def _dropping(connection: BaseDatabaseWrapper, view: str) -> str:
    return f"DROP VIEW IF EXISTS {connection.ops.quote_name(view)}"


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        raise ConfigurationError(
            _("The database refused a typed view: {error}").format(error=error),
            remedy=_(
                "Look whether a table has its name, whether views of others use it, or "
                "a long query holds it; then repeat “manage.py sf_views”."
            ),
        ) from error
