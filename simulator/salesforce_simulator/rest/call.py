"""Call: one REST request with its user, version and view of the schema."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from salesforce_simulator.grants import Session
from salesforce_simulator.metadata.place import Place
from salesforce_simulator.rest.errors import RestError, malformed, not_found
from salesforce_simulator.schema import Row, Schema, SObjectType
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.lookups import Lookups
from salesforce_simulator.state import OrgState
from salesforce_simulator.store import Reading, Store
from salesforce_simulator.users import User
from salesforce_simulator.wire.messages import BodyError, Request, Response
from salesforce_simulator.wire.multipart import is_multipart, read_parts


@dataclass
class Call:
    """What a REST endpoint is given."""

    org: OrgState
    request: Request
    session: Session
    version: str
    """Such as ``66.0``."""
    parts: list[str]
    """The decoded parts of the path after the version."""
    within: Callable[[Call, Request], Response]
    """Answers a subrequest of a composite call, in the same user's name."""
    params: dict[str, str] = field(default_factory=dict)

    @property
    def user(self) -> User:
        return self.session.user

    @property
    def base(self) -> str:
        return f"/services/data/v{self.version}"

    @property
    def place(self) -> Place:
        """Where the org is reached, as metadata names it."""
        return Place(
            origin=self.org.instance_url(self.request),
            version=self.version,
            instance=self.store.seeder.instance,
        )

    @property
    def now(self) -> datetime:
        """The org's time in the user's time zone, where TODAY begins."""
        return self.org.clock.now().astimezone(self.user.zone)

    @property
    def store(self) -> Store:
        return self.org.records.store

    @property
    def rows(self) -> Reading:
        """The rows that the user may read."""
        return self.store

    @property
    def schema(self) -> Schema:
        """The objects and fields that the user may see."""
        return self.org.records.schema_for(self.user)

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

    def context(self) -> Context:
        """What a statement of this user runs in."""
        return Context(
            schema=self.schema,
            store=self.rows,
            include_deleted=False,
            now=self.now,
            user_id=self.user.id,
            version=self.version,
            lookups=Lookups(self.rows),
            root=self.base,
        )

    def sobject(self, name: str | None = None) -> SObjectType:
        """The object that the path names. Raises 404."""
        one = self.schema.object(name if name is not None else self.params["sobject"])
        if one is None:
            raise not_found()
        return one

    def json(self) -> Any:
        """The body as JSON. Raises `RestError`: 415 for another media type."""
        kind = self.request.headers.get("content-type", "")
        if not self.request.nested and "json" not in kind.lower():
            message = f"Media type {kind or 'none'} is not supported here; send JSON."
            raise RestError(415, "UNSUPPORTED_MEDIA_TYPE", message)
        try:
            return self.request.json()
        except BodyError as error:
            raise malformed(f"Unexpected character in the body: {error}") from None

    def object_body(self) -> dict[str, Any]:
        """The body: a JSON object, files beside it or not. Raises `RestError`."""
        if is_multipart(self.request.headers.get("content-type", "")):
            return self._parts()
        body = self.json()
        if not isinstance(body, dict):
            raise malformed("The body must be a JSON object.")
        return body

    def _parts(self) -> dict[str, Any]:
        """The values of a multipart body, and its files as base64 under their names."""
        kind = self.request.headers["content-type"]
        try:
            parts = list(read_parts(self.request.body, kind))
            told = next((part for part in parts if not part.is_file), None)
            values = json.loads(told.content) if told is not None else None
        except (BodyError, ValueError) as error:
            raise RestError(400, "INVALID_MULTIPART_REQUEST", str(error)) from None
        if not isinstance(values, dict):
            message = "Multipart message must include a non-binary part"
            raise RestError(400, "INVALID_MULTIPART_REQUEST", message)
        files = (part for part in parts if part.is_file)
        contents = {part.name: b64encode(part.content).decode() for part in files}
        return values | contents

    @staticmethod
    def list_in(body: dict[str, Any], name: str) -> list[Any]:
        """The array under a key of the body, empty when missing. Raises `RestError`."""
        found = body.get(name)
        if found is None:
            return []
        if not isinstance(found, list):
            raise malformed(f"{name} must be an array.")
        return found

    def answer(self, request: Request) -> Response:
        """Answer a subrequest, never raising."""
        return self.within(self, request)

    def url_of(self, sobject: str, record_id: str) -> str:
        """The relative URL of a row."""
        return f"{self.base}/sobjects/{sobject}/{record_id}"

    def attributes(self, one: SObjectType, row: Row) -> dict[str, str]:
        """The ``attributes`` of a row."""
        return {"type": one.name, "url": self.url_of(one.name, str(row["Id"]))}

    def insert(self, one: SObjectType, values: dict[str, Any]) -> Row:
        """Add a row in the user's name. Raises StoreError."""
        values = self._assigned(one, values)
        return self.store.insert(
            one.name, values, user_id=self.user.id, schema=self.schema
        )

    def update(self, one: SObjectType, key: str, values: dict[str, Any]) -> Row:
        """Change a row in the user's name. Raises StoreError."""
        values = self._assigned(one, values, self.store.get(one.name, key))
        return self.store.update(
            one.name, key, values, user_id=self.user.id, schema=self.schema
        )

    def _assigned(
        self, one: SObjectType, values: dict[str, Any], row: Row | None = None
    ) -> dict[str, Any]:
        """The values with the owner that the active assignment rule gives.

        As documented the rule holds unless ``Sforce-Auto-Assign`` is ``FALSE``.
        """
        rule = self.org.assignment_rules.get(one.name)
        asked = self.request.headers.get("sforce-auto-assign", "")
        if rule is None or asked.upper() == "FALSE":
            return values
        owner = rule({**(row or {}), **values})
        return {**values, "OwnerId": owner} if owner else values

    def delete(self, one: SObjectType, record_id: str) -> None:
        """Put a row in the recycle bin. Raises StoreError."""
        self.store.delete(one.name, record_id, user_id=self.user.id)

    def int_param(self, name: str, default: int) -> int:
        """A whole number of the query string. Raises `RestError`."""
        text = self.query.get(name, "")
        try:
            return int(text) if text else default
        except ValueError:
            raise RestError(
                400, "INVALID_PARAMETER", f"{name} must be a number, not {text}."
            ) from None
