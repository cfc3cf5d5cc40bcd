"""A running org and a visitor who is logged in to it."""

from __future__ import annotations

import pytest
from visitor import Visitor

from salesforce_simulator import SalesforceOrg


@pytest.fixture
def visitor(salesforce_org: SalesforceOrg) -> Visitor:
    """A visitor who has not logged in."""
    return Visitor(salesforce_org)


@pytest.fixture
def client(visitor: Visitor) -> Visitor:
    """A visitor with an access token."""
    return visitor.enter()
