"""Amounts without a fraction lose their ``.0`` by the page, and no text is touched."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector import exact_json
from sfconnector.sync.readers.mending import WHOLE

TEXTS = st.text(st.sampled_from('a.0,}":-\\1 ')) | st.text()
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers().map(float)


@given(st.dictionaries(TEXTS, TEXTS | NUMBERS | st.integers() | st.none(), max_size=6))
def test_the_values_stay_whatever_texts_hold(record: dict[str, object]) -> None:
    body = json.dumps({"records": [record] * 2}, separators=(",", ":")).encode()
    assert exact_json.loads(WHOLE.sub(b"", body)) == exact_json.loads(body)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b'{"A":25.0,"B":-3.0}', b'{"A":25,"B":-3}'),
        (b'{"A":0.0}', b'{"A":0}'),
        (b'{"A":{"B":1.0},"C":2.0}', b'{"A":{"B":1},"C":2}'),
        (b'{"A":"1.0,"}', b'{"A":"1.0,"}'),
        (b'{"A":"1.0},{"}', b'{"A":"1.0},{"}'),
        (b'{"A":2.50,"B":2.05,"C":1.0E3}', b'{"A":2.50,"B":2.05,"C":1.0E3}'),
        (b'{"A":"25.0,"}', b'{"A":"25.0,"}'),
        (rb'{"A":"\":25.0,"}', rb'{"A":"\":25.0,"}'),
    ],
)
def test_only_the_end_of_a_whole_number_goes(sent: bytes, kept: bytes) -> None:
    behind = b',{"attributes":1}]'
    assert WHOLE.sub(b"", sent + behind) == kept + behind
