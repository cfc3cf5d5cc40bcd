"""The pytest plugin: fixtures that a project gets by installing the simulator.

Nothing is imported before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg
    from salesforce_simulator.testing.orgs import OrgFactory


@pytest.fixture
def salesforce_orgs() -> Iterator[OrgFactory]:
    """Start any number of pretend orgs: ``salesforce_orgs("Acme", sandbox=True)``."""
    from salesforce_simulator.testing.orgs import org_factory

    with org_factory() as factory:
        yield factory


@pytest.fixture
def salesforce_org(salesforce_orgs: OrgFactory) -> SalesforceOrg:
    """One running pretend org, reachable at ``salesforce_org.base_url``."""
    return salesforce_orgs("Acme")


@pytest.fixture
def salesforce_sandbox(salesforce_orgs: OrgFactory) -> SalesforceOrg:
    """A second one, a sandbox with other data."""
    return salesforce_orgs("Acme Sandbox", sandbox=True, seed=2)
