"""The signature of a token answer."""

from __future__ import annotations

import pytest

from sfconnector.exceptions import Corrupt
from sfconnector.salesforce import HostPolicy
from sfconnector.salesforce.oauth.grants import (
    read_identity,
    read_token,
    signature_ok,
)
from sfconnector.secret import Secret

SIGNED = {
    "id": "https://login.salesforce.com/id/00DdM00000vfgTuUAI/005dM00000awSFJQA2",
    "issued_at": "1778066860000",
    "signature": "BZhv6TB/pM2aArGNiOFL/d+fp6xp9OrI+2W7bGnE2BM=",
}
KEY = Secret("test-consumer-secret")


def test_a_right_signature_is_recognised() -> None:
    assert signature_ok(SIGNED, consumer_secret=KEY) is True


@pytest.mark.parametrize("name", ["id", "issued_at", "signature"])
def test_any_change_breaks_the_signature(name: str) -> None:
    changed = {**SIGNED, name: SIGNED[name][:-2] + "X="}
    assert signature_ok(changed, consumer_secret=KEY) is False
    odd = {**SIGNED, "signature": "sig=é"}
    assert signature_ok(odd, consumer_secret=KEY) is False


@pytest.mark.parametrize("missing", ["id", "issued_at", "signature"])
def test_what_cannot_be_checked_is_neither_right_nor_wrong(missing: str) -> None:
    partial = {name: text for name, text in SIGNED.items() if name != missing}
    assert signature_ok(partial, consumer_secret=KEY) is None
    assert signature_ok(SIGNED, consumer_secret=None) is None
    assert signature_ok(SIGNED, consumer_secret=Secret("")) is None


def test_short_ids_become_long_ones() -> None:
    identity = "https://test.salesforce.com/id/00DdM00000vfgTu/005dM00000awSFJ"
    got = read_token(
        {"access_token": "a", "instance_url": "https://x.my.salesforce.com/",
         "id": identity},
        consumer_secret=None,
        hosts=HostPolicy(),
    )  # fmt: skip
    assert (got.org_id, got.user_id) == ("00DdM00000vfgTuUAI", "005dM00000awSFJQA2")
    assert got.raw_keys == ("access_token", "id", "instance_url")


def test_an_identity_url_without_ids_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="names no org and user"):
        read_token(
            {"access_token": "a", "instance_url": "https://x.my.salesforce.com",
             "id": "https://login.salesforce.com/id/"},
            consumer_secret=None,
            hosts=HostPolicy(),
        )  # fmt: skip


def test_a_userinfo_without_a_user_is_corrupt() -> None:
    with pytest.raises(Corrupt, match="names no user"):
        read_identity({"name": "Ada"})
