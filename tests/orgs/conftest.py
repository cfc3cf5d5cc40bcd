"""A pretend org and a row that may connect to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.connections import org_of, reachable


@pytest.fixture
def org(db: None, salesforce_org: SalesforceOrg) -> Iterator[Org]:
    """An org row that nobody has connected yet."""
    with reachable(salesforce_org):
        yield org_of(salesforce_org)
