"""What clients send: job descriptions, and records in CSV, JSON or XML."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element

from salesforce_simulator.batches.errors import AsyncError
from salesforce_simulator.bulk.dialect import Dialect
from salesforce_simulator.bulk.writing import NULL
from salesforce_simulator.wire.documents import local, read_xml
from salesforce_simulator.wire.messages import BodyError

MAX_BYTES: Final = 10_000_000
MAX_RECORDS: Final = 10_000
MEDIA: Final = {
    "CSV": ("text/csv",),
    "JSON": ("application/json",),
    "XML": ("application/xml", "text/xml"),
}
"""The content types of a job, with the media types that its batches may have."""
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
Cells = tuple[list[str], list[str]]
"""The column titles of one record, and its values as CSV would have them."""


def read_description(body: bytes, *, is_json: bool) -> dict[str, Any]:
    """What a job, or a change of its state, is described by. Raises `AsyncError`."""
    if is_json:
        found = _json(body)
        if not isinstance(found, dict):
            raise AsyncError("InvalidJob", "The job must be a JSON object.")
        return found
    root = _xml(body)
    if local(root) != "jobInfo":
        raise AsyncError("InvalidJob", f"Expected jobInfo, found {local(root)}")
    return {local(child): (child.text or "").strip() for child in root}


def check_media(kind: str, media: str) -> None:
    """Refuse a batch of another content type than its job's."""
    given = media.partition(";")[0].strip().lower()
    if given not in MEDIA[kind]:
        raise AsyncError(
            "InvalidBatch",
            f"The job's content type is {kind}: send {MEDIA[kind][0]}, not {given}",
        )


def read_records(kind: str, body: bytes) -> list[Cells]:
    """The records of a batch. Raises `AsyncError` for what cannot be read."""
    if len(body) > MAX_BYTES:
        message = f"Failed to read request. Exceeded max size limit of {MAX_BYTES}"
        raise AsyncError("ClientInputError", message)
    records = list({"CSV": _of_csv, "JSON": _of_json, "XML": _of_xml}[kind](body))
    if not records:
        raise AsyncError("ClientInputError", "The batch holds no records")
    if len(records) > MAX_RECORDS:
        message = f"A batch may hold {MAX_RECORDS} records, not {len(records)}"
        raise AsyncError("ClientInputError", message)
    return records


def _of_csv(body: bytes) -> Iterator[Cells]:
    text = body.decode("utf-8-sig", "replace")
    try:
        rows = Dialect().read(text)
        header = next(rows, [])
        for cells in rows:
            yield header, cells
    except csv.Error as error:
        raise AsyncError("ClientInputError", f"Failed to parse CSV: {error}") from None


def _of_json(body: bytes) -> Iterator[Cells]:
    found = _json(body)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise AsyncError("ClientInputError", "A batch is a JSON array of objects")
    for record in found:
        yield _columns(_members(record))


def _members(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, dict):
            yield from _members(value, f"{prefix}{name}.")
        else:
            yield prefix + name, _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return NULL
    return value if isinstance(value, str) else json.dumps(value)


def _of_xml(body: bytes) -> Iterator[Cells]:
    root = _xml(body)
    if local(root) != "sObjects":
        message = f"Expected sObjects, found {local(root)}"
        raise AsyncError("ClientInputError", message)
    for record in root:
        yield _columns(_elements(record))


def _elements(record: Element, prefix: str = "") -> Iterator[tuple[str, str]]:
    for child in record:
        name = prefix + local(child)
        if local(child) == "type":
            continue  # the object's name, which the job has told
        if child.get(_NIL, "").lower() in {"true", "1"}:
            yield name, NULL
        elif len(child):
            # A parent stands in an sObject of its own: <Owner><sObject>…
            inner = child[0] if local(child[0]) == "sObject" else child
            yield from _elements(inner, f"{name}.")
        else:
            yield name, child.text or ""


def _columns(pairs: Iterable[tuple[str, str]]) -> Cells:
    kept = list(pairs)
    return [name for name, _ in kept], [cell for _, cell in kept]


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        message = f"Failed to parse JSON: {error}"
        raise AsyncError("ClientInputError", message) from None


def _xml(body: bytes) -> Element:
    try:
        return read_xml(body)
    except BodyError as error:
        message = f"Failed to parse XML: {error}"
        raise AsyncError("ClientInputError", message) from None
