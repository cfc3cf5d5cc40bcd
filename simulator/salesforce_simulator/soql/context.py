"""Owns what every part of one query's execution needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from salesforce_simulator.schema import Schema, SObjectType
from salesforce_simulator.soql.ast import Path, Query
from salesforce_simulator.soql.errors import QueryError, located
from salesforce_simulator.soql.lookups import Lookups
from salesforce_simulator.soql.scope import Scope
from salesforce_simulator.store import Reading


@dataclass(frozen=True)
class Context:
    """The org, the user and the moment a query is run for.

    version is like ``66.0``; the time zone of now is the user's. root is where the
    addresses of rows begin, if not at the data API.
    """

    schema: Schema
    store: Reading
    include_deleted: bool
    now: datetime
    user_id: str
    version: str
    lookups: Lookups
    root: str = ""

    @property
    def base(self) -> str:
        """What the addresses of rows begin with."""
        return self.root or f"/services/data/v{self.version.lstrip('v')}"

    @property
    def release(self) -> float:
        """The API version as a number."""
        return float(self.version.lstrip("v"))

    def target(self, path: Path, source: str) -> SObjectType:
        """Return the object named in a FROM clause.

        Raises QueryError if there is no such object or it cannot be queried.
        """
        sobject = self.schema.object(path.text)
        if sobject is None:
            raise located(
                "INVALID_TYPE",
                f"sObject type '{path.text}' is not supported. If you are attempting "
                "to use a custom object, be sure to append the '__c' after the entity "
                "name. Please reference your WSDL or the describe call for the "
                "appropriate names.",
                source=source,
                position=path.position,
            )
        if not sobject.queryable:
            raise QueryError(
                "INVALID_TYPE_FOR_OPERATION",
                f"entity type {sobject.name} does not support query",
            )
        return sobject

    def scope(self, sobject: SObjectType, query: Query) -> Scope:
        """Return the names query may use."""
        return Scope(
            sobject,
            schema=self.schema,
            lookups=self.lookups,
            source=query.source,
            aliases=query.aliases,
        )
