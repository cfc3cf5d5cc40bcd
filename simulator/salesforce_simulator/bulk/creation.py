"""Owns the creating of jobs: what a request may ask for, and its refusals."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final

from salesforce_simulator.bulk.asking import Ask, BulkError
from salesforce_simulator.bulk.dialect import make_dialect
from salesforce_simulator.bulk.exports import QueryJob
from salesforce_simulator.bulk.job import Pace
from salesforce_simulator.bulk.loads import IngestJob
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.soql import QueryError, Tabulation, tabulate
from salesforce_simulator.soql.context import Context
from salesforce_simulator.soql.parser import parse

QUERIES: Final = ("query", "queryAll")
OPERATIONS: Final = ("insert", "update", "upsert", "delete", "hardDelete")


def make_query_job(job_id: str, ask: Ask, *, now: datetime, pace: Pace) -> QueryJob:
    """Return the query job that ask describes. Raises BulkError."""
    options = read_options(ask)
    operation = _operation(options, QUERIES)
    dialect = make_dialect(options)
    deleted = operation == "queryAll"
    context = ask.caller.context(include_deleted=deleted, now=now)
    plan = make_plan(options.get("query"), context)
    return QueryJob(
        job_id, plan=plan, caller=ask.caller, dialect=dialect, created=now, pace=pace
    )


def make_plan(text: Any, context: Context) -> Tabulation:
    """Return the statement, checked and ready to run as a table. Raises BulkError."""
    try:
        query = parse(text if isinstance(text, str) else "")
        found = context.schema.object(query.target.text)
        if found is not None:
            check_supported(found)
        return tabulate(query, context)
    except QueryError as error:
        raise BulkError(400, error.code, error.message) from error
    except RecursionError:
        raise BulkError(
            400, "QUERY_TOO_COMPLICATED", "The filter conditions are too complicated."
        ) from None


def make_ingest_job(job_id: str, ask: Ask, *, now: datetime, pace: Pace) -> IngestJob:
    """Return the ingest job that ask describes. Raises BulkError."""
    options = read_options(ask)
    operation = _operation(options, OPERATIONS)
    sobject = ask.caller.schema.object(str(options.get("object") or ""))
    if sobject is None:
        raise BulkError(
            400,
            "INVALIDENTITY",
            f"InvalidEntity : Unable to find object: {options.get('object')}",
        )
    check_supported(sobject)
    return IngestJob(
        job_id,
        operation=operation,
        sobject=sobject,
        external_id=external_id(options, operation, sobject),
        caller=ask.caller,
        dialect=make_dialect(options),
        created=now,
        pace=pace,
    )


def read_options(ask: Ask) -> dict[str, Any]:
    """Return the JSON object in the body. Raises BulkError."""
    try:
        options = json.loads(ask.body or b"{}")
    except ValueError as error:
        raise BulkError(400, "JSON_PARSER_ERROR", str(error)) from None
    if not isinstance(options, dict):
        raise BulkError(400, "JSON_PARSER_ERROR", "The body must be a JSON object.")
    return options


def _operation(options: dict[str, Any], known: tuple[str, ...]) -> str:
    operation = options.get("operation")
    if not isinstance(operation, str) or operation not in known:
        raise BulkError(
            400, "INVALIDJOB", f"InvalidJob : Invalid operation: {operation}"
        )
    return operation


def check_supported(sobject: SObjectType) -> None:
    """Raise BulkError for an object that no bulk job may be about."""
    if not sobject.bulk_supported:
        raise BulkError(
            400,
            "INVALIDENTITY",
            f"Entity '{sobject.name}' is not supported by the Bulk API.",
        )


def external_id(
    options: dict[str, Any], operation: str, sobject: SObjectType
) -> str | None:
    """Return the field that an upsert goes by, None for others. Raises BulkError."""
    name = options.get("externalIdFieldName")
    if operation != "upsert":
        return None
    if not name:
        raise BulkError(
            400,
            "INVALIDJOB",
            f"InvalidJob : External ID was blank for {sobject.name}. An External ID "
            "must be specified for upsert.",
        )
    field = sobject.field(str(name))
    if field is None or not (field.external_id or field.id_lookup):
        raise BulkError(
            400,
            "INVALIDJOB",
            f"InvalidJob : Field name provided, {name} does not match an External ID "
            f"for {sobject.name}",
        )
    return field.name
