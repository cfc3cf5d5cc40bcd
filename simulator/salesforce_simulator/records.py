"""The org's data: schema and store, made anew on reset, and its users' rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from salesforce_simulator.clock import Clock
from salesforce_simulator.metadata.place import Place
from salesforce_simulator.schema import (
    Field,
    Schema,
    SObjectType,
    make_fields,
    make_object,
    standard_schema,
)
from salesforce_simulator.seen import Seen
from salesforce_simulator.store import Store
from salesforce_simulator.store.history import history_of
from salesforce_simulator.store.mirror import MIRRORED
from salesforce_simulator.tooling import ToolingRows, tooling_schema
from salesforce_simulator.users import User

_COPIED = (
    "TimeZoneSidKey",
    "LocaleSidKey",
    "EmailEncodingKey",
    "LanguageLocaleKey",
    "ProfileId",
)


class Records:
    """Schema and store of one org."""

    def __init__(
        self,
        name: str,
        *,
        seed: int,
        is_sandbox: bool,
        clock: Clock,
        counts: Mapping[str, int],
    ) -> None:
        self._name = name
        self._is_sandbox = is_sandbox
        self._clock = clock
        self._counts = dict(counts)
        self._users: dict[int, User] = {}
        self.schema: Schema
        self.store: Store
        self.org_id: str
        self._seen: dict[str, Seen] = {}
        self._views: dict[tuple[int, frozenset[str]], Schema] = {}
        self._tooling: dict[tuple[int, frozenset[str]], tuple[Schema, ToolingRows]] = {}
        self.reseed(seed)

    def reseed(self, seed: int) -> None:
        """Schema and rows as they were at the start. Raises ValueError."""
        text = f"{self._name}/{seed}".encode()
        mixed = int.from_bytes(hashlib.sha256(text).digest()[:6], "big")
        self.schema = standard_schema(clock=self._clock)
        for name in self._counts:
            if self.schema.object(name) is None:
                raise ValueError(f"This org has no object {name}; see describe global.")
        self.store = Store(
            self.schema, seed=mixed, clock=self._clock, records=self._counts
        )
        self._seen.clear()
        self._views.clear()
        self._tooling.clear()
        self._name_organization()
        for number, user in self._users.items():
            user.id = self.enrol(number, user)

    def _name_organization(self) -> None:
        row = next(self.store.scan("Organization"))
        self.org_id = str(row["Id"])
        values = {
            "Name": self._name,
            "IsSandbox": self._is_sandbox,
            "OrganizationType": "Enterprise Edition",
            "InstanceName": "SIM1S" if self._is_sandbox else "SIM1",
            "NamespacePrefix": None,
            "TrialExpirationDate": None,
        }
        self.store.overwrite("Organization", self.org_id, values)

    def enrol(self, number: int, user: User) -> str:
        """Give the n-th user a row of ``User``; returns its id."""
        self._users[number] = user
        rows = self.store.slice("User", number, number + 1)
        if rows:
            user_id = str(rows[0]["Id"])
        else:
            first = next(self.store.scan("User"))
            values = {k: first[k] for k in _COPIED if k in first} | _user_row(user)
            del values["Name"], values["UserType"]  # not to be written; they follow
            made = self.store.insert("User", values, user_id=str(first["Id"]))
            user_id = str(made["Id"])
        self.store.overwrite("User", user_id, _user_row(user))
        return user_id

    def schema_for(self, user: User) -> Schema:
        """The objects and fields that a user may see."""
        if not user.hidden:
            return self.schema
        key = (self.schema.revision, user.hidden)
        view = self._views.get(key)
        if view is None:
            if len(self._views) > 50:
                self._views.clear()
            view = self._views[key] = self._view(user.hidden)
        return view

    def _view(self, hidden: frozenset[str]) -> Schema:
        fields = {tuple(name.split(".", 1)) for name in hidden if "." in name}
        view = self.schema.for_user(frozenset(fields))  # type: ignore[arg-type]  # split at the one dot: pairs
        objects = {name.lower() for name in hidden if "." not in name}
        if not objects:
            return view
        kept = [one for one in view.objects() if one.name.lower() not in objects]
        return Schema(kept, clock=self._clock, modified=view.modified)

    def tooling(self, user: User, place: Place) -> tuple[Schema, ToolingRows]:
        """The objects and rows that the Tooling API shows a user."""
        key = (self.schema.revision, user.hidden)
        found = self._tooling.get(key)
        if found is None:
            if len(self._tooling) > 50:
                self._tooling.clear()
            seen = self.schema_for(user)
            schema = tooling_schema(seen, modified=self.schema.modified)
            rows = ToolingRows(schema, self.store, place=place, admin_id=self._admin)
            found = self._tooling[key] = schema, rows
        return found

    @property
    def _admin(self) -> str:
        return str(next(self.store.scan("User"))["Id"])

    @property
    def stamp(self) -> tuple[int, int]:
        """Changes with every change of rows or schema."""
        return (self.store.revision, self.schema.revision)

    def seen(self, user: User) -> Seen:
        """What a user looked at last."""
        return self._seen.setdefault(user.id, Seen())

    def counts(self) -> dict[str, int]:
        """Live rows of every queryable object that is not told by the schema."""
        return {
            one.name: self.store.count(one.name)
            for one in self.schema.objects()
            if one.queryable and one.name not in MIRRORED
        }

    def add_field(
        self, sobject: str, name: str, *, kind: str = "string", **more: Any
    ) -> Field:
        """Add a custom field to an object at run time. Raises ValueError."""
        *parts, field = make_fields(name, kind, **more)
        for one in (*parts, field):
            self.schema.add_field(sobject, one)
        return field

    def track(self, sobject: str, *fields: str) -> None:
        """Keep a history of fields of an object from now on. Raises ValueError."""
        one = self.schema.object(sobject)
        if one is None or history_of(self.schema, one) is None:
            raise ValueError(f"{sobject} has no history; see describe global.")
        unknown = [name for name in fields if one.field(name) is None]
        if unknown:
            raise ValueError(f"{sobject} has no field {unknown[0]}; see its describe.")
        names = frozenset(name.lower() for name in fields)
        tracked = self.store.tracked.get(one.name, frozenset())
        self.store.tracked[one.name] = tracked | names

    def add_object(
        self, name: str, *, label: str | None = None, number_format: str = ""
    ) -> SObjectType:
        """Add a custom object at run time; see `make_object`.

        Lookups that take any custom object, such as ``Task.WhatId``, take its rows.
        """
        made = make_object(self.schema, name, label=label, number_format=number_format)
        self.schema.add_object(made)
        return made


def _user_row(user: User) -> dict[str, Any]:
    return {
        "Username": user.username,
        "FirstName": user.first_name,
        "LastName": user.last_name,
        "Name": user.name,
        "Email": user.email,
        "Alias": user.username[:8],
        "CommunityNickname": user.username[:40],
        "IsActive": user.active,
        "UserType": "Standard",
    }
