"""The Tooling API's own view of an org: its objects, and the rows they have.

Objects that both APIs have show the rows of the org; those of the Tooling API alone
are made out of the schema, such as custom fields and layouts, or have no rows.
"""

from __future__ import annotations

from salesforce_simulator.tooling.objects import tooling_schema
from salesforce_simulator.tooling.rows import ToolingRows

__all__ = ["ToolingRows", "tooling_schema"]
