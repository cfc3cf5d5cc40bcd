"""Ways to spoil an answer with records: of REST, of Bulk, of either."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from salesforce_simulator.wire.messages import Delivery

Change = Callable[[dict[str, Any]], Any]
Lines = Callable[[list[str]], list[str]]
HTML = b"<html><body>Under maintenance</body></html>"
REFUSAL = b'[{"errorCode":"UNKNOWN_EXCEPTION","message":"An unexpected error."}]'


def answered(body: bytes, *, kind: str = "", status: int = 200, **more: Any) -> Any:
    """Answer otherwise altogether."""

    def spoil(_request: Any, response: Any) -> None:
        response.body, response.status = body, status
        response.headers.update(more)
        if kind:
            response.headers["Content-Type"] = kind

    return spoil


def delivered(**how: Any) -> Any:
    """Break the delivery."""

    def spoil(_request: Any, response: Any) -> None:
        how_much = {"cut": len(response.body) // 2} | how
        response.delivery = Delivery(**how_much)

    return spoil


def body(change: Callable[[bytes], bytes], **headers: str) -> Any:
    """Change the bytes."""

    def spoil(_request: Any, response: Any) -> None:
        response.body = change(response.body)
        response.headers.update(headers)

    return spoil


def page(change: Change) -> Any:
    """Change the JSON of a page."""

    def spoil(_request: Any, response: Any) -> None:
        value = json.loads(response.body)
        changed = change(value)
        response.body = json.dumps(value if changed is None else changed).encode()

    return spoil


def each(change: Callable[[dict[str, Any], int], Any]) -> Any:
    """Change the records of a page."""

    def spoil(value: dict[str, Any]) -> None:
        rows = value["records"]
        value["records"] = [
            row if (changed := change(row, number)) is None else changed
            for number, row in enumerate(rows)
        ]

    return page(spoil)


def every_second(**values: Any) -> Any:
    """Set values of every second record."""

    def change(row: dict[str, Any], number: int) -> None:
        if number % 2:
            row.update(values)

    return each(change)


def without(*names: str, step: int = 2) -> Any:
    """Leave fields out."""

    def change(row: dict[str, Any], number: int) -> None:
        if number % step == step - 1:
            for name in names:
                del row[name]

    return each(change)


def rows(change: Callable[[list[Any]], list[Any]]) -> Any:
    """Change which records a page has."""
    return page(lambda value: {**value, "records": change(value["records"])})


def lines(change: Lines) -> Any:
    """Change the lines of a CSV; the header is the first."""
    return body(
        lambda raw: "\n".join([*change(raw.decode().splitlines()), ""]).encode()
    )


def cells(name: str, value: str) -> Any:
    """Set a cell of every second row."""

    def change(all_lines: list[str]) -> list[str]:
        place = all_lines[0].split(",").index(f'"{name}"')
        table = [line.split(",") for line in all_lines]
        for row in table[2::2]:
            row[place] = value
        return [",".join(row) for row in table]

    return lines(change)


def _own_address(request: Any, response: Any) -> None:
    value = json.loads(response.body)
    value |= {"done": False, "nextRecordsUrl": request.path}
    response.body = json.dumps(value).encode()


def _latin(raw: bytes) -> bytes:
    return raw.replace("ü".encode(), b"\xfc")


EITHER = {
    "a web page": answered(HTML, kind="text/html"),
    "a web page as what was asked for": answered(HTML),
    "a refusal with 200": answered(REFUSAL, kind="application/json"),
    "nothing": answered(b""),
    "204": answered(b"", status=204),
    "206": answered(b"", status=206),
    "304": answered(b"", status=304),
    "302": answered(b"", status=302, Location="https://login.salesforce.com/"),
    "503": answered(b"", status=503),
    "a word": answered(b"OK"),
    "zeros": answered(bytes(4_000)),
    "cut": delivered(),
    "cut without a length": delivered(keep_length=False),
    "reset": delivered(cut=None, reset=True),
    "cut gzip": body(
        lambda raw: gzip.compress(raw)[:-20], **{"Content-Encoding": "gzip"}
    ),
    "gzip that is none": body(bytes, **{"Content-Encoding": "gzip"}),
    "UTF-16": body(lambda raw: raw.decode().encode("utf-16")),
    "Latin-1": body(_latin),
    "a tail": body(lambda raw: raw + b'{"more":1}'),
    "twice": body(lambda raw: raw + raw),
    "half of it": body(lambda raw: raw[: len(raw) // 2]),
}
REST = {
    "a row less": rows(lambda all_: all_[1:]),
    "the last row less": rows(lambda all_: all_[:-1]),
    "no rows": rows(lambda _: []),
    "a row in another's place": rows(lambda all_: [*all_[:-1], all_[0]]),
    "a row twice": rows(lambda all_: [*all_, all_[-1]]),
    "a number among the rows": rows(lambda all_: [*all_[:-1], 17]),
    "a list among the rows": rows(lambda all_: [*all_[:-1], []]),
    "null among the rows": rows(lambda all_: [*all_[:-1], None]),
    "rows that are an object": page(lambda value: {**value, "records": {}}),
    "no list of rows": page(lambda value: value.pop("records") and None),
    "every second without Name": without("Name"),
    "all without Name": without("Name", step=1),
    "without Id": without("Id"),
    "without IsDeleted": without("IsDeleted"),
    "without SystemModstamp": without("SystemModstamp"),
    "an empty id": every_second(Id=""),
    "an id of null": every_second(Id=None),
    "an id of zeros": every_second(Id="000000000000000AAA"),
    "a short id": every_second(Id="00100000000000"),
    "an id of another kind": every_second(Id=17),
    "a deletion unsaid": every_second(IsDeleted=None),
    "a deletion in words": every_second(IsDeleted="false"),
    "a stamp in words": every_second(SystemModstamp="yesterday"),
    "a stamp as a number": every_second(SystemModstamp=1_700_000_000),
    "more announced": page(lambda value: {**value, "totalSize": 999}),
    "fewer announced": page(lambda value: {**value, "totalSize": 1}),
    "a total in words": page(lambda value: {**value, "totalSize": "many"}),
    "no total": page(lambda value: value.pop("totalSize") and None),
    "an end in words": page(lambda value: {**value, "done": "no"}),
    "no end said": page(lambda value: value.pop("done", None) and None),
    "an end that goes on": page(lambda value: {**value, "done": not value["done"]}),
    "its own address": _own_address,
    "a foreign address": page(
        lambda value: {
            **value,
            "done": False,
            "nextRecordsUrl": "https://evil.example/x",
        }
    ),
    "a list": page(lambda value: [value]),
    "within another": page(lambda value: {"result": value}),
    "NaN": body(lambda raw: raw.replace(b'"Name":', b'"Name":NaN,"N":')),
}
BULK = {
    "a row less": lines(lambda all_: [all_[0], *all_[2:]]),
    "the last row less": lines(lambda all_: all_[:-1]),
    "no rows": lines(lambda all_: all_[:1]),
    "a row in another's place": lines(lambda all_: [*all_[:-1], all_[1]]),
    "a row twice": lines(lambda all_: [*all_, all_[-1]]),
    "no header": lines(lambda all_: all_[1:]),
    "two headers": lines(lambda all_: [all_[0], *all_]),
    "a column less in the header": lines(
        lambda all_: [all_[0].rpartition(",")[0], *all_[1:]]
    ),
    "a column more in the header": lines(lambda all_: [f'{all_[0]},"X"', *all_[1:]]),
    "a column less": lines(lambda all_: [one.rpartition(",")[0] for one in all_]),
    "a column more": lines(lambda all_: [f'{one},"x"' for one in all_]),
    "a column twice": lines(
        lambda all_: [f"{one},{one.split(',')[0]}" for one in all_]
    ),
    "another name": body(lambda raw: raw.replace(b'"Name"', b'"Title"', 1)),
    "a short row": lines(lambda all_: [*all_[:-1], all_[-1].rpartition(",")[0]]),
    "a long row": lines(lambda all_: [*all_[:-1], all_[-1] + ',"x"']),
    "an open quote": lines(lambda all_: [*all_[:-1], all_[-1][:-1]]),
    "semicolons": body(lambda raw: raw.replace(b'","', b'";"')),
    "an empty id": cells("Id", '""'),
    "an id of zeros": cells("Id", '"000000000000000AAA"'),
    "a short id": cells("Id", '"00100000000000"'),
    "a deletion unsaid": cells("IsDeleted", '""'),
    "a deletion in words": cells("IsDeleted", '"maybe"'),
    "a stamp in words": cells("SystemModstamp", '"yesterday"'),
    "a number in words": cells("AnnualRevenue", '"N/A"'),
    "no records, it says": answered(b"Records not found for this query"),
    "more announced": body(bytes, **{"Sforce-NumberOfRecords": "999"}),
    "fewer announced": body(bytes, **{"Sforce-NumberOfRecords": "1"}),
    "a way on": body(bytes, **{"Sforce-Locator": "bm93aGVyZQ"}),
}
