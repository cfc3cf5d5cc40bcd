"""Bulk API 2.0 over HTTP: ``/jobs/query`` and ``/jobs/ingest``."""

from __future__ import annotations

from salesforce_simulator.bulk import Ask, BulkError, Caller
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError
from salesforce_simulator.wire.messages import Response


def jobs(call: Call) -> Response:
    """Pass the request to the org's jobs; large CSV is sent as it is made."""
    ask = Ask(
        method=call.request.method,
        parts=tuple(call.parts[1:]),
        query=call.query,
        body=call.request.body,
        caller=Caller(
            schema=call.schema,
            store=call.store,
            user_id=call.user.id,
            version=call.version,
            client=call.request.client,
        ),
    )
    try:
        answer = call.org.jobs.handle(ask)
    except BulkError as error:
        raise RestError(error.status, error.code, error.message) from error
    if ask.method == "POST" and ask.parts == ("query",):
        call.org.limits.note("DailyBulkV2QueryJobs")
    response = Response(answer.status, headers=dict(answer.headers))
    if answer.chunks is not None:
        response.chunks = answer.chunks
    elif answer.value is not None:
        response.value = answer.value
    return response
