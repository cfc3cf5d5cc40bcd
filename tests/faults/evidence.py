"""What a pretend org really holds, asked by a plain HTTP client, beside the cache.

Nothing of the product's client takes part: a page that it lost shows here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from django.utils import timezone

from salesforce_simulator import SalesforceOrg
from sfconnector import exact_json
from sfconnector.models import Org, Record, SObject, SyncPlan, SyncRun
from tests.sync.conftest import run

KNOWN = (Record.State.LIVE, Record.State.DELETED)
VERSION = "66.0"
PAGES = re.compile(r"/services/data/v[\d.]+/(queryAll|query/.+)")


@contextmanager
def plain_client(simulated: Any) -> Iterator[requests.Session]:
    """Give an HTTP session that is logged in to a pretend org."""
    with requests.Session() as http:
        form = {
            "grant_type": "client_credentials",
            "client_id": simulated.consumer_key,
            "client_secret": simulated.consumer_secret,
        }
        token = http.post(f"{simulated.base_url}/services/oauth2/token", data=form)
        http.headers["Authorization"] = f"Bearer {token.json()['access_token']}"
        yield http


def held(
    simulated: SalesforceOrg, sobject: str, fields: list[str]
) -> dict[str, dict[str, Any]]:
    """Return every record that the org would send, deleted ones too, by id.

    Without NUL characters: no database stores them.
    """
    simulated.faults.clear()
    hooks, simulated.before_send[:] = list(simulated.before_send), []
    found: dict[str, dict[str, Any]] = {}
    with plain_client(simulated) as http:
        path: str | None = f"/services/data/v{VERSION}/queryAll"
        names = ["Id", *(name for name in fields if name != "Id")]
        query = {"q": f"SELECT {', '.join(names)} FROM {sobject}"}
        while path:
            answer = http.get(simulated.base_url + path, params=query)
            assert answer.status_code == 200, answer.text
            page = json.loads(answer.text.replace("\\u0000", ""))
            found |= {row["Id"]: row for row in page["records"]}
            path, query = page.get("nextRecordsUrl"), {}
        assert len(found) == page["totalSize"]
    simulated.before_send[:] = hooks
    return found


def assert_whole(org: Org, simulated: SalesforceOrg, sobject: str = "Account") -> None:
    """Fail unless the cache holds exactly the org's records, field by field."""
    plan = SyncPlan.objects.get(org=org, sobject=sobject)
    assert plan.fields_read, "no full pass was ever concluded"
    expected = held(simulated, sobject, plan.fields_read)
    rows = Record.objects.of(org, sobject).filter(state__in=KNOWN)
    cached = {row.record_id: row.data for row in rows}
    assert sorted(cached) == sorted(expected)
    wrong = [key for key, data in cached.items() if not same(data, expected[key])]
    assert not wrong, (cached[wrong[0]], expected[wrong[0]])
    dead = set(
        rows.exclude(state=Record.State.LIVE).values_list("record_id", flat=True)
    )
    assert dead == {key for key, row in expected.items() if row.get("IsDeleted")}
    counters = SObject.objects.get(org=org, name=sobject)
    assert counters.live_count == len(expected) - len(dead)
    assert counters.total_count == Record.objects.of(org, sobject).count()


def same(cached: dict[str, Any], sent: dict[str, Any]) -> bool:
    """Tell whether two records hold the same values, by whichever API they came."""
    return bare(cached) == bare(exact_json.loads(json.dumps(sent)))


def bare(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without ``attributes``: Bulk tells none of parents."""
    return {
        name: bare(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if name != "attributes"
    }


def run_now(plan: SyncPlan) -> SyncRun:
    """Work on a plan's resting run as if its time had come."""
    SyncRun.objects.filter(plan=plan).update(parked_until=timezone.now())
    Org.objects.update(resting_until=None)
    return run(plan)


def queries(simulated: SalesforceOrg, *, since: int = 0) -> list[str]:
    """Return the paths of the record pages asked for, after so many requests."""
    return [
        one.path
        for one in list(simulated.requests)[since:]
        if PAGES.fullmatch(one.path)
    ]


def asked(simulated: SalesforceOrg, *, since: int = 0) -> list[str]:
    """Return the SOQL of the queries received, after so many requests."""
    return [
        one.query["q"] for one in list(simulated.requests)[since:] if "q" in one.query
    ]
