"""The simulated org under its old name: ``salesforce_simulator`` where it is installed.

It is a distribution of its own since this package's wheel holds no test double.
``python -m sfconnector.simulator`` is ``salesforce-simulator``.
"""

from __future__ import annotations

import sys

NEEDED = (
    "The simulated org is a package of its own: "
    'pip install "sfconnector[testing]" (in a checkout: make dev).'
)
"""What to do where it is not installed."""

try:
    from salesforce_simulator import SalesforceOrg, serve
    from salesforce_simulator.command import main
except ModuleNotFoundError as error:
    if error.name != "salesforce_simulator":
        raise  # a fault inside it, which our sentence would hide
    if __name__ == "__main__":
        sys.exit(NEEDED)
    raise ModuleNotFoundError(NEEDED, name=error.name) from None

__all__ = ["SalesforceOrg", "main", "serve"]

if __name__ == "__main__":
    sys.exit(main())
