"""What is cut at one look: pages as orgs send them, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sfconnector.sync.readers.quick import quick_splitter
from sfconnector.sync.readers.splitting import Cutter
from sfconnector.sync.shape import Field, Shape, make_shape

pytest.importorskip("msgspec")

FIELDS = {
    "IsDeleted": "boolean",
    "SystemModstamp": "datetime",
    "Name": "string",
    "Amount": "currency",
    "Place": "address",
}
SHAPE = make_shape(
    "Account", [Field("Id", "id"), *(Field(n, kind) for n, kind in FIELDS.items())]
)
START = "/services/data/v66.0/sobjects/Account/"


def record(number: int, **values: Any) -> dict[str, Any]:
    key = f"0010000000{number:05d}AAA"
    found: dict[str, Any] = {
        "attributes": {"type": "Account", "url": START + key},
        "Id": key,
        "IsDeleted": False,
        "SystemModstamp": "2026-05-01T07:25:37.000+0000",
        "Name": f"Łódź {number}",
        "Amount": 12.5,
        "Place": {"city": "Praha", "street": None},
    }
    order = ("attributes", *SHAPE.fields)
    return {name: found[name] for name in order} | values


def page(*records: dict[str, Any]) -> bytes:
    head = {"totalSize": len(records), "done": True, "records": records}
    return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode()


GOOD = page(record(1), record(2, Name=None, Place=None), record(3, Amount=None))


def quickly(body: bytes, shape: Shape = SHAPE) -> Any:
    split = quick_splitter(shape)
    assert split
    return split(body)


def test_records_are_the_bytes_between_those_of_the_page():
    pieces = quickly(GOOD)
    assert b",".join(pieces.raws) == GOOD[GOOD.index(b"[") + 1 : -2]
    assert pieces.keys == [json.loads(raw)["Id"] for raw in pieces.raws]
    assert (pieces.flags, pieces.odd) == ([False] * 3, set())


TEXT = 'x"},{"attributes":{"type":"Account","url":"' + START + '0","Id":"'


@pytest.mark.parametrize(
    "body",
    [
        page(record(1, Name=TEXT), record(2)),
        page(record(1), record(2, Name="]}")),
        page(record(1, Name="back\\slash"), record(2, Name="two\nlines")),
    ],
    ids=["a text like a beginning", "a text like the end", "escapes"],
)
def test_no_text_is_taken_for_what_stands_between_records(body):
    raws = quickly(body).raws
    assert list(map(json.loads, raws)) == json.loads(body)["records"]


def with_(old: str, new: str) -> Callable[[], bytes]:
    return lambda: GOOD.replace(old.encode(), new.encode())


ODD = {
    "an empty text": lambda: page(record(1), record(2, Name="")),
    "an empty text within": lambda: page(record(1, Place={"city": ""})),
    "an empty text for a number": lambda: page(record(1), record(2, Amount="")),
    "bytes that are no characters": lambda: GOOD.replace("Ł".encode(), b"\xff"),
    "the same within": lambda: GOOD.replace(b"Praha", b"Pra\xff"),
    "the same for a number": lambda: GOOD.replace(b"12.5", b'"\xff"'),
    "the same in attributes": lambda: GOOD.replace(b'002AAA"}', b'002\xffAAA"}'),
    "half of a pair": lambda: GOOD.replace("Ł".encode(), rb"\ud83d"),
    "a field is absent": lambda: GOOD.replace(b',"Name":null', b""),
    "a field too many": lambda: page(record(1), record(2, Other=1)),
    "another kind of value": lambda: page(record(1), record(2, Name=5)),
    "a name in another case": with_('"Name":null', '"NAME":null'),
    "other attributes": with_("Account/001000000000002", "Contact/001000000000002"),
    "no attributes": lambda: page({**record(1), "attributes": None}),
    "spaces": lambda: json.dumps(json.loads(GOOD)).encode(),
    "no records": page,
    "what follows is no JSON": lambda: GOOD[:-1] + b",}",
    "what stands before is no JSON": lambda: b"x" + GOOD,
    "a list too many": lambda: GOOD[:-1] + b',"records":[]}',
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_any_other_page_is_refused(odd):
    with pytest.raises(ValueError, match=r"."):
        quickly(odd())


@pytest.mark.parametrize("end", range(1, 60))
def test_a_page_that_was_cut_is_refused(end):
    with pytest.raises(ValueError, match=r"."):
        quickly(GOOD[:-end])


def test_after_an_odd_page_all_are_looked_through():
    cut, fresh = Cutter(SHAPE, version="66.0"), Cutter(SHAPE, version="66.0")
    odd = page(record(1), record(2, Name=""))
    assert json.loads(cut(odd).rows[1].data)["Name"] is None
    assert cut(GOOD).rows == fresh(GOOD).rows
