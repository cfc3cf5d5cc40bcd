"""Bulk API 2.0 over HTTP: ``/jobs/query`` and ``/jobs/ingest``."""

from __future__ import annotations

from sfconnector.simulator.rest.call import Call
from sfconnector.simulator.rest.errors import not_found
from sfconnector.simulator.wire.messages import Response


def _todo(call: Call) -> Response:
    del call
    raise not_found()


list_queries = create_query = read_query = change_query = remove_query = _todo
results = result_pages = _todo
list_ingests = create_ingest = read_ingest = change_ingest = remove_ingest = _todo
upload = outcome = _todo
