"""A mixin for test cases of Django, for projects that do not test by pytest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sfconnector.testing import connections, records

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg
    from sfconnector.models import Org, Record, SyncPlan, SyncRun


class SalesforceMixin:
    """Beside ``TestCase``: records without an org, and pretend orgs.

    A pretend org needs ``sfconnector[testing]``, and a ``TransactionTestCase`` as soon
    as a token is renewed on PostgreSQL.
    """

    if TYPE_CHECKING:

        def enterContext(self, context: Any) -> Any: ...  # noqa: N802 - unittest's

        def settings(self, **values: Any) -> Any: ...

    def make_org(self, alias: str = "acme", **values: Any) -> Org:
        """Return the row of an org that no call can be made to."""
        return records.make_org(alias, **values)

    def make_records(
        self,
        sobject: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        org: Org | None = None,
    ) -> list[Record]:
        """Cache records as a run would, without any org."""
        return records.make_records(sobject, rows, org=org)

    def start_org(self, name: str = "Acme", **options: Any) -> SalesforceOrg:
        """Serve a pretend org until the test ends; ``options`` are the simulator's."""
        from sfconnector.testing import orgs  # the simulator is an extra

        factory: orgs.OrgFactory = self.enterContext(orgs.org_factory())
        return factory(name, **options)

    def connect(self, simulated: SalesforceOrg, *, alias: str = "acme") -> Org:
        """Connect a pretend org and allow its address until the test ends."""
        allowed = connections.settings_allowing(simulated)
        self.enterContext(self.settings(SFCONNECTOR=allowed))
        return connections.connected(simulated, alias=alias)

    def run_plan(self, plan: SyncPlan) -> SyncRun:
        """Queue a run of a plan, work on it here, and return it as it ended."""
        from sfconnector import sync

        run = sync.request_run(plan)
        sync.execute(run.pk, worker="test")
        run.refresh_from_db()
        return run
