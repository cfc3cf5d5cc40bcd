from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import Corrupt
from sfconnector.records.rows import scrubbed_value
from sfconnector.sync.splitting import (
    page_digest,
    scanning_splitter,
    split,
    splitter_for,
)

ID = "001000000000001AAA"
STAMP = "2026-05-01T07:25:37.000+0000"
SPLITTERS = {
    "msgspec": splitter_for("SystemModstamp"),
    "standard library": scanning_splitter("SystemModstamp"),
}
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
both = pytest.mark.parametrize("splitter", SPLITTERS.values(), ids=SPLITTERS)


def page(*records: object, **head: object) -> bytes:
    body = {"totalSize": len(records), "done": True, **head, "records": records}
    return json.dumps(body).encode()


def rows(body: bytes, splitter, warnings: list[str] | None = None):
    warn = (warnings if warnings is not None else []).append
    return split(body, splitter=splitter, warn=warn)


@both
@given(st.lists(st.dictionaries(st.text(), values), max_size=5), st.integers(0, 8))
def test_records_come_out_as_they_went_in(splitter, more, indent):
    records = [{**one, "Id": ID, "SystemModstamp": STAMP} for one in more]
    body = {"totalSize": 0, "done": True, "records": records}
    raw = json.dumps(body, indent=indent or None).encode()
    found = rows(raw, splitter)
    assert [json.loads(row.data) for row in found] == scrubbed_value(records)
    assert all(row.record_id == ID and row.stamp == STAMP for row in found)


@both
def test_slices_are_not_re_encoded(splitter):
    text = f'{{"Id":"{ID}","N":1.50,"Big":123456789012345678901234567890}}'
    body = b'{"totalSize":1,"done":true,"records":[' + text.encode() + b"]}"
    assert rows(body, splitter)[0].data == text.encode()


@both
@given(st.data())
def test_a_page_cut_anywhere_is_corrupt(splitter, data):
    body = page({"Id": ID, "Name": 'a"]}'}, {"Id": ID, "Name": "b"})
    cut = data.draw(st.integers(1, len(body) - 1))
    with pytest.raises(Corrupt):
        rows(body[:cut], splitter)


@both
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"records":{}}',
        b'{"records":[]',
        page(17),
        page([]),
        page({"Name": "no id"}),
        page({"Id": None}),
        page({"Id": "short"}),
        page({"Id": ID, "SystemModstamp": 5}),
        page({"Id": ID, "SystemModstamp": "yesterday"}),
        page({"Id": ID, "SystemModstamp": f"{STAMP}\n{STAMP}"}),
        page({"Id": ID, "SystemModstamp": STAMP}, {"Id": ID, "SystemModstamp": "x"}),
        page({"Id": ID}).replace(b'"Id"', b'"N":NaN,"Id"'),
        b'{"records":[' + b"[" * 100_000 + b"]}",
    ],
    ids=range(17),
)
def test_what_is_no_page_of_records_is_corrupt(splitter, body):
    with pytest.raises(Corrupt):
        rows(body, splitter)


@both
def test_an_id_of_fifteen_characters_gets_its_suffix(splitter):
    body = page({"Id": "00DdM00000vfgTu"})
    assert rows(body, splitter)[0].record_id == "00DdM00000vfgTuUAI"


@both
def test_characters_no_database_stores_are_taken_out_with_a_warning(splitter):
    warnings: list[str] = []
    body = page({"Id": ID, "Name": "a\x00b", "Half": "\ud83d!"}, {"Id": ID})
    found = rows(body, splitter, warnings)
    assert json.loads(found[0].data) == {"Id": ID, "Name": "ab", "Half": "\ufffd!"}
    assert len(warnings) == 1
    raw = body.replace(b"\\u0000", b"").replace(b"\\ud83d", b"\xed\xa0\xbd")
    assert json.loads(rows(raw, splitter, warnings)[0].data)["Half"] == "\ufffd!"
    assert json.loads(rows(raw.replace(b"\xed", b"\xff"), splitter)[0].data)


def test_a_digest_looks_at_the_records_alone():
    one = page({"Id": ID}, nextRecordsUrl="/services/data/v66.0/query/0r8a-2000")
    other = page({"Id": ID}, nextRecordsUrl="/services/data/v66.0/query/0r8b-2000")
    assert page_digest(one) == page_digest(other)
    assert page_digest(one) != page_digest(page({"Id": ID, "Name": "x"}))
