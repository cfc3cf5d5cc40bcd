"""What is sent back: descriptions, results of rows, and rows of queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from salesforce_simulator.bulk.dialect import Dialect, quoted
from salesforce_simulator.bulk.writing import Written, told
from salesforce_simulator.soql import Table
from salesforce_simulator.store import StoreError

SPACE: Final = "http://www.force.com/2009/06/asyncapi/dataload"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_INSTANCE: Final = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
TYPES: Final = {
    "CSV": "text/csv;charset=UTF-8",
    "JSON": "application/json;charset=UTF-8",
    "XML": "application/xml;charset=UTF-8",
}
_TITLES: Final = ("Id", "Success", "Created", "Error")


def document(name: str, value: Any, *, is_json: bool) -> bytes:
    """A description: a JSON value, or an XML document of this name.

    A list becomes repeated elements called as its single key says.
    """
    if is_json:
        if isinstance(value, dict) and name == "result-list":
            value = value["result"]
        return json.dumps(value).encode()
    inner = "".join(_element(key, one) for key, one in value.items())
    return f'{_HEAD}<{name} xmlns="{SPACE}">{inner}</{name}>'.encode()


def _element(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        inner = "".join(_element(key, one) for key, one in value.items())
        return f"<{name}>{inner}</{name}>"
    return f"<{name}>{_text(value)}</{name}>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))


def outcomes(written: list[Written], kind: str) -> bytes:
    """What became of the rows of a batch, in their order."""
    if kind == "CSV":
        return _outcomes_csv(written).encode("utf-8", "surrogatepass")
    listed = [_outcome(*one) for one in written]
    if kind == "JSON":
        return json.dumps(listed).encode()
    shown = [{**one, "errors": one["errors"] or None} for one in listed]
    inner = "".join(_element("result", one) for one in shown)
    return f'{_HEAD}<results xmlns="{SPACE}">{inner}</results>'.encode()


def _outcomes_csv(written: list[Written]) -> str:
    lines = [",".join(quoted(title) for title in _TITLES)]
    for record_id, created, error in written:
        cells = (
            record_id,
            "true" if error is None else "false",
            "true" if created else "false",
            "" if error is None else told(error),
        )
        lines.append(",".join(quoted(cell) for cell in cells))
    return "\n".join(lines) + "\n"


def _outcome(record_id: str, created: bool, error: StoreError | None) -> Any:  # noqa: FBT001 - the parts of `Written`
    errors = []
    if error is not None:
        errors.append(
            {
                "message": error.message,
                "fields": error.fields,
                "statusCode": error.code,
                "extendedErrorDetails": None,
            }
        )
    return {
        "success": error is None,
        "created": created,
        "id": record_id or None,
        "errors": errors,
    }


def rows(table: Table, kind: str, *, sobject: str, base: str) -> Iterator[bytes]:
    """The rows of a query; ``base`` is ``/services/data/v66.0``."""
    titles = [".".join(column.names) for column in table.columns]
    kinds = [column.type for column in table.columns]
    if kind == "CSV":
        dialect = Dialect()
        header = dialect.line(quoted(title) for title in titles)
        return dialect.write(header, table.rows(0, table.total), kinds)
    read = table.rows(0, table.total)
    if kind == "JSON":
        return _rows_json(read, titles, kinds, sobject=sobject, base=base)
    return _rows_xml(read, titles, sobject)


def _rows_json(
    read: Iterable[tuple[Any, ...]],
    titles: list[str],
    kinds: list[str],
    *,
    sobject: str,
    base: str,
) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(read):
        record: dict[str, Any] = {"attributes": {"type": sobject}}
        for title, kind, value in zip(titles, kinds, row, strict=True):
            _put(record, title.split("."), _json_value(kind, value))
        if "Id" in record:
            url = f"{base}/sobjects/{sobject}/{record['Id']}"
            record["attributes"]["url"] = url
        text = json.dumps(record, ensure_ascii=False)
        yield (", " * bool(number) + text).encode("utf-8", "surrogatepass")
    yield b"]"


def _put(record: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        record = record.setdefault(name, {})
    record[path[-1]] = value


def _json_value(kind: str, value: Any) -> Any:
    """Moments are milliseconds since 1970 in the JSON of this API."""
    if value is None or kind not in {"datetime", "date"}:
        return value
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def _rows_xml(
    read: Iterable[tuple[Any, ...]], titles: list[str], sobject: str
) -> Iterator[bytes]:
    yield f'{_HEAD}<queryResult xmlns="{SPACE}" {_INSTANCE}>'.encode()
    for row in read:
        record: dict[str, Any] = {}
        for title, value in zip(titles, row, strict=True):
            _put(record, title.split("."), value)
        inner = "".join(_cell(name, value) for name, value in record.items())
        text = f'<records xsi:type="sObject"><type>{sobject}</type>{inner}</records>'
        yield text.encode("utf-8", "surrogatepass")
    yield b"</queryResult>"


def _cell(name: str, value: Any) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, dict):
        inner = "".join(_cell(key, one) for key, one in value.items())
        return f'<{name} xsi:type="sObject">{inner}</{name}>'
    return f"<{name}>{_text(value)}</{name}>"
