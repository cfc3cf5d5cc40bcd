"""Migrations run while the version before still works: rules over all later ones.

CONTRIBUTING has them in words. The migrations up to 0018 are older than the rules.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from project.environment import BASE_DIR
from sfconnector.migrations._safely import LOCK_TIMEOUT, AddIndexBeside, ShortLocks

LAST_WITHOUT_RULES = "0018"
LARGE = {"record", "fieldchange", "apicall"}
"""Tables with rows by the million: no index is built while they are locked."""
NOT_ADDITIVE = (
    migrations.RemoveField,
    migrations.RenameField,
    migrations.DeleteModel,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
LOCKING = (migrations.AddIndex, migrations.AddConstraint)
ALLOWED: set[tuple[str, str]] = set()
"""Migration and step that take away what the version before reads no more."""


def later() -> Iterator[tuple[str, type[migrations.Migration]]]:
    for path in sorted((BASE_DIR / "sfconnector" / "migrations").glob("0*.py")):
        if path.stem[:4] > LAST_WITHOUT_RULES:
            module = importlib.import_module(f"sfconnector.migrations.{path.stem}")
            yield path.stem, module.Migration


def faults(name: str, migration: type[migrations.Migration]) -> list[str]:
    """Say which rules a migration breaks."""
    steps = list(flat(migration.operations))
    found = [
        fault
        for step in steps
        if (name, step.describe()) not in ALLOWED
        for fault in of_step(step, is_atomic=migration.atomic)
    ]
    if migration.atomic and not isinstance((steps or [None])[0], ShortLocks):
        found.append("it does not begin with ShortLocks()")
    if not migration.atomic and not all(isinstance(s, AddIndexBeside) for s in steps):
        found.append("without a transaction it may only build indexes")
    return found


def flat(steps: list[Operation]) -> Iterator[Operation]:
    for step in steps:
        if isinstance(step, migrations.SeparateDatabaseAndState):
            yield from flat(step.database_operations)
        else:
            yield step


def of_step(step: Operation, *, is_atomic: bool) -> Iterator[str]:
    told = step.describe()
    if isinstance(step, NOT_ADDITIVE):
        yield f"{told}: the version before still reads it"
    if isinstance(step, migrations.AddField) and not of_new_column(step.field):
        yield f"{told}: the version before cannot insert: give it a db_default"
    if isinstance(step, AddIndexBeside) and is_atomic:
        yield f"{told}: needs atomic = False"
    if getattr(step, "model_name", "").lower() in LARGE:
        yield from of_large_table(step, told)


def of_large_table(step: Operation, told: str) -> Iterator[str]:
    is_beside = isinstance(step, AddIndexBeside)
    if isinstance(step, LOCKING) and not is_beside:
        yield f"{told}: locks a large table; use AddIndexBeside"
    elif isinstance(step, migrations.AlterField):
        yield f"{told}: may write a large table anew"


def of_new_column(field: models.Field) -> bool:
    return (
        field.null or field.many_to_many or field.db_default is not models.NOT_PROVIDED
    )


@pytest.mark.parametrize(
    ("name", "migration"), [pytest.param(*one, id=one[0]) for one in later()]
)
def test_a_later_migration_keeps_the_rules(name, migration):
    assert faults(name, migration) == []


INDEX = models.Index(fields=["state"], name="some_index")


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        (migrations.AddField("org", "x", models.TextField(default="")), "db_default"),
        (migrations.RemoveField("org", "alias"), "still reads"),
        (migrations.AddIndex("record", INDEX), "AddIndexBeside"),
        (AddIndexBeside("record", INDEX), "atomic = False"),
        (migrations.AlterField("Record", "state", models.TextField()), "anew"),
    ],
)
def test_what_holds_a_live_site_up_is_found(step, fault):
    class Migration(migrations.Migration):
        operations = [ShortLocks(), step]

    assert fault in "".join(faults("0099_bad", Migration))
    Migration.operations = [
        migrations.SeparateDatabaseAndState([ShortLocks(), step], [])
    ]
    assert fault in "".join(faults("0099_bad", Migration))
    Migration.operations = [
        migrations.AddField("org", "x", models.TextField(null=True))
    ]
    assert faults("0099_bad", Migration) == ["it does not begin with ShortLocks()"]
    Migration.atomic = False
    assert "only build indexes" in "".join(faults("0099_bad", Migration))


@pytest.mark.django_db(transaction=True)
def test_locks_are_waited_for_a_moment_and_an_index_is_built_beside():
    state = ProjectState.from_apps(importlib.import_module("django.apps").apps)
    with connection.schema_editor(atomic=True) as editor:
        ShortLocks().database_forwards("sfconnector", editor, state, state)
        assert lock_timeout() in (LOCK_TIMEOUT, None)
    assert lock_timeout() in ("0", None)
    step = AddIndexBeside("record", INDEX)
    for _ in range(2):  # the second after an attempt that was ended
        if connection.vendor == "postgresql" or not _:
            with connection.schema_editor(atomic=False) as editor:
                step.database_forwards("sfconnector", editor, state, state)
    with connection.schema_editor(atomic=False) as editor:
        step.database_backwards("sfconnector", editor, state, state)


def lock_timeout() -> str | None:
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])
