"""What a site tells its monitoring: gauges, measured in the database when asked.

The database is the queue of record, so any process may be asked, and a restart loses
nothing. Labels are aliases of orgs, numbers of plans, API names of objects and codes of
errors: no value of a record and no person.
"""

from __future__ import annotations

from sfconnector.metrics.measuring import NAMES, Gauge, measure

__all__ = ["NAMES", "Gauge", "measure"]
