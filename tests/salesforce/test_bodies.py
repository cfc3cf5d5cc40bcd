"""A body that is not whole is never taken for one that is."""

from __future__ import annotations

import gzip
import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce.bodies import cap, inflate, parse_json


def pieces_of(raw: bytes, size: int) -> list[bytes]:
    return [raw[at : at + size] for at in range(0, len(raw), size)]


@given(st.binary(max_size=5_000), st.integers(1, 999), st.integers(0, 2))
def test_gzip_comes_through_whole_however_it_is_cut_into_pieces(
    data: bytes, size: int, members: int
) -> None:
    raw = b"".join([gzip.compress(data)] * (members + 1))
    assert b"".join(inflate(pieces_of(raw, size), encoding="gzip")) == data * (
        members + 1
    )


@given(st.binary(min_size=1, max_size=2_000), st.data())
def test_a_cut_gzip_stream_is_corrupt(data: bytes, draw: st.DataObject) -> None:
    raw = gzip.compress(data)
    cut = draw.draw(st.integers(1, len(raw) - 1))
    with pytest.raises(Corrupt):
        b"".join(inflate([raw[:cut]], encoding="gzip"))


def test_a_large_body_is_inflated_in_small_steps() -> None:
    data = os.urandom(100_000) + bytes(30_000_000)
    sizes = [len(one) for one in inflate([gzip.compress(data)], encoding="gzip")]
    assert sum(sizes) == len(data)
    assert max(sizes) <= 256 * 1024


def test_a_bomb_is_stopped_at_the_cap() -> None:
    bomb = gzip.compress(bytes(200_000_000))
    taken: list[int] = []
    pieces = cap(inflate([bomb], encoding="gzip"), maximum=1_000_000)
    with pytest.raises(Corrupt, match="larger than the 1,000,000 bytes"):
        taken.extend(len(piece) for piece in pieces)
    assert sum(taken) <= 1_000_000


def test_damage_and_unknown_encodings_are_corrupt() -> None:
    damaged = bytearray(gzip.compress(b"hello" * 100))
    damaged[20] ^= 0xFF
    with pytest.raises(Corrupt):
        b"".join(inflate([bytes(damaged)], encoding="gzip"))
    with pytest.raises(Corrupt, match="'br'"):
        b"".join(inflate([b"x"], encoding="br"))


def test_an_empty_body_needs_no_gzip_end() -> None:
    assert b"".join(inflate([], encoding="gzip")) == b""


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"a": 1',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'{"a": 1} x',
        b'{"a": ' + b"9" * 5_000 + b"}",
        b"[" * 100_000,
        b"<html></html>",
    ],
)
def test_json_is_read_strictly(content: bytes) -> None:
    with pytest.raises(Corrupt, match="not valid JSON"):
        parse_json(content, dict)


def test_json_of_another_type_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="a JSON list where a dict was expected"):
        parse_json(b"[]", dict)


def test_what_is_shown_of_bad_json_holds_no_token() -> None:
    content = b'{"access_token":"00D000000000001!canary", "x": '
    with pytest.raises(Corrupt) as caught:
        parse_json(content, dict)
    assert "canary" not in str(caught.value)
    assert "access_token" in str(caught.value)


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON_VALUES))
def test_valid_json_comes_through_unchanged(value: dict[str, object]) -> None:
    assert parse_json(json.dumps(value).encode(), dict) == value


@given(JSON_VALUES.map(lambda value: json.dumps({"records": [value]})), st.data())
def test_cut_json_is_corrupt(text: str, draw: st.DataObject) -> None:
    cut = draw.draw(st.integers(0, len(text) - 1))
    with pytest.raises(Corrupt):
        parse_json(text[:cut].encode(), dict)
