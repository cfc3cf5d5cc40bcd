"""Routers as hosts write them."""

from __future__ import annotations

from typing import Any

OURS = {"sfconnector", "auth", "contenttypes", "admin", "sessions", "people"}
"""The app and what its rows refer to: people, groups, permissions, the history."""


class SecondDatabase:
    """The app lives with the people in a database that is not the default one."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return "second" if model._meta.app_label in OURS else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return (db == "second") == (app_label in OURS)


class EmptyReplica:
    """Reads of the app go to a replica that has heard of nothing yet."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return "replica" if model._meta.app_label == "sfconnector" else "default"

    def db_for_write(self, model: Any, **_hints: Any) -> str:
        return "default"

    def allow_relation(self, *_objects: Any, **_hints: Any) -> bool:
        return True


class PeopleElsewhere:
    """The app alone in a database: its people are in another."""

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return "second" if model._meta.app_label == "sfconnector" else None

    db_for_write = db_for_read
