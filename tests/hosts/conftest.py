"""A connected org on a host whose choices a test makes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.connections import just_connected


@pytest.fixture
def org(transactional_db: None, salesforce_org: SalesforceOrg) -> Iterator[Org]:
    """An org that was connected a moment ago, in a database that commits."""
    with just_connected(salesforce_org) as org:
        yield org
