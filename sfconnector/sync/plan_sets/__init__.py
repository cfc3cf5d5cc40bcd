"""Sets of plans: applied to many orgs, and compared with what these have by now."""

from __future__ import annotations

from sfconnector.sync.plan_sets.applying import Applied, apply_set, set_from
from sfconnector.sync.plan_sets.differing import Difference, differences

__all__ = ["Applied", "Difference", "apply_set", "differences", "set_from"]
