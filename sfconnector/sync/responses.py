"""Runs of endpoint and SOQL plans and of tasks: one answer, kept with its time."""

from __future__ import annotations

import json
import time
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from sfconnector import conf, gateway, transactions
from sfconnector.audit import NOBODY
from sfconnector.characters import clean_text, clean_value
from sfconnector.exceptions import SalesforceError, SFConnectorError
from sfconnector.models import CachedResponse, SyncPlan, SyncRun
from sfconnector.salesforce.client import Client
from sfconnector.sync.work.job import TaskJob, not_kept
from sfconnector.sync.work.job import perform as call_host
from sfconnector.sync.work.work import look_around


def fetch(client: Client, run: SyncRun) -> CachedResponse:
    """Ask, keep the answer, and return it.

    A refusal is kept as the answer too; its error is raised afterwards.
    """
    plan = run.plan
    is_soql = plan.kind == SyncPlan.Kind.SOQL
    try:
        kept = ask_soql(client, run) if is_soql else ask_endpoint(client, run)
    except SalesforceError:
        forget_old(plan)  # what is refused for weeks is kept no longer than answers are
        raise
    forget_old(plan)
    return kept


def perform(job: TaskJob) -> CachedResponse | None:
    """Let a function of the host do its work, and keep what it gives as the answer.

    Raises what it raises, and what speaks against going on: an answer counts only
    while the run is ours.
    """
    began = time.monotonic()
    body = call_host(job)
    look_around(job.run, job.lease)
    if body is None:
        return None
    try:
        kept = _keep(job.run, status=200, body=body, began=began)
    except DatabaseError as error:
        if transactions.is_down(error):
            raise
        raise not_kept(error) from error
    forget_old(job.run.plan)
    return kept


def ask_endpoint(client: Client, run: SyncRun) -> CachedResponse:
    """GET the plan's path and keep what came, refusals included."""
    call = gateway.Call(path=run.plan.path)
    reply = gateway.ask(run.org, call, by=NOBODY, purpose="plan", through=client)
    kept = CachedResponse.objects.create(
        plan=run.plan,
        run=run,
        asked=call.path,
        status=reply.status,
        content_type=reply.content_type[:120],
        body=readable(reply),
        byte_count=reply.byte_count,
        duration_ms=reply.duration_ms,
        request_id=reply.request_id[:80],
        fetched_at=timezone.now(),
    )
    if reply.refusal is not None:
        raise reply.refusal
    return kept


def readable(reply: gateway.Reply) -> Any:
    """Return the body as JSON that a database keeps, or as text when it is none."""
    if reply.is_json:
        return clean_value(reply.body) if reply.has_escapes else reply.body
    return clean_text(str(reply.body))


def ask_soql(client: Client, run: SyncRun) -> CachedResponse:
    """Run the plan's query to its end and keep its rows as one answer."""
    began = time.monotonic()
    rows: list[dict[str, Any]] = []
    total = 0
    try:
        pages = gateway.rows(
            run.org, run.plan.soql, by=NOBODY, purpose="plan", through=client
        )
        for page in pages:
            rows += page.rows
            total = page.total
    except SalesforceError as error:
        if error.status:  # it came from Salesforce: the refusal is the answer
            _keep(run, status=error.status, body=_as_body(error), began=began)
        raise
    return _keep(
        run,
        status=200,
        body={"totalSize": total, "done": True, "records": rows},
        began=began,
    )


def _as_body(error: SFConnectorError) -> list[dict[str, str]]:
    return [{"errorCode": error.code, "message": error.message}]


def _keep(run: SyncRun, *, status: int, body: Any, began: float) -> CachedResponse:
    clean = clean_value(body)
    return CachedResponse.objects.create(
        plan=run.plan,
        run=run,
        asked=run.plan.soql or run.plan.task,
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
    return CachedResponse.objects.filter(pk__in=old).unheld().delete()[0] if old else 0
