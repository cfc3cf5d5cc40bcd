"""Traffic, cached answers and the audit trail in the admin: all read-only."""

from __future__ import annotations
