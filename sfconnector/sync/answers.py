"""Runs of endpoint and SOQL plans: one answer, kept with its time and status."""

from __future__ import annotations

import json
import re
import time
from typing import Any

from django.utils import timezone

from sfconnector import catalog, conf
from sfconnector.exceptions import InvalidRequest, SalesforceError, SFConnectorError
from sfconnector.models import CachedResponse, Org, SyncPlan, SyncRun
from sfconnector.records.rows import scrubbed_text, scrubbed_value
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.client import Client
from sfconnector.salesforce.transport import MEGABYTE

MOST_BYTES = 16 * MEGABYTE
MOST_ROWS = 10_000
"""Rows of a SOQL plan's answer; whoever wants more wants an object plan."""
SOBJECT_PATH = re.compile(
    r"/services/data/v(?P<version>\d+\.\d)/sobjects/(?P<name>\w+)(?P<rest>.*)"
)


def fetch(client: Client, run: SyncRun) -> CachedResponse:
    """Ask, keep the answer, and return it.

    A refusal is kept as the answer too; its error is raised afterwards.
    """
    plan = run.plan
    is_soql = plan.kind == SyncPlan.Kind.SOQL
    kept = ask_soql(client, run) if is_soql else ask_endpoint(client, run)
    forget_old(plan)
    return kept


def endpoint_path(org: Org, path: str) -> str:
    """Return a plan's path as it is sent: the object's name in the org's own case.

    Raises InvalidRequest for a path that is not below /services/ or whose version
    the org does not offer.
    """
    text = path.strip()
    if not text.startswith("/services/"):
        raise InvalidRequest(
            f"“{text[:80]}” is not a path of Salesforce's API.",
            remedy="Begin it with /services/data/, as in "
            "/services/data/v66.0/sobjects/Account.",
        )
    found = SOBJECT_PATH.fullmatch(text)
    if not found:
        return text
    offered = [str(version) for version in org.api_versions]
    if offered and found["version"] not in offered:
        raise InvalidRequest(
            f"The org does not offer API version {found['version']}.",
            remedy=f"Choose one from {offered[0]} to {offered[-1]}.",
        )
    name = catalog.canonical_name(org, found["name"])
    return f"/services/data/v{found['version']}/sobjects/{name}{found['rest']}"


def ask_endpoint(client: Client, run: SyncRun) -> CachedResponse:
    """GET the plan's path and keep what came, refusals included."""
    path = endpoint_path(run.org, run.plan.path)
    answer = client.request("GET", path, check=False, maximum_bytes=MOST_BYTES)
    kept = CachedResponse.objects.create(
        plan=run.plan,
        run=run,
        status=answer.status,
        content_type=answer.content_type[:120],
        body=readable(answer),
        byte_count=len(answer.content),
        duration_ms=answer.duration_ms,
        request_id=answer.request_id[:80],
        fetched_at=timezone.now(),
    )
    if answer.error is not None:
        raise answer.error
    return kept


def readable(answer: Answer) -> Any:
    """Return the body as JSON, or as text when it is none."""
    try:
        return scrubbed_value(json.loads(answer.content))
    except (ValueError, RecursionError):
        return scrubbed_text(answer.text)


def ask_soql(client: Client, run: SyncRun) -> CachedResponse:
    """Run the plan's query to its end and keep its rows as one answer."""
    began = time.monotonic()
    try:
        body, total = _rows(client, run.plan.soql)
    except SalesforceError as error:
        _keep(run, status=error.status or 0, body=_as_body(error), began=began)
        raise
    return _keep(
        run,
        status=200,
        body={"totalSize": total, "done": True, "records": body},
        began=began,
    )


def _rows(client: Client, query: str) -> tuple[list[dict[str, Any]], int]:
    rows: list[dict[str, Any]] = []
    total = 0
    for page in client.query(query):
        rows += page.records
        total = page.total_size
        if total > MOST_ROWS:
            raise InvalidRequest(
                f"The query answers {total:,} rows; {MOST_ROWS:,} can be kept.",
                remedy="Add a LIMIT, or make an object plan, which has no such bound.",
            )
    return rows, total


def _as_body(error: SFConnectorError) -> list[dict[str, str]]:
    return [{"errorCode": error.code, "message": error.message}]


def _keep(run: SyncRun, *, status: int, body: Any, began: float) -> CachedResponse:
    clean = scrubbed_value(body)
    return CachedResponse.objects.create(
        plan=run.plan,
        run=run,
        status=status,
        content_type="application/json",
        body=clean,
        byte_count=len(json.dumps(clean)),
        duration_ms=int((time.monotonic() - began) * 1000),
        fetched_at=timezone.now(),
    )


def forget_old(plan: SyncPlan) -> int:
    """Delete all but the newest answers of a plan; return how many."""
    kept = conf.current().cached_answers_kept
    old = list(plan.answers.order_by("-pk").values_list("pk", flat=True)[kept:])
    return CachedResponse.objects.filter(pk__in=old).delete()[0] if old else 0
