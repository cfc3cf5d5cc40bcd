"""What the page is called when a log-in did not become a connection."""

from __future__ import annotations

import pytest
from django.utils import timezone

from sfconnector import orgs
from sfconnector.exceptions import ConsentRequired, NotConnected
from sfconnector.models import Org
from sfconnector.orgs import explaining
from sfconnector.orgs.connecting import identity
from sfconnector.salesforce import failures


@pytest.mark.parametrize("code", sorted(explaining._TITLES))
def test_each_of_our_own_refusals_has_a_heading_of_its_own(code: str):
    told = orgs.explain(NotConnected("Said.", remedy="Do this.", code=code))
    assert told.title == explaining._TITLES[code]
    assert "no longer" not in told.title


def test_the_codes_are_those_that_are_raised():
    raised = {*identity.STRANGERS, identity.BAD_SIGNATURE}
    assert raised <= explaining._TITLES.keys()


@pytest.mark.parametrize("was_connected", [True, False])
def test_a_first_log_in_that_failed_ended_no_connection(was_connected: bool, db: None):
    error = failures.callback_error("invalid_grant", "expired access/refresh token")
    assert isinstance(error, ConsentRequired)
    org = Org(alias="new")
    if was_connected:
        org.connected_at = timezone.now()
    told = orgs.explain(error, org=org)
    assert ("ended" in told.title) == was_connected, told.title
