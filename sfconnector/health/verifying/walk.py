"""Every kind of call that we make, once, reading only."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from sfconnector.health.verifying import expecting
from sfconnector.salesforce import soql
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.client import Client

OBJECT = "User"
"""Every org has it, and may read it."""
LARGE = (OBJECT, "Account", "Contact", "Lead", "Opportunity", "Case", "Task", "Event")
"""Objects of which one may have more rows than the smallest page."""
BULK_SECONDS = 120
LOOK_SECONDS = 1.0
SMALLEST_PAGE = {"Sforce-Query-Options": "batchSize=200"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One answer, and which sentences about it do not hold."""

    name: str
    answer: Answer
    otherwise: tuple[str, ...]


def walk(client: Client) -> Iterator[Look]:
    """Make the calls one after the other; about twenty API calls, no write.

    A Bulk query is a job, which the org keeps for a week: it is deleted at the end.
    """
    get = _getter(client)
    who = get("/services/oauth2/userinfo", bare=True)
    yield _look("who is connected", who, expecting.IDENTITY)
    yield _look("versions", get("/services/data", bare=True), expecting.VERSIONS)
    yield _look("resources", get(""), {"It is an object.": expecting.is_object})
    yield from _described("describe global", "sobjects", get, expecting.GLOBAL)
    yield from _described(
        "describe", f"sobjects/{OBJECT}/describe", get, expecting.DESCRIBE
    )
    info = get(f"sobjects/{OBJECT}")
    yield _look("an object", info, expecting.INFO)
    yield _look("limits", get("limits"), expecting.LIMITS)
    counts = get("limits/recordCount", params={"sObjects": OBJECT})
    yield _look("record counts", counts, expecting.COUNTS)
    yield from _queries(get)
    yield from _changes(client, get)
    yield _look("composite", _composite(client), expecting.COMPOSITE)
    refused = get(
        "query", params={"q": soql.compose(select=["Nothing__c"], from_=OBJECT)}
    )
    yield _look("refusal", refused, expecting.REFUSAL)
    yield from _bulk(client)


def _getter(client: Client) -> Callable[..., Answer]:
    def get(path: str, *, bare: bool = False, **more: Any) -> Answer:
        whole = path if bare else client.data_path(path)
        return client.request("GET", whole, check=False, **more)

    return get


def _look(name: str, answer: Answer, expected: dict[str, Any]) -> Look:
    wrong = [text for text, holds in expected.items() if not _holds(holds, answer)]
    return Look(name=name, answer=answer, otherwise=tuple(wrong))


def _holds(holds: Callable[[Answer], bool], answer: Answer) -> bool:
    try:
        return holds(answer)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return False
    except Exception:  # noqa: BLE001 - an answer of any form is a finding, no crash
        return False


def _described(
    name: str, path: str, get: Callable[..., Answer], expected: dict[str, Any]
) -> Iterator[Look]:
    first = get(path)
    yield _look(name, first, expected)
    since = first.headers.get("last-modified", "")
    if since:
        again = get(path, headers={"If-Modified-Since": since})
        yield _look(f"{name}, unchanged", again, {"304 comes back.": expecting.is_304})


def _queries(get: Callable[..., Answer]) -> Iterator[Look]:
    fields = ["Id", "SystemModstamp"]
    few = soql.compose(select=fields, from_=OBJECT, order_by=["Id"], limit=5)
    some = {"q": few}
    found = get("query", params=some)
    yield _look("query", found, expecting.QUERY)
    yield _look("query all", get("queryAll", params=some), expecting.QUERY)
    for identity in expecting.ids_in(found)[:1]:
        one = get(f"sobjects/{OBJECT}/{identity}", params={"fields": "Id"})
        yield _look("a record", one, expecting.RECORD)
    many = {"q": soql.compose(select=["Id"], from_=_largest(get), order_by=["Id"])}
    page = get("query", params=many, headers=SMALLEST_PAGE)
    yield _look("a small page", page, expecting.QUERY)
    following = (
        expecting.body_of(page).get("nextRecordsUrl") if page.error is None else None
    )
    if following:
        yield _look("the next page", get(following, bare=True), expecting.QUERY)


def _largest(get: Callable[..., Answer]) -> str:
    """Return the usual object with the most rows: few orgs have 200 users."""
    counts = get("limits/recordCount", params={"sObjects": ",".join(LARGE)})
    rows = expecting.counts_in(counts)
    return max(rows, key=lambda name: rows[name], default=OBJECT)


def _changes(client: Client, get: Callable[..., Answer]) -> Iterator[Look]:
    now = client.server_now()
    window = {
        "start": (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for kind, expected in (
        ("updated", expecting.UPDATED),
        ("deleted", expecting.DELETED),
    ):
        yield _look(kind, get(f"sobjects/{OBJECT}/{kind}/", params=window), expected)


def _composite(client: Client) -> Answer:
    parts = [
        {"method": "GET", "url": client.data_path("limits"), "referenceId": "limits"},
        {"method": "GET", "url": client.data_path("nothing"), "referenceId": "nothing"},
    ]
    body = {"allOrNone": False, "compositeRequest": parts}
    path = client.data_path("composite")
    return client.request("POST", path, json=body, check=False)


def _bulk(client: Client) -> Iterator[Look]:
    path = client.data_path("jobs/query")
    few = soql.compose(select=["Id"], from_=OBJECT, limit=5)
    wanted = {"operation": "query", "query": few}
    made = client.request("POST", path, json=wanted, check=False)
    yield _look("bulk job", made, expecting.JOB)
    if made.error is not None:
        return
    job = f"{path}/{expecting.body_of(made)['id']}"
    ended = _ended(client, job)
    yield _look("bulk job, ended", ended, expecting.JOB_ENDED)
    yield from _results(client, f"{job}/results")
    pages = client.request("GET", f"{job}/resultPages", check=False)
    yield _look("bulk result pages", pages, expecting.PAGES)
    gone = client.request("DELETE", job, check=False)
    yield _look("bulk job, deleted", gone, {"204 comes back.": expecting.is_204})


def _results(client: Client, path: str) -> Iterator[Look]:
    asked = {"maxRecords": "2"}
    first = client.request("GET", path, params=asked, check=False)
    yield _look("bulk results", first, expecting.RESULTS)
    locator = first.headers.get("sforce-locator", "null")
    if locator != "null":
        more = client.request(
            "GET", path, params={**asked, "locator": locator}, check=False
        )
        yield _look("bulk results, more", more, expecting.RESULTS)


def _ended(client: Client, job: str) -> Answer:
    deadline = time.monotonic() + BULK_SECONDS
    while True:
        answer = client.request("GET", job, check=False)
        is_over = expecting.body_of(answer).get("state") in {
            "JobComplete",
            "Failed",
            "Aborted",
        }
        if is_over or answer.error is not None or time.monotonic() > deadline:
            return answer
        time.sleep(LOOK_SECONDS)
