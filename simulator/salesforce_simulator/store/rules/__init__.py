"""What Salesforce derives for a row from its other values and from other rows.

A rule is given the row as it will be, the values that were given, and the transaction;
it returns the changes. It is called for each inserted or updated row of its object.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from salesforce_simulator.store.rules import files, sales, service, setup
from salesforce_simulator.store.rules.making import Changes, Making, Rule

RULES: Final[Mapping[str, Rule]] = {
    **files.RULES,
    **sales.RULES,
    **service.RULES,
    **setup.RULES,
}

__all__ = ["RULES", "Changes", "Making"]
