"""The pytest plugin: fixtures that a host project gets by installing the app.

Nothing is imported before a test asks for it, and no Django is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sfconnector.models import Org
    from sfconnector.simulator import SalesforceOrg
    from sfconnector.testing.orgs import OrgFactory


@pytest.fixture
def salesforce_orgs() -> Iterator[OrgFactory]:
    """Start any number of pretend orgs: ``salesforce_orgs("Acme", sandbox=True)``."""
    from sfconnector.testing.orgs import org_factory

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


@pytest.fixture
def connected_org(
    salesforce_org: SalesforceOrg,
    settings: Any,
    transactional_db: None,  # noqa: ARG001 - asked for its effect
) -> Org:
    """An ``Org`` row connected to ``salesforce_org``; needs pytest-django.

    Commits for real (``transactional_db``): no call goes out inside a transaction.
    """
    from sfconnector.testing.connections import connected

    given = getattr(settings, "SFCONNECTOR", {})
    host = salesforce_org.base_url.partition("://")[2]
    known = given.get("EXTRA_HOSTS", ())
    settings.SFCONNECTOR = {**given, "EXTRA_HOSTS": [*known, host]}
    return connected(salesforce_org)
