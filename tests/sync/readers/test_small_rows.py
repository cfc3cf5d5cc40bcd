"""What rows of three fields show: refusals, spaces, empty texts, numbers, odd characters."""

from __future__ import annotations

import json
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfconnector import exact_json
from sfconnector.exceptions import Corrupt
from sfconnector.sync.readers import wide
from sfconnector.sync.readers.csv_rows import Rows
from sfconnector.sync.readers.rest import Reader
from sfconnector.sync.readers.splitting import Cutter
from sfconnector.sync.shape import Field, make_shape
from tests.sync.readers.test_one_row import (
    VERSION,
    attributes,
    both,
    numbers,
    page,
    texts,
)

NARROW = make_shape(
    "Thing__c",
    [Field("Id", "id"), Field("IsDeleted", "boolean"), Field("Email", "string")],
)
GOOD = {"Id": "a00000000000001AAA", "IsDeleted": False, "Email": "a@example.com"}


def body(*records: dict[str, Any]) -> bytes:
    whole = [
        {"attributes": attributes("Thing__c", str(r.get("Id"))), **r} for r in records
    ]
    return json.dumps({"records": whole}, separators=(",", ":")).encode()


@pytest.mark.parametrize("dirty", ["A\x00B", "\ud83d!", "\udc00"])
def test_what_was_joined_of_several_queries_may_begin_with_any_text(dirty):
    record = {"Id": "a00000000000001AAA", "IsDeleted": False, "Email": dirty}
    raw = page(Random(1), [record], NARROW.fields)
    group = wide.decoded(raw)
    reader = Reader(NARROW, version=VERSION)
    joined = reader.page_of(raw, group.records, stand_in=group.stand_in)
    assert (joined.rows, joined.cleaned) == (
        reader(raw).rows,
        {"Email": [record["Id"]]},
    )


@both
@pytest.mark.parametrize(
    "spoilt",
    [
        {"Id": GOOD["Id"], "IsDeleted": False},
        {**GOOD, "Id": ""},
        {**GOOD, "Id": None},
        {**GOOD, "Id": "000000000000000AAA"},
        {**GOOD, "IsDeleted": None},
        {**GOOD, "IsDeleted": "false"},
    ],
)
def test_an_absent_field_an_unreal_id_and_an_unsaid_deletion_are_corrupt(
    splitter, spoilt
):
    cut = Cutter(NARROW, version=VERSION, splitter=splitter(NARROW))
    with pytest.raises(Corrupt):
        cut(body(GOOD, spoilt))
    read = Rows(NARROW, ["Id", "IsDeleted", "Email"], version=VERSION)
    cells = [
        [str(spoilt.get(n, "") or "").encode()] for n in ("Id", "IsDeleted", "Email")
    ]
    if "Email" in spoilt and spoilt["IsDeleted"] != "false":
        with pytest.raises(Corrupt):
            read(
                cells
                if spoilt["IsDeleted"] is None
                else [cells[0], [b"false"], cells[2]]
            )


@both
def test_spaces_other_names_and_other_orders_end_in_the_normal_form(splitter):
    cut = Cutter(NARROW, version=VERSION, splitter=splitter(NARROW))
    normal = cut(body(GOOD)).rows
    spaced = json.dumps(
        {"records": [GOOD, {**GOOD, "Id": "a00000000000002AAA"}]}, indent=2
    )
    assert cut(spaced.encode()).rows[:1] == normal
    turned = {"EMAIL": GOOD["Email"], "isdeleted": False, "id": GOOD["Id"]}
    assert cut(body(turned)).rows == normal


@both
@pytest.mark.parametrize("place", [0, 1])
def test_an_empty_text_is_null_wherever_it_stands_in_a_page(splitter, place):
    records = [GOOD, {**GOOD, "Id": "a00000000000002AAA"}]
    records[place] = {**records[place], "Email": ""}
    rows = Cutter(NARROW, version=VERSION, splitter=splitter(NARROW))(body(*records))
    assert b'"Email":null' in rows.rows[place].data
    assert b'"Email":"a@' in rows.rows[1 - place].data


@both
@pytest.mark.parametrize(
    "number", ["1234567890123456.78", "0.0000001", "12345678901234567890"]
)
def test_no_number_passes_through_a_float(splitter, number):
    shape = make_shape(
        "Thing__c",
        [Field("Id", "id"), Field("Price__c", "currency"), Field("Note__c", "string")],
    )
    record = {"Id": GOOD["Id"], "Price__c": 0, "Note__c": "a\x00b"}
    raw = body(record).replace(b'"Price__c":0', f'"Price__c":{number}'.encode())
    row = Cutter(shape, version=VERSION, splitter=splitter(shape))(raw).rows[0]
    assert f'"Price__c":{number}'.encode() in row.data
    assert exact_json.loads(row.data)["Price__c"] == Decimal(number)
    assert exact_json.loads(
        exact_json.dumps(exact_json.loads(row.data))
    ) == exact_json.loads(row.data)


@settings(max_examples=30)
@given(
    st.recursive(
        texts | numbers | st.none(), lambda inner: st.dictionaries(texts, inner)
    )
)
def test_json_keeps_numbers_as_they_are(value):
    assert exact_json.loads(exact_json.dumps(value)) == value
