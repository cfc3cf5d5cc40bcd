"""A pretend Salesforce org that runs on this computer, for demos and tests.

Start one with ``salesforce-simulator``, or::

    from salesforce_simulator import SalesforceOrg, serve

    org = SalesforceOrg("Acme", records={"Account": 1000})
    with serve(org) as url:
        ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from salesforce_simulator.org import SalesforceOrg
    from salesforce_simulator.wire.server import serve

__version__ = "0.1.0"
__all__ = ["SalesforceOrg", "serve"]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for.

    The pytest plugin lives in this package: a test run that asks for no org does not
    wait for one.
    """
    if name == "SalesforceOrg":
        from salesforce_simulator.org import SalesforceOrg

        return SalesforceOrg
    if name == "serve":
        from salesforce_simulator.wire.server import serve

        return serve
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
