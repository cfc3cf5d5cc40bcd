from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.characters import clean_text, clean_value, readable
from sfconnector.records.databases import postgresql
from sfconnector.records.rows import Row, Target, naive_utc


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        ("2026-05-01T07:25:37.000+0000", "2026-05-01 07:25:37"),
        ("2026-05-01T07:25:37.000Z", "2026-05-01 07:25:37"),
        ("2026-05-01T07:25:37Z", "2026-05-01 07:25:37"),
        ("2026-05-01T07:25:37.120+0000", "2026-05-01 07:25:37.120000"),
        (None, None),
    ],
)
def test_timestamps_are_written_as_django_reads_them(told, stored):
    assert naive_utc(told) == stored


@pytest.mark.parametrize("told", ["2026-05-01T07:25:37.000+0100", "2026-05-01T07:25"])
def test_other_timestamps_are_refused(told):
    with pytest.raises(ValueError, match="not a timestamp"):
        naive_utc(told)


def test_nul_and_lone_surrogates_are_taken_out():
    value = {"Name": "a\x00b", "Note": ["\ud83d x"], "Fine": "\U0001f600"}
    clean = {"Name": "ab", "Note": ["\ufffd x"], "Fine": "\U0001f600"}
    assert clean_value(value) == clean


@given(st.text(st.characters(codec=None)))
def test_clean_text_can_always_be_stored(text):
    clean = clean_text(text)
    assert "\x00" not in clean
    assert clean.encode().decode() == clean
    assert clean_text(clean) == clean


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"fine \xef\xbf\xbd", "fine \ufffd"),
        (b"a\xffb", "a\ufffdb"),
        (b"\xed\xa0\xbd!", "\ufffd!"),
        (b"\xed\xa0\xbd\xed\xb8\x80 \xff", "\U0001f600 \ufffd"),
        ("\ufffd".encode() + b"\xc3", "\ufffd\ufffd"),
    ],
)
def test_bytes_that_are_no_characters_are_replaced_and_told(raw, text):
    readable_raw, stand_in = readable(raw)
    assert clean_text(readable_raw.decode(), stand_in) == text
    assert bool(stand_in) == (text.encode() != raw)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["001000000000001AAA", "short"]),
            st.sampled_from(["2026-05-01T07:25:37.000+0000", "0001-01-01T00:00:00Z"])
            | st.none(),
            st.integers(-(2**63), 2**63 - 1),
        ),
        min_size=1,
    )
)
def test_rows_for_copy_are_the_same_together_and_alone(told):
    start = postgresql._start_of(Target(1, "Account"))
    rows = [Row(key, 1, stamp, number, b"{}") for key, stamp, number in told]
    alone = [postgresql._block(start, [row]) for row in rows]
    assert postgresql._block(start, rows) == b"".join(alone)
