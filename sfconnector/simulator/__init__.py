"""A pretend Salesforce org that runs on this computer, for demos and tests.

Standard library only. Start one with ``python -m sfconnector.simulator``, or::

    from sfconnector.simulator import SalesforceOrg, serve

    org = SalesforceOrg("Acme", records={"Account": 1000})
    with serve(org) as url:
        ...
"""

from __future__ import annotations

from sfconnector.simulator.org import SalesforceOrg
from sfconnector.simulator.wire.server import serve

__all__ = ["SalesforceOrg", "serve"]
