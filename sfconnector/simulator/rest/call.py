"""Call: one REST request with its user, version and view of the schema."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sfconnector.simulator.grants import Session
from sfconnector.simulator.people import User
from sfconnector.simulator.rest.errors import RestError, malformed, not_found
from sfconnector.simulator.schema import Row, Schema, SObjectType
from sfconnector.simulator.store import Store
from sfconnector.simulator.wire.messages import BodyError, Request

if TYPE_CHECKING:
    from sfconnector.simulator.org import SalesforceOrg


@dataclass
class Call:
    """What a REST endpoint is given."""

    org: SalesforceOrg
    request: Request
    session: Session
    version: str
    """Such as ``66.0``."""
    parts: list[str]
    """The decoded parts of the path after the version."""
    params: dict[str, str] = field(default_factory=dict)

    @property
    def user(self) -> User:
        return self.session.user

    @property
    def base(self) -> str:
        return f"/services/data/v{self.version}"

    @property
    def now(self) -> datetime:
        """The org's time in the user's time zone, where TODAY begins."""
        return self.org.clock.now().astimezone(self.user.zone)

    @property
    def store(self) -> Store:
        return self.org.records.store

    @property
    def schema(self) -> Schema:
        """The objects and fields that the user may see."""
        return self.org.records.schema_for(self.user)

    @property
    def query(self) -> dict[str, str]:
        return self.request.query

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
        """The body, which must be a JSON object. Raises `RestError`."""
        body = self.json()
        if not isinstance(body, dict):
            raise malformed("The body must be a JSON object.")
        return body

    @staticmethod
    def list_in(body: dict[str, Any], name: str) -> list[Any]:
        """The array under a key of the body, empty when missing. Raises `RestError`."""
        found = body.get(name)
        if found is None:
            return []
        if not isinstance(found, list):
            raise malformed(f"{name} must be an array.")
        return found

    def url_of(self, sobject: str, record_id: str) -> str:
        """The relative URL of a row."""
        return f"{self.base}/sobjects/{sobject}/{record_id}"

    def attributes(self, one: SObjectType, row: Row) -> dict[str, str]:
        """The ``attributes`` of a row."""
        return {"type": one.name, "url": self.url_of(one.name, str(row["Id"]))}

    def insert(self, one: SObjectType, values: dict[str, Any]) -> Row:
        """Add a row in the user's name. Raises StoreError."""
        return self.store.insert(
            one.name, values, user_id=self.user.id, schema=self.schema
        )

    def update(self, one: SObjectType, key: str, values: dict[str, Any]) -> Row:
        """Change a row in the user's name. Raises StoreError."""
        return self.store.update(
            one.name, key, values, user_id=self.user.id, schema=self.schema
        )

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
