"""A secret shows itself to nobody but the one who asks for it by name."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfconnector.secret import Secret

CANARY = "canary-value-0123456789"


@pytest.mark.parametrize(
    "shown",
    [
        repr(Secret(CANARY)),
        str(Secret(CANARY)),
        f"{Secret(CANARY)}",
        f"{Secret(CANARY)!r:>40}",
        f"{Secret(CANARY)} {Secret(CANARY)!r}",
        repr({"token": Secret(CANARY)}),
        repr([Secret(CANARY)]),
    ],
)
def test_no_way_of_printing_shows_the_value(shown: str) -> None:
    assert CANARY not in shown
    assert "********" in shown


def test_reveal_gives_the_value_back() -> None:
    assert Secret(CANARY).reveal() == CANARY


def test_last4_helps_to_recognise_a_long_secret_and_hides_a_short_one() -> None:
    assert Secret(CANARY).last4() == "6789"
    assert Secret("short").last4() == ""


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_cannot_be_pickled(protocol: int) -> None:
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Secret(CANARY), protocol=protocol)


def test_it_cannot_become_json() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"token": Secret(CANARY)})
    assert CANARY not in str(caught.value)


def test_emptiness_is_falsehood() -> None:
    assert not Secret("")
    assert Secret("x")


def test_it_is_made_of_a_str_only_and_the_refusal_shows_nothing() -> None:
    with pytest.raises(TypeError) as caught:
        Secret(CANARY.encode())
    assert str(caught.value) == "A Secret is made of a str, not of bytes."


def test_it_cannot_be_changed() -> None:
    secret = Secret(CANARY)
    with pytest.raises(AttributeError):
        secret._value = "other"
    with pytest.raises(AttributeError):
        del secret._value
    assert secret.reveal() == CANARY


def test_it_never_equals_its_text() -> None:
    assert Secret(CANARY) != CANARY


@given(st.text(), st.text())
def test_two_secrets_are_equal_when_their_texts_are(one: str, other: str) -> None:
    assert (Secret(one) == Secret(other)) == (one == other)
    if one == other:
        assert hash(Secret(one)) == hash(Secret(other))


def test_a_copy_of_a_value_that_holds_it_holds_the_same_secret() -> None:
    @dataclass
    class Holder:
        token: Secret

    secret = Secret(CANARY)
    assert copy.copy(secret) is secret
    assert asdict(Holder(token=secret)) == {"token": secret}
