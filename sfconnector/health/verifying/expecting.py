"""What we expect of the answer to each kind of call, as sentences that hold or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sfconnector.salesforce.answers import Answer


def body_of(answer: Answer) -> Any:
    """Return the JSON of an answer; an empty object when it has no body."""
    return answer.json(object) if answer.content else {}


def ids_in(answer: Answer) -> list[str]:
    """Return the ids of a query's rows; none where the answer is another."""
    try:
        return [str(row["Id"]) for row in body_of(answer)["records"]]
    except Exception:  # noqa: BLE001 - an answer of any form is a finding, no crash
        return []


def counts_in(answer: Answer) -> dict[str, int]:
    """Return the rows of each object that was counted, likewise."""
    try:
        counted = body_of(answer)["sObjects"]
        return {str(one["name"]): int(one["count"]) for one in counted}
    except Exception:  # noqa: BLE001 - likewise
        return {}


def is_object(answer: Answer) -> bool:
    """Tell whether an answer is a JSON object."""
    return isinstance(body_of(answer), dict)


def is_304(answer: Answer) -> bool:
    """Tell whether an answer has the status 304."""
    return answer.status == 304


def is_204(answer: Answer) -> bool:
    """Tell whether an answer has the status 204."""
    return answer.status == 204


def has(*path: str | int) -> Callable[[Answer], bool]:
    """Return what tells whether an answer holds a value at a path."""

    def holds(answer: Answer) -> bool:
        value = body_of(answer)
        for step in path:
            value = value[step]
        return True

    return holds


IDENTITY = {
    "It names user, org and username.": lambda answer: (
        {"user_id", "organization_id", "preferred_username"} <= body_of(answer).keys()
    )
}
INFO = {"objectDescribe has its name.": has("objectDescribe", "name")}
RECORD = {"It has its Id.": has("Id")}
VERSIONS = {
    "Each version has label, url and version.": lambda answer: all(
        {"label", "url", "version"} <= one.keys() for one in body_of(answer)
    ),
    "Versions come in rising order.": lambda answer: (
        (found := [float(one["version"]) for one in body_of(answer)]) == sorted(found)
    ),
}
GLOBAL = {
    "sobjects is a list of named objects.": has("sobjects", 0, "name"),
    "Each says whether it can be queried.": has("sobjects", 0, "queryable"),
    "Last-Modified is sent.": lambda answer: "last-modified" in answer.headers,
}
DESCRIBE = {
    "fields is a list of named fields with a type.": has("fields", 0, "type"),
    "Last-Modified is sent.": lambda answer: "last-modified" in answer.headers,
}
LIMITS = {
    "DailyApiRequests has Max.": has("DailyApiRequests", "Max"),
    "DailyApiRequests has Remaining.": has("DailyApiRequests", "Remaining"),
}
COUNTS = {
    "sObjects is a list with count.": has("sObjects", 0, "count"),
    "Each has its name.": has("sObjects", 0, "name"),
}
QUERY = {
    "totalSize is sent.": has("totalSize"),
    "done is sent.": has("done"),
    "Each record has attributes with its type.": has(
        "records", 0, "attributes", "type"
    ),
    "Sforce-Limit-Info says api-usage.": lambda answer: answer.limit is not None,
}
UPDATED = {
    "ids is a list.": lambda answer: isinstance(body_of(answer)["ids"], list),
    "latestDateCovered is sent.": has("latestDateCovered"),
}
DELETED = {
    "deletedRecords is a list.": lambda answer: isinstance(
        body_of(answer)["deletedRecords"], list
    ),
    "earliestDateAvailable is sent.": has("earliestDateAvailable"),
    "latestDateCovered is sent.": has("latestDateCovered"),
}
COMPOSITE = {
    "The first part is answered with 200.": lambda answer: (
        body_of(answer)["compositeResponse"][0]["httpStatusCode"] == 200
    ),
    "The second part is answered with 404.": lambda answer: (
        body_of(answer)["compositeResponse"][1]["httpStatusCode"] == 404
    ),
}
REFUSAL = {
    "400 comes back.": lambda answer: answer.status == 400,
    "It is a list with errorCode INVALID_FIELD.": lambda answer: (
        body_of(answer)[0]["errorCode"] == "INVALID_FIELD"
    ),
}
JOB = {
    "The job has an id and a state.": lambda answer: (
        {"id", "state"} <= body_of(answer).keys()
    )
}
JOB_ENDED = {
    "It ends as JobComplete.": lambda answer: body_of(answer)["state"] == "JobComplete",
    "It says how many records it read.": has("numberRecordsProcessed"),
}
RESULTS = {
    "It is text/csv.": lambda answer: answer.content_type == "text/csv",
    "Sforce-Locator is sent.": lambda answer: "sforce-locator" in answer.headers,
    "Sforce-NumberOfRecords is sent.": lambda answer: (
        "sforce-numberofrecords" in answer.headers
    ),
}
PAGES = {
    "resultPages is a list with resultUrl.": has("resultPages", 0, "resultUrl"),
    "done is sent.": has("done"),
}
