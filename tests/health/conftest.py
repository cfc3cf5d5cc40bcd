"""A connected org to examine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sfconnector.models import Org
from sfconnector.simulator import SalesforceOrg
from tests.connections import connect, org_of, reachable


@pytest.fixture
def org(db: None, salesforce_org: SalesforceOrg) -> Iterator[Org]:
    """An org that was connected a moment ago."""
    with reachable(salesforce_org):
        org = org_of(salesforce_org)
        connect(org)
        org.refresh_from_db()
        salesforce_org.requests.clear()
        yield org
