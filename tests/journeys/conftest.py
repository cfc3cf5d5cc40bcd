"""A site in one process with one simulated org, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.journeys import sites
from tests.journeys.sites import Site

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg


@pytest.fixture(scope="module")
def acme() -> Iterator[SalesforceOrg]:
    """Run one simulated org in a thread of the test's process."""
    from sfconnector.testing.orgs import org_factory

    with org_factory() as factory:
        yield factory("Acme", records={"Account": 4300, "Contact": 50, "User": 3})


@pytest.fixture(scope="module")
def site(
    acme: SalesforceOrg, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Serve a site that may log in there."""
    folder = tmp_path_factory.mktemp("site")
    with sites.in_one_process(folder, orgs=[acme]) as running:
        yield running


@pytest.fixture(autouse=True)
def _healthy(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take back what a test did to the simulated org."""
    is_asked_for = "acme" in request.fixturenames
    org = request.getfixturevalue("acme") if is_asked_for else None
    yield
    if org is not None:
        org.faults.clear()
        org.app.redirect_uris = ()
