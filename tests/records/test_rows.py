from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.records.rows import (
    naive_utc,
    needs_scrubbing,
    scrub,
    scrubbed_text,
)


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
    raw = rb'{"Name":"a\u0000b","Note":"\ud83d x","Fine":"\ud83d\ude00"}'
    assert needs_scrubbing(raw)
    clean, found = scrub(raw)
    assert found
    assert json.loads(clean) == {"Name": "ab", "Note": "\ufffd x", "Fine": "\U0001f600"}


def test_an_escaped_backslash_before_u0000_is_left_alone():
    raw = rb'{"Name":"a\\u0000"}'
    assert scrub(raw) == (raw, False)


@given(st.text(st.characters(codec=None)))
def test_scrubbed_text_can_always_be_stored(text):
    clean = scrubbed_text(text)
    assert "\x00" not in clean
    assert clean.encode().decode() == clean
    assert scrubbed_text(clean) == clean
