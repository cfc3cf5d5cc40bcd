"""The org's data: schema and store, made anew on reset, and its users' rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfconnector.simulator.people import User
from sfconnector.simulator.schema import (
    Field,
    Schema,
    SObjectType,
    make_fields,
    make_object,
    standard_schema,
)
from sfconnector.simulator.store import Store

if TYPE_CHECKING:
    from sfconnector.simulator.org import SalesforceOrg
    from sfconnector.simulator.rest.recent import Recent


_COPIED = (
    "TimeZoneSidKey",
    "LocaleSidKey",
    "EmailEncodingKey",
    "LanguageLocaleKey",
    "ProfileId",
)


class Records:
    """Schema and store of one org."""

    def __init__(self, org: SalesforceOrg, *, counts: Mapping[str, int]) -> None:
        self._org = org
        self._counts = dict(counts)
        self.schema: Schema
        self.store: Store
        self.org_id: str
        self._recent: dict[str, Recent] = {}
        self._views: dict[tuple[int, frozenset[str]], Schema] = {}
        self.reseed()

    def reseed(self) -> None:
        """Schema and rows as they were at the start. Raises ValueError."""
        org = self._org
        text = f"{org.name}/{org.seed}".encode()
        seed = int.from_bytes(hashlib.sha256(text).digest()[:6], "big")
        self.schema = standard_schema(clock=org.clock)
        for name in self._counts:
            if self.schema.object(name) is None:
                raise ValueError(f"This org has no object {name}; see describe global.")
        self.store = Store(
            self.schema, seed=seed, clock=org.clock, records=self._counts
        )
        self._recent.clear()
        self._views.clear()
        self._name_organization()
        for number, user in enumerate(getattr(org, "users", ())):
            user.id = self.enrol(number, user)

    def _name_organization(self) -> None:
        org = self._org
        row = next(self.store.scan("Organization"))
        self.org_id = str(row["Id"])
        values = {
            "Name": org.name,
            "IsSandbox": org.is_sandbox,
            "OrganizationType": "Enterprise Edition",
            "InstanceName": "SIM1S" if org.is_sandbox else "SIM1",
            "NamespacePrefix": None,
            "TrialExpirationDate": None,
        }
        self.store.overwrite("Organization", self.org_id, values)

    def enrol(self, number: int, user: User) -> str:
        """Give the n-th user a row of ``User``; returns its id."""
        rows = self.store.slice("User", number, number + 1)
        if rows:
            user_id = str(rows[0]["Id"])
        else:
            first = next(self.store.scan("User"))
            copied = {k: first[k] for k in _COPIED if k in first}
            user_id = str(
                self.store.insert(
                    "User", {**copied, **_user_row(user)}, user_id=str(first["Id"])
                )["Id"]
            )
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
        return Schema(kept, clock=self._org.clock, modified=view.modified)

    @property
    def stamp(self) -> tuple[int, int]:
        """Changes with every change of rows or schema."""
        return (self.store.revision, self.schema.revision)

    def recent(self, user: User) -> Recent:
        """What a user looked at last."""
        from sfconnector.simulator.rest.recent import Recent

        return self._recent.setdefault(user.id, Recent())

    def counts(self) -> dict[str, int]:
        """Live rows of every queryable object."""
        return {
            one.name: self.store.count(one.name)
            for one in self.schema.objects()
            if one.queryable
        }

    def add_field(
        self, sobject: str, name: str, *, kind: str = "string", **more: Any
    ) -> Field:
        """Add a custom field to an object at run time. Raises ValueError."""
        *parts, field = make_fields(name, kind, **more)
        for one in (*parts, field):
            self.schema.add_field(sobject, one)
        return field

    def add_object(self, name: str, *, label: str | None = None) -> SObjectType:
        """Add a custom object at run time."""
        self.schema.add_object(made := make_object(self.schema, name, label=label))
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
    }
