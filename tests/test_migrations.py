"""The squashed migration makes what the nine made, and old sites go on from theirs."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from project.environment import BASE_DIR
from tests import services

LAST = ("sfconnector", "0009_index_the_recycle_bin")
SQUASHED = ("sfconnector", "0001_squashed_0009_index_the_recycle_bin")
COLUMNS = """
    SELECT table_name, column_name, data_type, character_maximum_length, collation_name,
           is_nullable, column_default, is_identity
    FROM information_schema.columns WHERE table_schema = 'public'
"""
INDEXES = """
    SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""


@pytest.fixture(
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
def make(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any
) -> Iterator[Callable[[], BaseDatabaseWrapper]]:
    """Make empty databases beside the test's own; they go with the test."""
    aliases: list[str] = []

    def one() -> BaseDatabaseWrapper:
        alias = f"migrated_{secrets.token_hex(4)}"
        connections.settings[alias] = settings_of(request.param, alias, tmp_path)
        aliases.append(alias)
        return connections[alias]

    with django_db_blocker.unblock():
        yield one
        for alias in aliases:
            connections[alias].close()
            del connections[alias], connections.settings[alias]
    if request.param == "postgresql":
        for alias in aliases:
            ask_server(f'DROP DATABASE IF EXISTS "{alias}" WITH (FORCE)')


def settings_of(kind: str, name: str, folder: Path) -> dict[str, Any]:
    """Return the settings of a new database, filled up as Django does itself."""
    if kind == "sqlite":
        engine = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / name)}
    else:
        ask_server(f'CREATE DATABASE "{name}"')
        server = psycopg.conninfo.conninfo_to_dict(services.postgresql_url())
        engine = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": server.get("user", ""),
            "PASSWORD": server.get("password", ""),
            "HOST": server.get("host", ""),
            "PORT": server.get("port", ""),
        }
    return connections.configure_settings({"default": engine})["default"]


def ask_server(statement: str) -> None:
    with psycopg.connect(services.postgresql_url(), autocommit=True) as server:
        server.execute(statement.encode())


def migrate(connection: BaseDatabaseWrapper, *targets: tuple[str, str]) -> Any:
    """Migrate as the command does, to the newest by default; return the last state."""
    executor = MigrationExecutor(connection)
    return executor.migrate(list(targets) or executor.loader.graph.leaf_nodes())


def migrate_by_steps(connection: BaseDatabaseWrapper) -> Any:
    """Migrate to 0009 by its nine files, as a site of the version before did."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    users = ("auth", "0012_alter_user_first_name_max_length")
    return executor.migrate([users, LAST])


def schema_of(connection: BaseDatabaseWrapper) -> set[Any]:
    """Return columns, indexes and constraints, in whatever order they were made."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return {
                row
                for sql in (COLUMNS, INDEXES, CONSTRAINTS)
                for row in rows_of(cursor, sql)
            }
        found: set[Any] = set()
        for table in connection.introspection.table_names(cursor):
            # The last of each row: a column's place, or an index's, may differ.
            columns = rows_of(cursor, f"PRAGMA table_xinfo({table})")
            found |= {(table, *row[1:]) for row in columns}
            keys = rows_of(cursor, f"PRAGMA foreign_key_list({table})")
            found |= {(table, *row[2:]) for row in keys}
            known = connection.introspection.get_constraints(cursor, table)
            found |= {(table, kept(name), repr(known[name])) for name in known}
        return found | set(
            rows_of(
                cursor,
                "SELECT tbl_name, name, sql FROM sqlite_master"
                " WHERE type <> 'table' AND sql IS NOT NULL",
            )
        )


def kept(name: str) -> str:
    """Return a constraint's name, but for those that SQLite numbers itself."""
    return "" if name.startswith(("__unnamed", "sqlite_autoindex")) else name


def rows_of(cursor: Any, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    return [tuple(row) for row in cursor.fetchall()]


def test_the_squashed_migration_makes_the_very_schema_of_the_nine(make):
    at_once, by_steps = make(), make()
    migrate(at_once, SQUASHED)
    migrate_by_steps(by_steps)
    assert schema_of(at_once) == schema_of(by_steps)


class Filler:
    """Puts one row into each table, as the models were at a migration."""

    def __init__(self, apps: Any, alias: str) -> None:
        self.apps = apps
        self.alias = alias
        self.made: dict[str, Any] = {}

    def fill(self) -> None:
        """Fill the tables of the app, what they refer to first."""
        for model in self.apps.get_app_config("sfconnector").get_models():
            self.row_of(model)

    def row_of(self, model: Any) -> Any:
        """Return the row of a table, made when needed."""
        label = model._meta.label
        if label not in self.made:
            row = model()
            for field in model._meta.concrete_fields:
                if not field.primary_key:
                    setattr(row, field.attname, self.value_of(field))
            row.save(using=self.alias)
            self.made[label] = row
            for field in model._meta.many_to_many:
                getattr(row, field.name).add(self.row_of(field.related_model).pk)
        return self.made[label]

    def value_of(self, field: models.Field[Any, Any]) -> Any:
        """Return something that is not the default where a choice is free."""
        if field.is_relation:
            return self.row_of(field.related_model).pk
        if field.choices:
            return field.get_default() or next(iter(field.flatchoices))[0]
        plain = {
            models.JSONField: {"Name": "Ä"},
            models.UUIDField: uuid.uuid4(),
            models.DateTimeField: dt.datetime(2026, 1, 2, tzinfo=dt.UTC),
            models.DateField: dt.date(2026, 1, 2),
            models.DecimalField: Decimal(1),
            models.FloatField: 1.5,
            models.BooleanField: field.get_default(),
            models.GenericIPAddressField: "192.0.2.1",
            models.IntegerField: 1,
            models.BinaryField: b"x",
        }
        for kind, value in plain.items():
            if isinstance(field, kind):
                return value
        return f"{field.name}"[: field.max_length or 40]


def rows_by_table(connection: BaseDatabaseWrapper) -> dict[str, list[dict[str, Any]]]:
    """Return what each table of the app holds, by column."""
    found: dict[str, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("sfconnector_"):
                cursor.execute(f'SELECT * FROM "{table}"')
                names = [column[0] for column in cursor.description]
                rows = cursor.fetchall()
                found[table] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def test_a_filled_site_that_stands_at_0009_goes_on_and_loses_nothing(make):
    site = make()
    state = migrate_by_steps(site)
    Filler(state.apps, site.alias).fill()
    before = rows_by_table(site)
    assert all(before.values()), [table for table in before if not before[table]]

    migrate(site)

    assert SQUASHED in MigrationRecorder(site).applied_migrations()
    after = rows_by_table(site)
    for table, rows in before.items():
        columns = set(rows[0]) & set(after[table][0]) if after.get(table) else set()
        assert columns, table
        assert [{name: row[name] for name in columns} for row in after[table]] == [
            {name: row[name] for name in columns} for row in rows
        ]


def test_a_site_that_stopped_between_the_nine_goes_on(make):
    site = make()
    executor = MigrationExecutor(site)
    executor.loader = MigrationLoader(site, replace_migrations=False)
    executor.migrate([("sfconnector", "0005_saved_queries")])
    migrate(site)
    fresh = make()
    migrate(fresh)
    assert schema_of(site) == schema_of(fresh)


def test_the_nine_files_are_still_there():
    folder = BASE_DIR / "sfconnector" / "migrations"
    replaced = MigrationLoader(None, ignore_no_migrations=True).disk_migrations[
        SQUASHED
    ]
    names = {name for _, name in replaced.replaces}
    assert len(names) == 9
    assert all((folder / f"{name}.py").exists() for name in names)
