from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from sfconnector.exceptions import Corrupt
from sfconnector.records import Row
from sfconnector.sync.readers.csv_rows import Rows
from sfconnector.sync.shape import Shape

KINDS = {
    "Id": "id",
    "IsDeleted": "boolean",
    "Name": "string",
    "Notes__c": "textarea",
    "Price__c": "currency",
    "When__c": "datetime",
    "SystemModstamp": "datetime",
}
TEXTS = {
    "": None,
    "plain": "plain",
    'say "NA"': 'say "NA"',
    ':""': ':""',
    "back\\slash": "back\\slash",
    "two\nlines": "two\nlines",
    "tab\tand bell\x07": "tab\tand bell\x07",
    "São Paulo, 100 %s {x}": "São Paulo, 100 %s {x}",
    "line\u2028separator": "line\u2028separator",
}
NUMBERS = {"": None, "1": 1, "-0.50": -0.5, "1E5": 1e5, "007": 7, ".5": 0.5}
FLAGS = {"true": True, "false": False, "TRUE": True}
MOMENT = "2026-05-01T07:25:37.000"
MOMENTS = {"": None, f"{MOMENT}Z": f"{MOMENT}+0000", f"{MOMENT}+0000": f"{MOMENT}+0000"}


@pytest.fixture
def read() -> Callable[[list[list[str]]], list[Row]]:
    shape = Shape(
        sobject="Thing__c",
        fields=tuple(KINDS),
        types=tuple(KINDS.items()),
        cursor_field="SystemModstamp",
    )
    read = Rows(shape, shape.fields, version="66.0")
    return lambda lines: read(columns_of(lines))


def columns_of(lines: list[list[str]]) -> list[list[bytes]]:
    return [[cell.encode() for cell in column] for column in zip(*lines, strict=True)]


def line(number: int, *, name="", price="", flag="false", when="") -> list[str]:
    key = f"a00{number:012d}AAA"
    return [key, flag, name, name[::-1], price, when, f"{MOMENT}Z"]


def test_every_cell_comes_out_as_what_it_is_whatever_its_neighbours_are(read):
    chosen = random.Random(7)
    cells = [
        {
            "name": chosen.choice([*TEXTS]),
            "price": chosen.choice([*NUMBERS]),
            "flag": chosen.choice([*FLAGS]),
            "when": chosen.choice([*MOMENTS]),
        }
        for _ in range(200)
    ]
    lines = [line(number, **cell) for number, cell in enumerate(cells)]
    together = read(lines)
    assert together == [row for one in lines for row in read([one])]
    for row, cell in zip(together, cells, strict=True):
        value = json.loads(row.data)
        assert [*value] == ["attributes", *KINDS]
        assert value["Name"] == TEXTS[cell["name"]]
        assert value["Price__c"] == NUMBERS[cell["price"]]
        assert value["IsDeleted"] == FLAGS[cell["flag"]]
        assert value["When__c"] == MOMENTS[cell["when"]]
        assert value["attributes"]["url"].endswith(f"/Thing__c/{row.record_id}")
        assert row.stamp == f"{MOMENT}+0000"
        assert row.state == (cell["flag"].lower() == "true")


@pytest.mark.parametrize(
    "bad",
    [
        {"flag": ""},
        {"price": "1\n2"},
        {"price": "NaN"},
        {"price": "1,2"},
        {"flag": "maybe"},
    ],
)
def test_one_bad_cell_among_good_ones_is_told(read, bad):
    lines = [line(number) for number in range(5)]
    lines[3] = line(3, **bad)
    with pytest.raises(Corrupt):
        read(lines)


def test_a_row_without_an_id_or_with_a_wrong_stamp_is_told(read):
    without, wrong = line(1), line(2)
    without[0], wrong[-1] = "", "yesterday"
    for one in (without, wrong):
        with pytest.raises(Corrupt):
            read([line(0), one])
