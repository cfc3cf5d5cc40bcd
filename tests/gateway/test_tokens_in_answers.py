"""Tokens in an answer are masked however they are written, and what is deep is cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.catalog import Masks
from sfconnector.gateway import Call
from sfconnector.gateway.reply import DEEPEST, is_deeper, reply_of, without_tokens
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.redaction import may_hold_tokens, redact_tokens
from sfconnector.secret import MASK

SESSION = "00D5g000000abcd!AQEAQH0dMH.x_y-Z"
REFRESH = "5Aep861TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrTYWvnT"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln"
values = st.recursive(
    st.none() | st.booleans() | st.text(max_size=9) | st.sampled_from([SESSION, JWT]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def shown(body: bytes) -> Any:
    """Return the body of a reply to an answer of these bytes."""
    answer = Answer(
        status=200,
        headers={"content-type": "application/json"},
        content=body,
        duration_ms=1,
        request_id="",
        date=None,
        limit=None,
    )
    call = Call(path="/services/data/v66.0/limits")
    return reply_of(call, answer, masks=Masks(), most_parts=100_000).body


def escaped(text: str) -> str:
    """Write every character of a text as a JSON escape."""
    return '"' + "".join(f"\\u{ord(sign):04x}" for sign in text) + '"'


@pytest.mark.parametrize("token", [SESSION, REFRESH, JWT])
@pytest.mark.parametrize("write", [json.dumps, escaped], ids=["plain", "escaped"])
def test_a_token_is_masked_in_either_spelling(token: str, write: Any) -> None:
    told = shown(f'{{"a": [{write(token)}]}}'.encode())
    assert MASK in told["a"][0]
    assert token not in json.dumps(told)


@given(values)
def test_to_look_before_the_walk_changes_nothing(value: Any) -> None:
    for body in (json.dumps(value), json.dumps(value, ensure_ascii=False)):
        whole = without_tokens(value)
        assert shown(body.encode("utf-8", "replace")) == whole


@given(st.text())
def test_what_is_masked_was_looked_for(text: str) -> None:
    if redact_tokens(text) != text:
        assert may_hold_tokens(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_what_is_nested_deeper_is_cut(opening: str) -> None:
    closing = {"[": "]", '{"a":': "}"}[opening]

    def nested(levels: int) -> Any:
        return json.loads(opening * levels + "1" + closing * levels)

    assert not is_deeper(nested(DEEPEST + 1))
    assert is_deeper(nested(DEEPEST + 2))
    told = shown(json.dumps(nested(DEEPEST * 3)).encode())
    assert "…" in json.dumps(told, ensure_ascii=False)
    assert not is_deeper(told)
