"""What a real org does not have: faults, the request log, reset."""

from __future__ import annotations
