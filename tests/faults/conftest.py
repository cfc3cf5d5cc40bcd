"""Pretend orgs with small pages, connected, for faults to strike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from salesforce_simulator import SalesforceOrg
from sfconnector import sync
from sfconnector.models import Org, SyncPlan
from tests.connections import reachable
from tests.faults.processes import Process, ended_with_the_test
from tests.sync.conftest import connected

COUNTS = {"Account": 450, "Contact": 30, "Lead": 20}
PAGE = 50
"""Rows per page, so that a few hundred accounts make about ten pages."""
PAGES = 10
"""Of a first pass over Account, deleted ones included."""
FIELDS = (
    "Name",
    "Industry",
    "NumberOfEmployees",
    "AnnualRevenue",
    "Phone",
    "Website",
    "BillingAddress",
    "OwnerId",
    "Owner.Name",
    "CreatedDate",
)
"""Without long texts, which would halve the pages."""


@pytest.fixture
def simulated(salesforce_orgs: Callable[..., SalesforceOrg]) -> SalesforceOrg:
    """A pretend org whose few hundred rows make about ten pages."""
    return salesforce_orgs("Acme", records=COUNTS, page_size=PAGE)


@pytest.fixture
def org(simulated: SalesforceOrg, transactional_db: None) -> Iterator[Org]:
    """The pretend org, connected."""
    with reachable(simulated):
        yield connected(simulated)


@pytest.fixture
def plan(org: Org) -> SyncPlan:
    """A plan that reads accounts by REST; nothing was read yet."""
    return sync.plan_object(org, sobject="Account", mode="rest", fields=FIELDS)


@pytest.fixture
def victim(simulated: SalesforceOrg) -> str:
    """The id of a live record on the fifth page."""
    rows = list(simulated.records.store.scan("Account", include_deleted=True))
    some = rows[4 * PAGE : 5 * PAGE]
    return next(str(row["Id"]) for row in some[7:] if not row["IsDeleted"])


@pytest.fixture
def start(org: Org) -> Iterator[Callable[..., Process]]:
    """Start ``manage.py`` commands on the test's database; they end with the test."""
    with ended_with_the_test() as starter:
        yield starter
