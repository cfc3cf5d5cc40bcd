from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import Corrupt
from sfconnector.records import Form
from sfconnector.sync.readers.pieces import scanning_splitter, splitter_for
from sfconnector.sync.readers.splitting import Cutter, page_digest
from sfconnector.sync.shape import Field, make_shape

ID = "001000000000001AAA"
STAMP = "2026-05-01T07:25:37.000+0000"
SHAPE = make_shape(
    "Account", [Field("Id", "id"), Field("SystemModstamp", "datetime")], chosen=["Id"]
)
SPLITTERS = {
    "at one look": None,  # as long as that does
    "msgspec": splitter_for(SHAPE),
    "standard library": scanning_splitter(SHAPE),
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


def record(**values: object) -> dict[str, object]:
    return {"Id": ID, "SystemModstamp": STAMP, **values}


def rows(body: bytes, splitter):
    return Cutter(SHAPE, version="66.0", splitter=splitter)(body).rows


@both
@given(st.lists(st.dictionaries(st.text(), values), max_size=5), st.integers(0, 8))
def test_what_was_not_asked_for_is_not_kept(splitter, more, indent):
    records = [{**one, **record()} for one in more]
    body = {"totalSize": 0, "done": True, "records": records}
    raw = json.dumps(body, indent=indent or None).encode()
    found = rows(raw, splitter)
    assert len(found) == len(records)
    assert all([*json.loads(row.data)] == ["attributes", *record()] for row in found)
    assert all(row.record_id == ID and row.stamp == STAMP for row in found)


@both
def test_records_in_the_normal_form_are_not_encoded_anew(splitter, monkeypatch):
    normal = rows(page(record()), splitter)[0].data
    body = b'{"records":[' + b",".join([normal] * 3) + b"]}"
    written = []
    write = Form.write
    monkeypatch.setattr(
        Form, "write", lambda *a, **o: written.append(1) or write(*a, **o)
    )
    assert [row.data for row in rows(body, splitter)] == [normal] * 3
    assert len(written) == 1, "the first record of a page is looked at"


@both
@given(st.data())
def test_a_page_cut_anywhere_is_corrupt(splitter, data):
    body = page(record(Name='a"]}'), record(Name="b"))
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
    row = rows(page(record(Id="00DdM00000vfgTu")), splitter)[0]
    assert row.record_id == json.loads(row.data)["Id"] == "00DdM00000vfgTuUAI"


def test_a_digest_looks_at_the_records_alone():
    one = page({"Id": ID}, nextRecordsUrl="/services/data/v66.0/query/0r8a-2000")
    other = page({"Id": ID}, nextRecordsUrl="/services/data/v66.0/query/0r8b-2000")
    assert page_digest(one) == page_digest(other)
    assert page_digest(one) != page_digest(page({"Id": ID, "Name": "x"}))
