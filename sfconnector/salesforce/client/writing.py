"""Writes single records: create, update, upsert by external id, delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sfconnector.exceptions import NotFound
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.client.caller import Caller, sobject_path
from sfconnector.salesforce.soql import identifier
from sfconnector.salesforce.types import SaveResult

_CREATED, _NO_CONTENT = 201, 204


class Writing(Caller):
    """The part of a client that writes records; nothing here is tried twice."""

    def create(self, sobject: str, values: Mapping[str, Any]) -> SaveResult:
        """Create a record; raises InvalidRequest with the fields that are wrong."""
        path = self.data_path(sobject_path(sobject))
        return _saved(self.data("POST", path, json=dict(values)))

    def update(
        self, sobject: str, identity: str, values: Mapping[str, Any]
    ) -> SaveResult:
        """Change fields of a record."""
        path = self._record_path(sobject, identity)
        return _saved(self.data("PATCH", path, json=dict(values)), identity=identity)

    def upsert(
        self,
        sobject: str,
        external_field: str,
        external_value: str,
        values: Mapping[str, Any],
    ) -> SaveResult:
        """Create or change the record with this external id.

        Raises Conflict when several records have it.
        """
        tail = f"{identifier(external_field)}/{quote(external_value, safe='')}"
        path = self.data_path(f"{sobject_path(sobject)}/{tail}")
        return _saved(self.data("PATCH", path, json=dict(values)))

    def delete(self, sobject: str, identity: str) -> SaveResult:
        """Delete a record; one that is deleted already is a success."""
        try:
            self.data("DELETE", self._record_path(sobject, identity))
        except NotFound as error:
            if error.code != "ENTITY_IS_DELETED":
                raise
        return SaveResult(id=identity, success=True, created=False)

    def _record_path(self, sobject: str, identity: str) -> str:
        return self.data_path(f"{sobject_path(sobject)}/{quote(identity, safe='')}")


def _saved(answer: Answer, *, identity: str = "") -> SaveResult:
    if answer.status == _NO_CONTENT:
        return SaveResult(id=identity, success=True, created=None)
    value = answer.json(dict)
    created = value.get("created")
    if not isinstance(created, bool):
        created = answer.status == _CREATED
    return SaveResult(
        id=str(value.get("id") or identity),
        success=value.get("success") is True,
        created=created,
        errors=tuple(value.get("errors") or ()),
    )
