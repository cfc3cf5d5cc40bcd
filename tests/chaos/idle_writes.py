"""Rows that were rewritten as they were: the database itself notes them."""

from __future__ import annotations

import contextlib
from typing import Any

from django.db import connection

from sfconnector.models import Record


@contextlib.contextmanager
def counting_idle_writes() -> Any:
    """Let the database itself note every row that was rewritten as it was.

    Gives a function that returns how many there were.
    """
    table = "CREATE TABLE idle_writes (record_id varchar(18))"
    idle = "(NEW.content_hash = OLD.content_hash AND NEW.state = OLD.state)"
    note = "INSERT INTO idle_writes VALUES (NEW.record_id);"
    head = f"CREATE TRIGGER note_idle AFTER UPDATE ON {Record._meta.db_table}"
    if connection.vendor == "sqlite":
        made = [f"{head} WHEN {idle} BEGIN {note} END"]
        away = ["DROP TRIGGER note_idle"]
    elif connection.vendor == "mysql":
        made = [f"{head} FOR EACH ROW BEGIN IF {idle} THEN {note} END IF; END"]
        away = ["DROP TRIGGER note_idle"]
    else:
        body = f"$$ BEGIN {note} RETURN NULL; END $$"
        function = "CREATE FUNCTION note_idle() RETURNS trigger LANGUAGE plpgsql AS"
        run = f"FOR EACH ROW WHEN {idle} EXECUTE FUNCTION note_idle()"
        made = [f"{function} {body}", f"{head} {run}"]
        away = ["DROP FUNCTION note_idle() CASCADE"]

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM idle_writes")
            return int(cursor.fetchone()[0])

    with connection.cursor() as cursor:
        for statement in [table, *made]:
            cursor.execute(statement)
    try:
        yield count
    finally:
        with connection.cursor() as cursor:
            for statement in [*away, "DROP TABLE idle_writes"]:
                cursor.execute(statement)
