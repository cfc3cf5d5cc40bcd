"""The pytest plugin: fixtures that a host project gets by installing the app.

Pretend orgs (``salesforce_org``, ``salesforce_orgs``, ``salesforce_sandbox``) come from
the simulator's own plugin; where it is not installed, they say what to install. Nothing
is imported before a test asks for it, and no Django is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg
    from sfconnector.models import Org, Record

if find_spec("salesforce_simulator"):
    pytest_plugins = ["salesforce_simulator.testing.plugin"]
else:

    @pytest.fixture
    def salesforce_orgs() -> None:
        """Say that the simulator must be installed."""
        from sfconnector import simulator  # noqa: F401 - raises, with the sentence

    @pytest.fixture
    def salesforce_org(salesforce_orgs: None) -> None:
        """Say that the simulator must be installed."""

    @pytest.fixture
    def salesforce_sandbox(salesforce_orgs: None) -> None:
        """Say that the simulator must be installed."""


@pytest.fixture
def connected_org(
    salesforce_org: SalesforceOrg,
    settings: Any,
    transactional_db: None,  # noqa: ARG001 - asked for its effect
) -> Org:
    """An ``Org`` row connected to ``salesforce_org``; needs pytest-django.

    Commits for real (``transactional_db``): no call goes out inside a transaction.
    """
    from sfconnector.testing.connections import connected, settings_allowing

    settings.SFCONNECTOR = settings_allowing(salesforce_org)
    return connected(salesforce_org)


@pytest.fixture(scope="session")
def salesforce_views(django_db_setup: None, django_db_blocker: Any) -> list[str]:  # noqa: ARG001 - asked for its effect
    """The typed views of all generated models, in the database of the tests.

    Their names. Rows are whatever ``Record`` rows a test makes.
    """
    from sfconnector import typed

    with django_db_blocker.unblock():
        return typed.lay_models()


@pytest.fixture
def make_records(db: None) -> Callable[..., list[Record]]:  # noqa: ARG001 - as above
    """Caches records without any org: ``make_records("Account", [{"Name": "A"}])``."""
    from sfconnector.testing.records import make_records

    return make_records


@pytest.fixture
def make_org(db: None) -> Callable[..., Org]:  # noqa: ARG001 - as above
    """Makes rows of orgs that no call can be made to: ``make_org("acme-prod")``."""
    from sfconnector.testing.records import make_org

    return make_org
