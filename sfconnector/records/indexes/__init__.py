"""What indexes on fields hold, and what the planner knows of them."""

from __future__ import annotations
