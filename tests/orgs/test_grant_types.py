"""Each grant type is one object; nobody else asks which one an org has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sfconnector
from sfconnector import grant_types
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import ConnectedApp, Org

ROOT = Path(sfconnector.__file__).parent
ELSEWHERE = ("simulator", "migrations", "grant_types")


def test_nobody_compares_the_name_of_a_grant_type():
    names = "|".join(flow.name for flow in grant_types.ALL if flow.name != "jwt")
    asks = re.compile(rf'\bflow\b\s*(==|!=)|"({names}|jwt)"')
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in (*ELSEWHERE, "testing")
        for line in path.read_text(encoding="utf-8").splitlines()
        if asks.search(line)
    ]
    assert not found


def test_an_unknown_grant_type_is_named_with_those_that_exist():
    with pytest.raises(ConfigurationError, match="no grant type 'saml'") as caught:
        grant_types.of("saml")
    assert "client_credentials" in caught.value.remedy


@pytest.mark.parametrize("flow", grant_types.ALL, ids=lambda flow: flow.name)
def test_what_a_grant_type_needs_is_said_at_a_field_of_the_form(flow):
    lacking = flow.lacks(username="", app=ConnectedApp())
    assert set(lacking) <= {"username", "app"}
    assert bool(lacking) is bool(flow.needs)
    full = ConnectedApp(consumer_secret_enc="x", private_key_enc="x")
    assert flow.lacks(username="a@b.c", app=full) == {}


@pytest.mark.parametrize("flow", grant_types.ALL, ids=lambda flow: flow.name)
def test_whoever_needs_a_person_mints_nothing(flow):
    if flow.needs_person:
        with pytest.raises(ConfigurationError, match="a person who logs in"):
            flow.mint(Org(alias="a"), None)
    else:
        assert flow in grant_types.without_person()
        assert not flow.keeps_refresh_token
